// Polar codes (Arikan 2009): bits u times the Kronecker power of [1 0; 1 1]. Over a noisy channel
// some of the bits become nearly perfect and the others nearly useless; messages travel in the first.

/**
 * The polar transform in place: u times the Kronecker power of [1 0; 1 1], modulo 2. It is its own
 * inverse. The length is a power of two; n/2 log2 n additions.
 */
export function polarTransform(bits: Uint8Array): void {
  const n = bits.length;
  for (let half = 1; half < n; half *= 2) {
    for (let block = 0; block < n; block += 2 * half) {
      for (let i = block; i < block + half; i++) bits[i] ^= bits[i + half];
    }
  }
}

/** 2^(1/4), the base of the polarization weight. */
const beta = 1.189207115002721;

/**
 * Places of the `messageBits` most reliable bits, ascending, by polarization weight (He et al. 2017):
 * the sum of beta^j over the ones j of a place's binary digits, among equals the higher place.
 */
function reliablePlaces(length: number, messageBits: number): Int32Array {
  const weights = new Float64Array(length);
  for (let place = 0; place < length; place++) {
    for (let rest = place, power = 1; rest > 0; rest >>= 1, power *= beta) {
      if (rest & 1) weights[place] += power;
    }
  }
  const order = Int32Array.from([...weights.keys()]);
  order.sort((i, j) => weights[j] - weights[i] || j - i);
  return order.subarray(0, messageBits).sort();
}

/** Which of the bits of a polar code carry the message; the others are frozen, known to both ends. */
export class PolarCode {
  /** Places of the message's bits among the bits of a word, ascending. */
  readonly messagePlaces: Int32Array;
  /** 1 where a bit is frozen. */
  readonly isFrozen: Uint8Array;

  /** @param length - a power of two, at least `messageBits`. */
  constructor(
    readonly length: number,
    readonly messageBits: number,
  ) {
    this.messagePlaces = reliablePlaces(length, messageBits);
    this.isFrozen = new Uint8Array(length).fill(1);
    for (const place of this.messagePlaces) this.isFrozen[place] = 0;
  }

  /**
   * The codeword of a message, put into `word`.
   *
   * @param frozen - of the code's length: the bits at frozen places; the others are not read.
   */
  encode(message: Uint8Array, frozen: Uint8Array, word: Uint8Array): void {
    word.set(frozen);
    for (let i = 0; i < this.messageBits; i++) word[this.messagePlaces[i]] = message[i];
    polarTransform(word);
  }
}
