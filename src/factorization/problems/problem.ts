import { describe } from "../../check/describe.js";
import { isSize } from "../../check/values.js";
import type { LinearOperator } from "../../linalg/in-job/linear-operator.js";
import { Matrix } from "../../linalg/matrix.js";
import {
  type BasicKernels,
  Block,
  basicKernels,
  type DType,
  type Handle,
  Job,
  type ProductsKernels,
  productsKernels,
} from "../../wasm/index.js";

/**
 * What a deep factorization is trained on: a loss of the product X (rows x cols), half a sum of squares,
 * 1/2 |A(X) - y|², or a robust one of the same errors, and its gradient R = A*(A(X) - y), or A* of the
 * loss's derivatives. Nothing else.
 */
export interface Problem {
  readonly rows: number;
  readonly cols: number;
  /** Terms of the sum in the loss. */
  readonly measurements: number;
  /**
   * The p for which A*A is p times the identity on average: 1 for a fully observed target, the
   * observed share for completion, sum |A_i|² / (rows cols) for sensing.
   */
  readonly density: number;
  /**
   * Where the loss is not half a sum of squares: how many times that one's curvature its own may be.
   */
  readonly robust?: { readonly curvature: number };
  /** The largest eigenvalue of A*A: what a direction of no low rank may meet. */
  greatestDensity(): number;
  /** Copies the data into a job; the kernels are those that work on it. */
  bind(job: Job, dtype: DType, kernels: BasicKernels & ProductsKernels): BoundProblem;
}

/** A problem inside a job. Blocks are row-major with `width` columns. */
export interface BoundProblem {
  /**
   * Evaluates R at X = left right' (rows x width, cols x width) and keeps it; out (rows x width)
   * <- R right, the gradient for `left`. Returns the loss.
   */
  residual(width: number, left: Handle, right: Handle, out: Handle): number;
  /** out (rows x width) <- R x, x being cols x width. */
  multiply(width: number, x: Handle, out: Handle): void;
  /** out (cols x width) <- R' x, x being rows x width. */
  multiplyTransposed(width: number, x: Handle, out: Handle): void;
  /**
   * Of a robust loss: the problem of squares on the same measurements, gross errors among them cut. Where
   * to start and the rates follow from it. It shares R.
   */
  readonly squares?: BoundProblem;
  /** R <- A*(the same errors with random signs), until the next residual. */
  randomizeSigns(seed: number): void;
}

/** @throws TypeError otherwise. */
export function checkProblem(name: string, problem: Problem): void {
  const { rows, cols, measurements, density, bind, greatestDensity } = Object(problem) as Problem;
  const works = typeof bind === "function" && typeof greatestDensity === "function";
  const counted = typeof measurements === "number" && typeof density === "number";
  if (works && counted && isSize(rows) && isSize(cols)) return;
  const makers = "factorization, completion or sensing";
  throw new TypeError(`${name}: problem is ${describe(problem)}: ${makers} must give it`);
}

/**
 * A problem of the model's shape; `what` it is for messages.
 *
 * @throws TypeError when it is not a problem, RangeError when the shapes differ.
 */
export function checkSameShape(
  name: string,
  model: { readonly rows: number; readonly cols: number },
  problem: Problem,
  what = "the problem",
): void {
  checkProblem(name, problem);
  if (problem.rows === model.rows && problem.cols === model.cols) return;
  throw new RangeError(
    `${name}: the model is ${model.rows} x ${model.cols} and ${what} ${problem.rows} x ` +
      `${problem.cols}: the shapes must be equal`,
  );
}

/** The problem in the job. @throws TypeError when what its `bind` gives is not a bound problem. */
export function boundIn(job: Job, problem: Problem, dtype: DType): BoundProblem {
  const kernels = { ...job.use(basicKernels)[dtype], ...job.use(productsKernels)[dtype] };
  const bound = problem.bind(job, dtype, kernels);
  // What training asks for; only the search for the rank needs random signs.
  const { residual, multiply, multiplyTransposed } = Object(bound) as BoundProblem;
  const methods = [residual, multiply, multiplyTransposed];
  if (methods.every((method) => typeof method === "function")) return bound;
  throw new TypeError(`problem: bind gives ${describe(bound)}: it must be a BoundProblem`);
}

/** A problem in a job of its own. */
export interface Binding {
  readonly job: Job;
  readonly bound: BoundProblem;
}

/** Bindings that were used and can be used again: at most one for a problem and a type. */
const spare: Record<DType, WeakMap<Problem, Binding>> = { f32: new WeakMap(), f64: new WeakMap() };

/** Binds a problem to a fresh job, or takes over the one that `observedTarget` has left. */
export function bindProblem(problem: Problem, dtype: DType): Binding {
  const left = spare[dtype].get(problem);
  spare[dtype].delete(problem);
  if (left) return left;
  const job = new Job();
  return { job, bound: boundIn(job, problem, dtype) };
}

/**
 * A*(y), minus the gradient at zero output: the target itself where all of it is observed, its
 * observed part for completion. Its singular vectors span the invariant subspaces. (The gradient at
 * the true initial weights adds the scaled initial product, a flat tail on which power iterations
 * fail.) Valid until the next one of this problem, or its training, which take over its job: what
 * is large is copied once.
 */
export function observedTarget(problem: Problem, dtype: DType): LinearOperator {
  const binding = bindProblem(problem, dtype);
  spare[dtype].set(problem, binding);
  return observedTargetInJob(problem, binding, dtype);
}

/**
 * The same on a problem that is bound already; valid until its residual is evaluated again.
 * `zeroLoss` is the loss at zero output, 1/2 |y|².
 */
export function observedTargetInJob(
  problem: Problem,
  { job, bound }: Binding,
  dtype: DType,
): LinearOperator & { readonly zeroLoss: number } {
  const { rows, cols } = problem;
  const mark = job.mark();
  const zeros = job.allocateZeros(dtype, Math.max(rows, cols));
  const squares = bound.squares ?? bound;
  const zeroLoss = squares.residual(1, zeros, zeros, job.allocate(dtype, rows));
  job.release(mark);
  return { ...negativeResidual(problem, bound, job), zeroLoss };
}

/** -R, as the bound problem has it when it is multiplied. */
export function negativeResidual(
  { rows, cols }: Problem,
  bound: BoundProblem,
  job: Job,
): LinearOperator {
  function product(X: Matrix, resultRows: number, transposed: boolean): Matrix {
    const mark = job.mark();
    const x = Block.put(job, X);
    const out = Block.allocate(job, X.dtype, resultRows, X.cols);
    if (transposed) bound.multiplyTransposed(X.cols, x.handle, out.handle);
    else bound.multiply(X.cols, x.handle, out.handle);
    out.kernels.scal(out.length, -1, out.handle);
    const data = out.read();
    job.release(mark);
    return new Matrix(resultRows, X.cols, data);
  }
  return {
    rows,
    cols,
    multiply: (X) => product(X, rows, false),
    multiplyTransposed: (X) => product(X, cols, true),
  };
}
