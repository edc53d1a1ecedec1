import * as check from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import type { ListDecoder } from "../codes/list-decoder.js";
import { checkForm, putFinite } from "../linalg/check.js";
import { scaleToSafeRange } from "../linalg/in-job/scaling.js";
import type { Matrix } from "../linalg/matrix.js";
import { topIndices } from "../linalg/top-indices.js";
import { Block, type Job, signWordsKernels, withSharedJob } from "../wasm/index.js";
import { type FoundColumn, IndexCode } from "./index-code.js";
import {
  adoptShape,
  type CodeShape,
  largerShape,
  largestDimension,
  type PolarAirScheme,
  readScheme,
  schemeChecks,
} from "./scheme.js";
import { Support } from "./support.js";
import { withSizes } from "./worker.js";

export interface PolarAirServerOptions extends PolarAirScheme {
  /**
   * Entries that are looked for, at most the channel uses of a signal. More than K, since several
   * workers send different ones; more than a quarter of the channel uses are rarely found.
   * @defaultValue 3 sparsity, at most half of the channel uses
   */
  candidates?: number;
  /** Paths of the list decoder. @defaultValue 16 */
  listSize?: number;
  /** Rounds of search and least squares at most. @defaultValue 20 */
  rounds?: number;
}

/** What a server makes of a signal. */
export interface DecodedGradient {
  /** `dimension` numbers: the values at the indices, zeros elsewhere. */
  readonly gradient: Float64Array;
  /** Indices of the entries that were found, in the order in which they were. */
  readonly indices: Int32Array;
  /** Their values by least squares. */
  readonly values: Float64Array;
  /** Rounds of search and least squares. */
  readonly rounds: number;
  /**
   * Products of a sign and a number in the searches: sequences x measurements a round, where those
   * with all columns of the sensing matrix would be 2^(bits of a codeword's message) as many.
   */
  readonly products: number;
}

const checks = {
  ...schemeChecks,
  candidates: check.integer(1, largestDimension),
  listSize: check.integer(1, 1024),
  rounds: check.integer(1, 2 ** 20),
};

/** Part of the received signal that rounding alone leaves: nothing more is looked for below it. */
const roundingLeft = 1e-12;

/**
 * The server's end of PolarAir: from what was received to the sparse gradient that was sent.
 *
 * Each round compares what is not yet explained with all sequences (a matched filter), decodes the
 * polar codewords on those with the most energy, keeps the indices whose check is right and fits the
 * values of all of them by least squares (successive interference cancellation). A round costs J s
 * products, s = spreading x codeLength, where a dense matrix of N columns would cost N s, and up to
 * `candidates` decodings of two signs each.
 *
 * @throws RangeError when an option is out of range or they do not fit each other, TypeError for an
 *   unknown one.
 * @example
 * ```ts
 * const server = new PolarAirServer({ dimension: 1000, sparsity: 2, seed: 1 });
 * const { spreading, codeLength } = server.shape;
 * server.decode(Matrix.zeros(spreading, codeLength)).indices.length; // 0
 * ```
 */
export class PolarAirServer {
  #code: IndexCode;
  #decoder: ListDecoder;
  readonly #candidates: number | undefined;
  readonly #listSize: number;
  readonly #rounds: number;
  /** Since the last adaptation. */
  #decodings = 0;
  #found = 0;

  constructor(options: PolarAirServerOptions) {
    const name = "PolarAirServer";
    const required = ["dimension", "sparsity"] as const;
    const read = checkedOptions(name, options, checks, withSizes, ...required);
    this.#code = new IndexCode(readScheme(name, read));
    this.#candidates = read.candidates;
    this.#listSize = read.listSize ?? 16;
    this.#rounds = read.rounds ?? 20;
    this.#decoder = this.#code.decoder(this.#listSize);
    const { measurements } = this.#code;
    if (this.candidates > measurements) {
      throw new RangeError(
        `${name}: candidates is ${this.candidates}, with ${measurements} channel uses of a signal: ` +
          "it must not be larger",
      );
    }
  }

  /** The shape of the signals that it decodes. */
  get shape(): CodeShape {
    return this.#code.scheme.shape;
  }

  /** Entries that are looked for in a signal. */
  get candidates(): number {
    const { measurements, scheme } = this.#code;
    return this.#candidates ?? Math.max(1, Math.min(3 * scheme.sparsity, measurements >> 1));
  }

