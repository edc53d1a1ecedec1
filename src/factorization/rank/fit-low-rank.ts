import { anything, integer, seed } from "../../check/fields.js";
import { checkedOptions, type OptionChecks } from "../../check/options.js";
import { checkDType, checkInteger, checkNonNegative } from "../../check/values.js";
import { power } from "../../linalg/elementary.js";
import { Matrix } from "../../linalg/matrix.js";
import type { SVD } from "../../linalg/svd.js";
import type { Optimizer } from "../../optim/optimizer.js";
import type { DType } from "../../wasm/index.js";
import { DeepLinearNetwork } from "../models/deep-linear-network.js";
import { spectralCompress } from "../models/spectral-compress.js";
import { checkProblem, type Problem } from "../problems/problem.js";
import { scaledGd } from "../training/scaled-gd.js";
import { type TrainingRun, train } from "../training/train.js";
import { ResidualSpectrum } from "./residual-spectrum.js";

export interface FitLowRankOptions {
  /** Steps to take. */
  steps: number;
  /** The rank never exceeds it. @defaultValue min(rows, cols) */
  maxRank?: number;
  /** @defaultValue scaledGd() */
  optimizer?: Optimizer;
  /** Number of factors, at least 2. @defaultValue 3 */
  depth?: number;
  /** Initial scale of every factor. @defaultValue 1e-3 */
  scale?: number;
  /** Stop as soon as the loss is not above this. @defaultValue 0 */
  tolerance?: number;
  /** Of the random signs and starts of the spectra. @defaultValue 0 */
  seed?: number;
  /** Element type of the factors. @defaultValue "f64" */
  dtype?: DType;
}

/** The loss before the next step, and the rank that was found so far. */
export interface LowRankStep {
  /** Steps done. */
  step: number;
  /** The problem's loss, half a sum of squares. */
  loss: number;
  /** Width of the network. */
  rank: number;
}

/** Every so many steps it is asked whether the fit has settled; then the residual is looked at. */
const interval = 5;
/**
 * The loss of a settled fit stays above this share of what it was. While a fit converges, what is
 * left of it is not noise, and would be taken for further directions.
 */
const settledShare = 0.8;
/** After a look that showed nothing the loss must fall below this share of itself for another. */
const changedShare = 0.95;

/**
 * Fits a matrix of unknown rank: a deep network as wide as the rank that the data shows, wider as
 * soon as the residual shows more. An iterator like `train`; `model` is the network as it is.
 *
 * The rank is the number of singular values of the observed target that stand out of those that the
 * same data has with random signs. Whenever the fit has settled, the residual is looked at in the
 * same way, outside the network's own row and column spaces; what stands out there becomes a
 * further direction, at the size that the residual has. So the rank stays small until larger
 * directions are fitted, and noise does not make it grow.
 *
 * A look costs some 20 to 60 products of the residual with blocks of 6 to 13 columns.
 *
 * @throws RangeError when an option is out of range, TypeError when one is unknown; what `train`
 * throws.
 * @example
 * ```ts
 * const entry = (i, j) => (i + 1) * (j % 4) + (i % 3) - j; // three products
 * const rows = Array.from({ length: 12 }, (_, i) => Array.from({ length: 9 }, (_, j) => entry(i, j)));
 * const fit = fitLowRank(factorization(Matrix.from(rows)), { steps: 300, tolerance: 1e-18 });
 * for (const _ of fit);
 * fit.rank; // 3
 * ```
 */
export function fitLowRank(problem: Problem, options: FitLowRankOptions): LowRankFit {
  checkProblem("fitLowRank", problem);
  const checks: OptionChecks<FitLowRankOptions> = {
    ...{ steps: integer(0), tolerance: checkNonNegative, seed, dtype: checkDType },
    // The model and its training check these.
    ...{ maxRank: anything, optimizer: anything, depth: anything, scale: anything },
  };
  const read = checkedOptions("fitLowRank", options, checks, "an object with steps", "steps");
  const { rows, cols } = problem;
  checkInteger("fitLowRank", "maxRank", read.maxRank ?? 1, 1, Math.min(rows, cols));
  return new LowRankFit(problem, read);
}

