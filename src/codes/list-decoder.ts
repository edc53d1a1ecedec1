import { type PolarCode, polarTransform } from "./polar-code.js";

/**
 * Successive-cancellation list decoding of a polar code (Tal and Vardy 2015) on log-likelihood ratios
 * (Balatsoukas-Stimming, Bastani Parizi, Burg 2015), with the minimum in place of the exact rule for
 * sums, so that the scale of the ratios does not matter.
 *
 * Bits are decided one after the other. At a bit of the message every path goes both ways, and the
 * `listSize` best go on: those with the smallest metric, the sum of the ratios they decided against.
 * At the end it is the sum of the |ratios| where the codeword and the channel differ in sign.
 *
 * All arrays are made once; a decoding allocates nothing. About listSize n log2 n operations and, at
 * each bit of the message, one sort of 2 listSize numbers; far fewer where the limit ends paths.
 */
export class ListDecoder {
  /**
   * Ratios of each path: of the parts of length 1, 2, 4, .., n / 2 that hold the bit in turn, the
   * part of length h from h - 1 on. Those of the channel are the same for all paths.
   */
  readonly #ratios: Float64Array;
  /**
   * Bits of each path, in place: where a part of the tree is decided, its codeword. The halves of
   * a part become its codeword when the second one is there.
   */
  readonly #bits: Uint8Array;
  readonly #metrics: Float64Array;
  /** Of the paths that a bit opens: the first goes with the ratio's sign, the second against it. */
  readonly #candidates: Float64Array;
  readonly #order: Int32Array;
  readonly #kept: Uint8Array;
  readonly #word: Uint8Array;
  readonly #message: Uint8Array;
  #paths = 1;

  constructor(
    readonly code: PolarCode,
    readonly listSize: number,
  ) {
    const n = code.length;
    this.#ratios = new Float64Array(listSize * n);
    this.#bits = new Uint8Array(listSize * n);
    this.#metrics = new Float64Array(listSize);
    this.#candidates = new Float64Array(2 * listSize);
    this.#order = new Int32Array(2 * listSize);
    this.#kept = new Uint8Array(2 * listSize);
    this.#word = new Uint8Array(n);
    this.#message = new Uint8Array(code.messageBits);
  }

  /** The message that the last decoding found: valid until the next one. */
  get message(): Uint8Array {
    return this.#message;
  }

  /**
   * Decodes a word. Of the paths whose message is accepted the one with the smallest metric wins;
   * `message` is its message.
   *
   * @param channel - n log-likelihood ratios, up to a factor: positive speaks for 0.
   * @param frozen - n bits, read at the frozen places.
   * @param limit - of the metric. It only grows along a path: those beyond the limit end, and noise
   *   that is near no codeword costs little.
   * @returns its metric, or Infinity where no path is accepted.
   */
  decode(
    channel: Float64Array,
    frozen: Uint8Array,
    limit: number,
    accepts: (message: Uint8Array) => boolean,
  ): number {
    const { length: n, isFrozen } = this.code;
    this.#paths = 1;
    this.#metrics[0] = 0;
    for (let place = 0; place < n && this.#paths > 0; place++) {
      for (let path = 0; path < this.#paths; path++) this.#descend(channel, path, place);
      if (isFrozen[place] !== 0) this.#freeze(place, frozen[place]);
      else this.#fork(place, limit);
      for (let path = 0; path < this.#paths; path++) this.#ascend(path, place);
    }
    return this.#bestAccepted(accepts);
  }

  /** Ratios of the parts that begin at this bit, from the largest on. */
  #descend(channel: Float64Array, path: number, place: number): void {
    const n = this.code.length;
    const ratios = this.#ratios;
    const bits = this.#bits;
    const base = path * n;
    // The part of length 2 h whose second half begins here, or the whole word at its first bit.
    let half = place === 0 ? n / 2 : place & -place;
    if (place > 0) {
      const [from, at] = 2 * half === n ? [channel, 0] : [ratios, base + 2 * half - 1];
      const decided = base + place - half;
      for (let i = 0; i < half; i++) {
        const a = from[at + i];
        const b = from[at + half + i];
        ratios[base + half - 1 + i] = bits[decided + i] === 0 ? b + a : b - a;
      }
      half /= 2;
    }
    for (; half >= 1; half /= 2) {
      const [from, at] = 2 * half === n ? [channel, 0] : [ratios, base + 2 * half - 1];
      for (let i = 0; i < half; i++) {
        const a = from[at + i];
        const b = from[at + half + i];
        const smaller = Math.min(Math.abs(a), Math.abs(b));
        ratios[base + half - 1 + i] = a < 0 === b < 0 ? smaller : -smaller;
      }
    }
  }

  /** Codewords of the parts that end with this bit. */
  #ascend(path: number, place: number): void {
    const bits = this.#bits;
    const base = path * this.code.length;
    const end = place + 1;
    for (let half = 1; (end & (2 * half - 1)) === 0 && half < this.code.length; half *= 2) {
      const first = base + end - 2 * half;
      for (let i = first; i < first + half; i++) bits[i] ^= bits[i + half];
    }
  }

