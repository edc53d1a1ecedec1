// Numbers, arrays and texts as bytes, little-endian, one after the other. Typed arrays are copied
// as they lie in memory: WebAssembly's memory is little-endian, and so is every host that runs it
// well.
import { concatenate } from "../formats/bytes.js";
import { ModelFileError } from "./model-file-error.js";

type Fixed = Uint8Array | Float32Array | Float64Array | Int32Array;

export class ByteWriter {
  readonly #pieces: Uint8Array[] = [];

  bytes(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
  }

  u32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.bytes(bytes);
  }

  /** An integer in 0 .. 2^53 - 1: seven bits a byte, the lowest first, the last byte below 128. */
  varint(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
    bytes.push(rest);
    this.bytes(Uint8Array.from(bytes));
  }

  f64(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.bytes(bytes);
  }

  /** Without its length: the reader must know it. */
  array(array: Fixed): void {
    this.bytes(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }

  /** Number of texts; then of each its number of UTF-16 code units, and these. Any text survives. */
  texts(texts: readonly string[]): void {
    this.u32(texts.length);
    let units = 0;
    for (const text of texts) units += text.length;
    const bytes = new Uint8Array(4 * texts.length + 2 * units);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const text of texts) {
      view.setUint32(at, text.length, true);
      at += 4;
      for (let i = 0; i < text.length; i++, at += 2) view.setUint16(at, text.charCodeAt(i), true);
    }
    this.bytes(bytes);
  }

  /** All that was written, in one piece. */
  finish(): Uint8Array<ArrayBuffer> {
    return concatenate(this.#pieces);
  }
}

/** Reads what `ByteWriter` wrote. @throws ModelFileError beyond the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** @throws ModelFileError for more than 2^53 - 1, too. */
  varint(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = this.#bytes[this.#take(1)];
      value += unit * (byte % 128);
      if (value > Number.MAX_SAFE_INTEGER) {
        throw new ModelFileError("it is damaged: a number is too large");
      }
      if (byte < 128) return value;
    }
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  u8Array(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#copy(length));
  }

  f64Array(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#copy(8 * length));
  }

  f32Array(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#copy(4 * length));
  }

  i32Array(length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#copy(4 * length));
  }

  texts(): string[] {
    const count = this.u32();
    // Each takes four bytes at least: refuse before room is made for more.
    if (4 * count > this.left) throw new ModelFileError("it is damaged: texts are cut off");
    return Array.from({ length: count }, () => {
      const length = this.u32();
      const start = this.#take(2 * length);
      let text = "";
      for (let i = 0; i < length; i++) {
        text += String.fromCharCode(this.#view.getUint16(start + 2 * i, true));
      }
      return text;
    });
  }

  #copy(size: number): ArrayBuffer {
    const start = this.#take(size);
    // Not slice: Node's Buffer, which readFile gives, overrides it with a view.
    return new Uint8Array(this.#bytes.subarray(start, start + size)).buffer;
  }

  #take(size: number): number {
    if (!(size >= 0 && size <= this.left)) {
      throw new ModelFileError("it is damaged: a section is cut off");
    }
    const start = this.#at;
    this.#at += size;
    return start;
  }
}
