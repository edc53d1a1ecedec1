import { leadingColumns } from "../../linalg/columns.js";
import { dominantSubspace } from "../../linalg/dominant-subspace.js";
import type { LinearOperator } from "../../linalg/in-job/linear-operator.js";
import { matmul } from "../../linalg/matmul.js";
import { Matrix } from "../../linalg/matrix.js";
import { qr } from "../../linalg/qr.js";
import type { SVD } from "../../linalg/svd.js";
import type { DType, Job } from "../../wasm/index.js";
import type { DeepLinearNetwork } from "../models/deep-linear-network.js";
import {
  type BoundProblem,
  bindProblem,
  negativeResidual,
  type Problem,
} from "../problems/problem.js";

/** How far above the greatest singular value of chance one must be: what chance varies by. */
const margin = 1.15;
/** Drawings of the signs, of which the greatest singular value counts. */
const draws = 3;
/** Singular values below this share of the target's largest are rounding. */
const smallest = { f32: 1e-4, f64: 1e-11 };
/** A rough spectrum will do: which values stand out, and about where. */
const rough = { tolerance: 1e-2, maxIterations: 20 };
const firstGuess = 8;

/**
 * What a model leaves of a problem, outside the model's own row and column spaces, and which of
 * its singular values mean something: those above the greatest one that the same errors have with
 * random signs (Hong, Sheng, Dobriban 2020, signflip parallel analysis). Random signs leave the
 * pattern of the observations and the size of every error as they are, and destroy all low rank: so
 * noise and the chance of sampling are both accounted for, without knowing either.
 */
export class ResidualSpectrum {
  readonly #problem: Problem;
  readonly #job: Job;
  readonly #bound: BoundProblem;
  readonly #dtype: DType;
  #largest = 0;

  constructor(problem: Problem, dtype: DType) {
    const { job, bound } = bindProblem(problem, dtype);
    this.#problem = problem;
    this.#job = job;
    this.#bound = bound;
    this.#dtype = dtype;
  }

  /**
   * The singular triplets of -R / density that stand out, with S corrected for what chance adds.
   *
   * @param model - outside whose spaces to look; zero output if there is none.
   * @param maxCount - at least 1.
   */
  standout(model: DeepLinearNetwork | undefined, maxCount: number, seed: number): SVD {
    const mark = this.#job.mark();
    const operator = this.#evaluate(model);
    let chance = 0;
    for (let draw = 0; draw < draws; draw++) {
      // Random signs on random signs are random signs.
      this.#bound.randomizeSigns(seed + draw);
      chance = Math.max(chance, this.#leading(operator, 1, seed).S[0]);
    }
    this.#evaluate(model);
    let guess = Math.min(model ? 2 : firstGuess, maxCount);
    let { U, S, V } = this.#leading(operator, guess, seed);
    if (!model) this.#largest = S[0];
    const floor = Math.max(margin * chance, smallest[this.#dtype] * this.#largest);
    while (guess < maxCount && S[guess - 1] > floor) {
      guess = Math.min(2 * guess, maxCount);
      ({ U, S, V } = this.#leading(operator, guess, seed));
    }
    this.#job.release(mark);
    const below = S.findIndex((value: number) => !(value > floor));
    const rank = below < 0 ? S.length : below;
    const { density } = this.#problem;
    return {
      U: leadingColumns(U, rank),
      S: S.slice(0, rank).map((s: number) => Math.sqrt((s - chance) * (s + chance)) / density),
      V: leadingColumns(V, rank),
    };
  }

  #leading(operator: LinearOperator, rank: number, seed: number): SVD {
    return dominantSubspace(operator, { ...rough, rank, seed, dtype: this.#dtype });
  }

  /** Evaluates the residual; returns (I - P) R (I - P'), with P, P' on the model's spaces. */
  #evaluate(model: DeepLinearNetwork | undefined): LinearOperator {
    const { rows, cols } = this.#problem;
    const empty = (lines: number) => Matrix.zeros(lines, 1, { dtype: this.#dtype });
    const [first, ...rest] = model?.factors() ?? [empty(cols).transpose(), empty(rows)];
    const left = rest.reduceRight((product, W) => matmul(product, W));
    const right = first.transpose();
    const job = this.#job;
    const start = job.mark();
    const out = job.allocate(this.#dtype, rows * right.cols);
    this.#bound.residual(right.cols, job.put(left.data), job.put(right.data), out);
    job.release(start);
    const [U, V] = model ? [qr(left).Q, qr(right).Q] : [undefined, undefined];
    const residual = negativeResidual(this.#problem, this.#bound, job);
    return {
      rows,
      cols,
      multiply: (X) => outside(U, residual.multiply(outside(V, X))),
      multiplyTransposed: (X) => outside(V, residual.multiplyTransposed(outside(U, X))),
    };
  }
}

/** X - Q Q'X. */
function outside(Q: Matrix | undefined, X: Matrix): Matrix {
  if (!Q) return X;
  const inside = matmul(Q, matmul(Q, X, { transposeA: true }));
  return new Matrix(
    X.rows,
    X.cols,
    X.data.map((x, i) => x - inside.data[i]),
  );
}