/** A running fit: iterate it; its model may be read at any time. */
export class LowRankFit implements IterableIterator<LowRankStep, undefined, undefined> {
  readonly #problem: Problem;
  readonly #options: FitLowRankOptions;
  readonly #spectrum: ResidualSpectrum;
  readonly #maxRank: number;
  #model: DeepLinearNetwork;
  #run: TrainingRun;
  /** Steps of the runs before this one. */
  #before = 0;
  /** The loss `interval` steps ago. */
  #earlierLoss = Number.POSITIVE_INFINITY;
  /** What the loss must be below for the next look. */
  #fruitlessLoss = Number.POSITIVE_INFINITY;
  #done = false;

  /** @internal */
  constructor(problem: Problem, options: FitLowRankOptions) {
    const { maxRank, depth = 3, scale = 1e-3, seed = 0, dtype = "f64" } = options;
    this.#problem = problem;
    this.#options = options;
    this.#maxRank = maxRank ?? Math.min(problem.rows, problem.cols);
    this.#spectrum = new ResidualSpectrum(problem, dtype);
    const rank = Math.max(1, this.#spectrum.standout(undefined, this.#maxRank, seed).S.length);
    this.#model = spectralCompress(problem, { rank, width: rank, depth, scale, dtype });
    this.#run = this.#start();
  }

  /** The network as it is now. */
  get model(): DeepLinearNetwork {
    return this.#model;
  }

  /** Its width: the rank that the data has shown so far. */
  get rank(): number {
    return this.#model.widths[1];
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<LowRankStep, undefined> {
    if (this.#done) return this.return();
    let result = this.#run.next();
    if (result.done) return this.return();
    const step = this.#before + result.value.step;
    const local = result.value.step;
    if (local % interval === 0) {
      const { loss } = result.value;
      const settled = loss > settledShare * this.#earlierLoss && loss < this.#fruitlessLoss;
      this.#earlierLoss = loss;
      if (settled) this.#fruitlessLoss = changedShare * loss;
      if (settled && this.#grow(step)) {
        // The loss before the next step is now that of the wider network.
        result = this.#run.next();
        if (result.done) return this.return();
        this.#earlierLoss = Number.POSITIVE_INFINITY;
        this.#fruitlessLoss = Number.POSITIVE_INFINITY;
      }
    }
    const { loss } = result.value;
    this.#done = step >= this.#options.steps || loss <= (this.#options.tolerance ?? 0);
    return { done: false, value: { step, loss, rank: this.rank } };
  }

  /** Ends the fit; the model keeps what was reached. */
  return(): IteratorResult<LowRankStep, undefined> {
    this.#done = true;
    this.#run.return();
    return { done: true, value: undefined };
  }

  #start(): TrainingRun {
    const { steps, optimizer = scaledGd() } = this.#options;
    return train(this.#model, this.#problem, { steps: steps - this.#before, optimizer });
  }

  /** Widens the network by what stands out of its residual; false where nothing does. */
  #grow(step: number): boolean {
    const room = this.#maxRank - this.rank;
    if (room <= 0 || step >= this.#options.steps) return false;
    const found = this.#spectrum.standout(this.#model, room, this.#options.seed ?? 0);
    if (found.S.length === 0) return false;
    this.#run.return();
    this.#model = widened(this.#model, found);
    this.#before = step;
    this.#run = this.#start();
    return true;
  }
}

/** The network whose product is that of `model` plus U diag(S) V', S shared by all factors. */
function widened(model: DeepLinearNetwork, { U, S, V }: SVD): DeepLinearNetwork {
  const { rows, cols, dtype, description } = model;
  const factors = model.factors();
  const last = factors.length - 1;
  const parts = Array.from(S, (s) => power(s, 1 / factors.length));
  const wider = factors.map((W, l) => {
    const high = l === last ? rows : W.rows + S.length;
    const wide = l === 0 ? cols : W.cols + S.length;
    const result = Matrix.zeros(high, wide, { dtype });
    for (let i = 0; i < W.rows; i++) result.row(i).set(W.row(i));
    parts.forEach((part, k) => {
      if (l === 0) for (let j = 0; j < cols; j++) result.set(W.rows + k, j, part * V.get(j, k));
      else if (l === last)
        for (let i = 0; i < rows; i++) result.set(i, W.cols + k, part * U.get(i, k));
      else result.set(W.rows + k, W.cols + k, part);
    });
    return result;
  });
  return new DeepLinearNetwork({
    ...description,
    widths: [cols, ...wider.map((factor) => factor.rows)],
    initialize: () => wider,
  });
}
