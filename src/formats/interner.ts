import { quote } from "../check/describe.js";

/**
 * Numbers distinct runs of bytes from 0, so that ten million ratings hold each id once.
 * Open addressing over FNV-1a hashes; about 20 ns a lookup, no garbage.
 */
export class Interner {
  readonly strings: string[] = [];
  #table = new Int32Array(1024).fill(-1);
  #hashes: number[] = [];
  /** Bytes of string i: from `#ends[i - 1]` to `#ends[i]`. */
  #ends: number[] = [0];
  #bytes = new Uint8Array(16384);
  readonly #encoder = new TextEncoder();
  // A byte order mark inside a file is part of the id.
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /**
   * The number of the string that the UTF-8 bytes start .. end - 1 of `source` spell.
   *
   * @throws TypeError when they are not UTF-8.
   */
  intern(source: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ source[i], 0x01000193);
    // FNV's low bits mix poorly: fold the high ones in.
    hash = (hash ^ (hash >>> 15)) | 0;

    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (; this.#table[slot] !== -1; slot = (slot + 1) & mask) {
      const index = this.#table[slot];
      if (this.#hashes[index] === hash && this.#equals(index, source, start, end)) {
        return index;
      }
    }
    return this.#add(hash, slot, source, start, end);
  }

  /** The number of a text. @throws TypeError where it holds half a surrogate pair, which has no bytes. */
  internText(text: string): number {
    if (/\p{Surrogate}/u.test(text)) {
      throw new TypeError(`the id ${quote(text)} holds half a surrogate pair: it must be text`);
    }
    const bytes = this.#encoder.encode(text);
    return this.intern(bytes, 0, bytes.length);
  }

  #equals(index: number, source: Uint8Array, start: number, end: number): boolean {
    const offset = this.#ends[index];
    if (this.#ends[index + 1] - offset !== end - start) return false;
    for (let i = start; i < end; i++) {
      if (this.#bytes[offset + i - start] !== source[i]) return false;
    }
    return true;
  }

  #add(hash: number, slot: number, source: Uint8Array, start: number, end: number): number {
    const piece = source.subarray(start, end);
    const text = this.#decoder.decode(piece);
    const offset = this.#ends[this.strings.length];
    if (offset + piece.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (offset + piece.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, offset);
    this.#ends.push(offset + piece.length);
    this.#hashes.push(hash);
    this.#table[slot] = this.strings.length;
    this.strings.push(text);
    if (2 * this.strings.length > this.#table.length) this.#grow();
    return this.strings.length - 1;
  }

  #grow(): void {
    const mask = 2 * this.#table.length - 1;
    this.#table = new Int32Array(mask + 1).fill(-1);
    for (const [index, hash] of this.#hashes.entries()) {
      let slot = hash & mask;
      while (this.#table[slot] !== -1) slot = (slot + 1) & mask;
      this.#table[slot] = index;
    }
  }
}
