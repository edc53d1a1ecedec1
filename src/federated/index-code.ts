import { crc8, crcBits } from "../codes/crc8.js";
import { ListDecoder } from "../codes/list-decoder.js";
import { PolarCode } from "../codes/polar-code.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { SignSequences } from "../maps/sign-sequences.js";
import type { Handle, Job } from "../wasm/index.js";
import type { Scheme } from "./scheme.js";

/** A column that was found, and its product with the residual. */
export interface FoundColumn {
  readonly index: number;
  readonly correlation: number;
}

/**
 * Share of the energy on a sequence that the codeword must explain. One that only chance let through,
 * among 2^messageBits of either sign, explains about a fifth; one at a signal-to-noise ratio of 0 dB,
 * where decoding begins to fail, a half.
 */
const leastExplained = 0.4;

/**
 * The sensing matrix of PolarAir by its columns, which are made when they are asked for: the low bits
 * of an index choose a sequence of spreading x codeLength signs, the high bits with their check
 * are a polar codeword, and bit t of it turns the signs of column t of the sequence. Signals are
 * spreading x codeLength matrices.
 */
export class IndexCode {
  readonly spreading: number;
  readonly codeLength: number;
  /** Channel uses of a signal, and signs of a column. */
  readonly measurements: number;
  readonly sequenceCount: number;
  readonly sequences: SignSequences;
  readonly #frozen: SignSequences;
  readonly #code: PolarCode;
  readonly #message: Uint8Array;
  readonly #frozenBits: Uint8Array;
  readonly #word: Uint8Array;

  constructor(readonly scheme: Scheme) {
    const { codeLength, spreading, draw } = scheme.shape;
    this.spreading = spreading;
    this.codeLength = codeLength;
    this.measurements = spreading * codeLength;
    this.sequenceCount = 2 ** scheme.sequenceBits;
    const { seed } = scheme;
    const sequenceStream = streamAt(streams.polarSequences, draw);
    this.sequences = new SignSequences(this.measurements, seed, sequenceStream);
    this.#frozen = new SignSequences(codeLength, seed, streamAt(streams.polarFrozen, draw));
    this.#code = new PolarCode(codeLength, scheme.messageBits + crcBits);
    this.#message = new Uint8Array(this.#code.messageBits);
    this.#frozenBits = new Uint8Array(codeLength);
    this.#word = new Uint8Array(codeLength);
  }

  /** A decoder of this code: it has memory of its own. */
  decoder(listSize: number): ListDecoder {
    return new ListDecoder(this.#code, listSize);
  }

  /** The signs of the column of an index, put into `words`, which has room for a sequence. */
  writeColumn(job: Job, index: number, words: Handle): void {
    const sequence = index & (this.sequenceCount - 1);
    this.#readFrozen(job, sequence, words);
    const word = this.#encode(index >>> this.scheme.sequenceBits);
    this.sequences.write(job, sequence, words);
    const signs = job.view("i32", words, this.sequences.words);
    const period = this.codeLength / 32;
    for (let part = 0; part < period; part++) {
      let turned = 0;
      for (let bit = 0; bit < 32; bit++) turned |= word[32 * part + bit] << bit;
      for (let i = part; i < signs.length; i += period) signs[i] ^= turned;
    }
  }

  /**
   * The column that explains what a sequence measures: that of the likeliest codeword of either sign
   * whose check is right, if it is near enough to what was measured.
   *
   * @param sums - of the received signal with the sequence's signs, over the spreading.
   * @param negated - room for as many numbers.
   * @param room - in the job, for a sequence.
   */
  findColumn(
    job: Job,
    sequence: number,
    sums: Float64Array,
    negated: Float64Array,
    decoder: ListDecoder,
    room: Handle,
  ): FoundColumn | undefined {
    this.#readFrozen(job, sequence, room);
    let energy = 0;
    let magnitude = 0;
    for (let t = 0; t < sums.length; t++) {
      negated[t] = -sums[t];
      energy += sums[t] * sums[t];
      magnitude += Math.abs(sums[t]);
    }
    // The product with a codeword is the magnitude less twice its metric.
    const limit = (magnitude - Math.sqrt(leastExplained * sums.length * energy)) / 2;
    const metric = decoder.decode(sums, this.#frozenBits, limit, hasRightCheck);
    let high = this.#readMessage(decoder.message);
    const other = decoder.decode(negated, this.#frozenBits, limit, hasRightCheck);
    if (other < metric) high = this.#readMessage(decoder.message);
    const least = Math.min(metric, other);
    if (least === Number.POSITIVE_INFINITY) return undefined;
    const index = high * this.sequenceCount + sequence;
    if (index >= this.scheme.dimension) return undefined;
    const product = (other < metric ? -1 : 1) * (magnitude - 2 * least);
    return { index, correlation: product / Math.sqrt(this.measurements) };
  }

  /** The codeword of the high bits of an index, with the frozen bits as they are. */
  #encode(high: number): Uint8Array {
    const { messageBits } = this.scheme;
    const message = this.#message;
    for (let i = 0; i < messageBits; i++) message[i] = (high >>> (messageBits - 1 - i)) & 1;
    const remainder = crc8(message, 0, messageBits);
    for (let i = 0; i < crcBits; i++) {
      message[messageBits + i] = (remainder >> (crcBits - 1 - i)) & 1;
    }
    this.#code.encode(message, this.#frozenBits, this.#word);
    return this.#word;
  }

  #readMessage(message: Uint8Array): number {
    let high = 0;
    for (let i = 0; i < this.scheme.messageBits; i++) high = 2 * high + message[i];
    return high;
  }

  /** The frozen bits of a sequence, which are as random as its signs. */
  #readFrozen(job: Job, sequence: number, room: Handle): void {
    this.#frozen.write(job, sequence, room);
    const words = job.view("i32", room, this.#frozen.words);
    const bits = this.#frozenBits;
    for (let t = 0; t < bits.length; t++) bits[t] = (words[t >> 5] >>> (t & 31)) & 1;
  }
}

const hasRightCheck = (message: Uint8Array) => crc8(message) === 0;
