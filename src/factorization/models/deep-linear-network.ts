import { matmul } from "../../linalg/matmul.js";
import type { Matrix } from "../../linalg/matrix.js";
import type { DType } from "../../wasm/index.js";

/** What a constructor of networks knows about the network that it makes. */
export interface NetworkDescription {
  rows: number;
  cols: number;
  dtype: DType;
  /** Sizes between the factors: cols, w_1, .., rows; factor l (from 0) is widths[l+1] x widths[l]. */
  widths: readonly number[];
  /**
   * How a singular value s of a balanced product is shared out: factor l carries s^exponents[l]. They
   * add up to 1; an orthonormal outer factor carries s^0. The stability rule needs them.
   */
  exponents: readonly number[];
  /** The factors' spectral norms at the start, W_1 first. */
  scales: readonly number[];
  /** Whether the first and the last factor train at the outer rate. */
  hasOuterFactors: boolean;
  /** The factors' initial values, W_1 first; called at most once. */
  initialize(): Matrix[];
}

/**
 * A deep linear network: the product W_N ... W_1 of its factors. The wide, overparameterized model,
 * its invariant-subspace compression and the spectrally initialised narrow one all are this; they
 * differ in their widths and initial values.
 */
export class DeepLinearNetwork {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: DType;
  /** Sizes between the factors, from cols to rows. */
  readonly widths: readonly number[];
  #read: () => Matrix[];

  /** @internal */
  constructor(
    /** @internal */
    readonly description: NetworkDescription,
  ) {
    this.rows = description.rows;
    this.cols = description.cols;
    this.dtype = description.dtype;
    this.widths = description.widths;
    let initial: Matrix[] | undefined;
    this.#read = () => {
      initial ??= description.initialize();
      return initial;
    };
  }

  /** Entries of all factors together. */
  get parameterCount(): number {
    let count = 0;
    for (let l = 1; l < this.widths.length; l++) count += this.widths[l] * this.widths[l - 1];
    return count;
  }

  /**
   * Copies of the factors as they are now, also in the middle of a training: W_1 (the one that
   * meets the input, cols wide) first, W_N (rows high) last. Forms them if they were implicit.
   */
  factors(): Matrix[] {
    return this.#read().map((factor) => factor.copy());
  }

  /** W_N ... W_1, rows x cols, as it is now. */
  product(): Matrix {
    // From the left: a compressed network's partial products stay rows x width until the last one.
    return this.#read().reduceRight((left, factor) => matmul(left, factor));
  }

  /** While a training holds the factors they are read from it. @internal */
  attach(read: () => Matrix[]): void {
    this.#read = read;
  }

  /** The training is over: these are the factors now. @internal */
  detach(factors: Matrix[]): void {
    this.#read = () => factors;
  }
}