  /**
   * The entries in a received signal.
   *
   * @param received - spreading x codeLength, f64: a mean or a sum of workers' signals and noise.
   * @throws TypeError when it is not an f64 Matrix; RangeError when it has another shape or an entry is
   *   not finite.
   */
  decode(received: Matrix): DecodedGradient {
    const name = "decode";
    const { spreading, codeLength, scheme } = this.#code;
    checkForm(name, "received", received, "rows", spreading, "f64");
    checkForm(name, "received", received, "cols", codeLength, "f64");
    const decoded = withSharedJob((job) => {
      const residual = putFinite(job, name, "received", received);
      const exponent = scaleToSafeRange(residual);
      const support = new Support(job, this.#code, residual, this.candidates);
      const rounds = this.#search(job, support);
      const values = support.values.subarray(0, support.size);
      for (let i = 0; i < values.length; i++) values[i] *= 2 ** -exponent;
      return { indices: Int32Array.from(support.indices), values, rounds };
    });
    this.#decodings++;
    this.#found += decoded.indices.length;
    const gradient = new Float64Array(scheme.dimension);
    decoded.indices.forEach((index, i) => {
      gradient[index] = decoded.values[i];
    });
    const { sequenceCount, measurements } = this.#code;
    return { gradient, ...decoded, products: decoded.rounds * sequenceCount * measurements };
  }

  /**
   * Once an epoch: where the signals since the last call gave fewer than K / 2 entries on average,
   * codewords become twice as long, up to 64 bits, and then the spreading a quarter larger, with new
   * random signs; for the workers to `adopt`. Before the first signal nothing changes.
   *
   * @returns the shape from now on.
   */
  adapt(): CodeShape {
    const wanted = this.#code.scheme.sparsity / 2;
    const isTooSmall = this.#decodings > 0 && this.#found / this.#decodings < wanted;
    this.#decodings = 0;
    this.#found = 0;
    if (isTooSmall) {
      const shape = largerShape(this.shape);
      this.#code = new IndexCode(adoptShape("adapt", this.#code.scheme, shape));
      this.#decoder = this.#code.decoder(this.#listSize);
    }
    return this.shape;
  }

  /** Rounds of search and least squares, until all that can be is explained; their number. */
  #search(job: Job, support: Support): number {
    const { residual } = support;
    const enough = roundingLeft * residual.norm();
    const sums = Block.allocate(job, "f64", this.#code.sequenceCount, this.#code.codeLength);
    const excluded = new Uint8Array(sums.rows);
    for (let round = 1; round <= this.#rounds; round++) {
      const energies = this.#matchedFilter(job, residual, sums);
      for (let j = 0; j < energies.length; j++) excluded[j] = energies[j] > 0 ? 0 : 1;
      const wanted = support.capacity - support.size;
      const promising = topIndices(energies, wanted, excluded);
      const before = support.size;
      support.accept(this.#decodeSequences(job, promising, sums));
      const isDone = support.size === before || support.size === support.capacity;
      if (isDone || residual.norm() <= enough) return round;
    }
    return this.#rounds;
  }

  /** Row j of `sums` receives what sequence j has in common with the residual, its energy is returned. */
  #matchedFilter(job: Job, residual: Block, sums: Block): Float64Array {
    const { sequences, spreading, codeLength } = this.#code;
    const mark = job.mark();
    const words = sequences.allocate(job);
    const energies = new Float64Array(sums.rows);
    for (let j = 0; j < sums.rows; j++) {
      sequences.write(job, j, words);
      const row = sums.lines(j);
      job
        .use(signWordsKernels)
        .f64.signedSums(spreading, codeLength, words, residual.handle, row.handle);
      energies[j] = row.sumOfSquares();
    }
    job.release(mark);
    return energies;
  }

  #decodeSequences(job: Job, chosen: Int32Array, sums: Block): FoundColumn[] {
    const code = this.#code;
    const mark = job.mark();
    const room = code.sequences.allocate(job);
    const found: FoundColumn[] = [];
    const ratios = new Float64Array(code.codeLength);
    const negated = new Float64Array(code.codeLength);
    for (const sequence of chosen) {
      ratios.set(sums.row(sequence));
      const column = code.findColumn(job, sequence, ratios, negated, this.#decoder, room);
      if (column !== undefined) found.push(column);
    }
    job.release(mark);
    return found;
  }
}