  #freeze(place: number, bit: number): void {
    const n = this.code.length;
    for (let path = 0; path < this.#paths; path++) {
      const ratio = this.#ratios[path * n];
      if (ratio < 0 === (bit === 0)) this.#metrics[path] += Math.abs(ratio);
      this.#bits[path * n + place] = bit;
    }
  }

  /** Both bits for every path; what is beyond the limit or the list is dropped, the worst first. */
  #fork(place: number, limit: number): void {
    const n = this.code.length;
    const ratios = this.#ratios;
    const bits = this.#bits;
    const candidates = this.#candidates;
    const kept = this.#kept;
    const paths = this.#paths;
    for (let path = 0; path < paths; path++) {
      candidates[2 * path] = this.#metrics[path];
      candidates[2 * path + 1] = this.#metrics[path] + Math.abs(ratios[path * n]);
    }
    this.#keepBest(2 * paths, limit);
    // Paths that end make room for those that go both ways; an unlikely bit has a likely one.
    let free = 0;
    let end = paths;
    for (let path = 0; path < paths; path++) {
      if (kept[2 * path] === 0) continue;
      const likely = ratios[path * n] < 0 ? 1 : 0;
      bits[path * n + place] = likely;
      if (kept[2 * path + 1] === 0) continue;
      while (free < paths && kept[2 * free] !== 0) free++;
      const to = free < paths ? free++ : end++;
      this.#copy(path, to);
      bits[to * n + place] = 1 - likely;
      this.#metrics[to] = candidates[2 * path + 1];
    }
    // Where more ended than began, the last ones close the gaps.
    for (; free < end && free < paths; free++) {
      if (kept[2 * free] !== 0) continue;
      do end--;
      while (end > free && kept[2 * end] === 0);
      if (end > free) this.#copy(end, free);
    }
    this.#paths = end;
  }

  #copy(path: number, to: number): void {
    const n = this.code.length;
    this.#ratios.copyWithin(to * n, path * n, path * n + n);
    this.#bits.copyWithin(to * n, path * n, path * n + n);
    this.#metrics[to] = this.#metrics[path];
  }

  /** Marks the best of the candidates within the limit that there is room for, of equals the first. */
  #keepBest(count: number, limit: number): void {
    const kept = this.#kept;
    const candidates = this.#candidates;
    if (count <= this.listSize) {
      for (let i = 0; i < count; i++) kept[i] = candidates[i] <= limit ? 1 : 0;
      return;
    }
    const order = this.#sorted(candidates, count);
    kept.fill(0, 0, count);
    for (let i = 0; i < this.listSize && candidates[order[i]] <= limit; i++) kept[order[i]] = 1;
  }

  /** Indices of the first `count` values, ascending by value, equals by index: by insertion. */
  #sorted(values: Float64Array, count: number): Int32Array {
    const order = this.#order;
    for (let i = 0; i < count; i++) {
      let place = i;
      for (; place > 0 && values[order[place - 1]] > values[i]; place--) {
        order[place] = order[place - 1];
      }
      order[place] = i;
    }
    return order;
  }

  #bestAccepted(accepts: (message: Uint8Array) => boolean): number {
    const { length: n, messagePlaces } = this.code;
    const order = this.#sorted(this.#metrics, this.#paths);
    for (let rank = 0; rank < this.#paths; rank++) {
      const path = order[rank];
      const word = this.#word;
      for (let i = 0; i < n; i++) word[i] = this.#bits[path * n + i];
      polarTransform(word);
      for (let i = 0; i < messagePlaces.length; i++) this.#message[i] = word[messagePlaces[i]];
      if (accepts(this.#message)) return this.#metrics[path];
    }
    return Number.POSITIVE_INFINITY;
  }
}
