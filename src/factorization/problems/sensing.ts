import { invalidValue } from "../../check/describe.js";
import { type OptionNames, readOptions } from "../../check/options.js";
import { checkList } from "../../check/values.js";
import { checkFinite, checkMatrix } from "../../linalg/check.js";
import { Matrix } from "../../linalg/matrix.js";
import { randomNormalArray } from "../../linalg/random.js";
import * as streams from "../../linalg/streams.js";
import {
  Block,
  basicKernels,
  type DType,
  type Handle,
  type Job,
  productsKernels,
} from "../../wasm/index.js";
import { denseProducts } from "./dense-residual.js";
import { type Loss, type LossOptions, readLoss, withoutPeaks } from "./loss.js";
import type { BoundProblem, Problem } from "./problem.js";
import { flipSigns } from "./random-signs.js";

/** Linear measurements of an unknown matrix. */
export interface SensingData {
  /** A_1 .. A_m, all of the unknown's shape. */
  operators: readonly Matrix[];
  /** y_1 .. y_m with y_i = <A_i, X>. */
  measurements: ArrayLike<number>;
}

const names: OptionNames<SensingData> = { operators: true, measurements: true };

/**
 * Matrix sensing: loss(X) = 1/2 sum (<A_i, X> - y_i)², gradient sum (<A_i, X> - y_i) A_i. Other losses
 * of the errors stand wrong measurements, and median of means wrong operators as well.
 *
 * Bound by memory: each evaluation reads all m rows cols entries of the operators, each operator
 * twice in a row, so that the second time finds it in the cache.
 *
 * @throws RangeError when there is no operator, the shapes differ, the counts differ or an entry
 * is not finite or an option is out of range; TypeError for a field or an option that there is not, or
 * that is another loss's.
 */
export function sensing(data: SensingData, options: LossOptions = {}): Problem {
  const wanted = "an object with operators and measurements";
  const { measurements, ...read } = readOptions("sensing", data, names, wanted, "data");
  checkList("sensing", "operators", read.operators);
  const operators = Array.from(read.operators);
  for (const [i, A] of operators.entries()) checkMatrix("sensing", `operators[${i}]`, A);
  checkList("sensing", "measurements", measurements);
  if (operators.length === 0) {
    throw new RangeError("sensing: operators is empty: at least one measurement is needed");
  }
  if (operators.length !== measurements.length) {
    throw new RangeError(
      `sensing: there are ${operators.length} operators and ${measurements.length} ` +
        "measurements: the counts must be equal",
    );
  }
  const { rows, cols } = operators[0];
  let squares = 0;
  operators.forEach((A, i) => {
    if (A.rows !== rows || A.cols !== cols) {
      throw new RangeError(
        `sensing: operators[${i}] is ${A.rows} x ${A.cols} and operators[0] is ` +
          `${rows} x ${cols}: all shapes must be equal`,
      );
    }
    checkFinite("sensing", `operators[${i}]`, A);
    for (const value of A.data) squares += value * value;
  });
  if (rows === 0 || cols === 0) {
    throw new RangeError(`sensing: the operators are ${rows} x ${cols}: they must not be empty`);
  }
  for (let i = 0; i < measurements.length; i++) {
    if (typeof measurements[i] === "number") continue;
    throw invalidValue("sensing", `measurements[${i}]`, measurements[i], "a number", TypeError);
  }
  const y = Float64Array.from(measurements);
  checkFinite("sensing", "measurements", new Matrix(1, y.length, y));
  const loss = readLoss("sensing", options, { rows, cols, measurements: y.length });
  return {
    rows,
    cols,
    measurements: y.length,
    ...(loss && { robust: { curvature: loss.curvature } }),
    density: squares / (rows * cols),
    greatestDensity: () => largestEigenvalue(operators, y.length),
    bind: (job, dtype) => bind(operators, y, loss, job, dtype),
  };
}

/** Of A*A, by the power method; a tenth is added for what it has not reached. */
function largestEigenvalue(operators: readonly Matrix[], count: number): number {
  const { rows, cols } = operators[0];
  const X = randomNormalArray(rows * cols, 0, streams.sensingStart.first, "f64");
  let eigenvalue = 0;
  for (let iteration = 0; iteration < 20; iteration++) {
    let norm = 0;
    for (const x of X) norm += x * x;
    norm = Math.sqrt(norm);
    if (norm === 0) break;
    const image = new Float64Array(X.length);
    for (let i = 0; i < count; i++) {
      const { data } = operators[i];
      let inner = 0;
      for (let p = 0; p < data.length; p++) inner += data[p] * X[p];
      for (let p = 0; p < data.length; p++) image[p] += (inner / norm) * data[p];
    }
    X.set(image);
    eigenvalue = 0;
    for (const x of image) eigenvalue += x * x;
    eigenvalue = Math.sqrt(eigenvalue);
  }
  return 1.1 * eigenvalue;
}

function bind(
  operators: readonly Matrix[],
  y: Float64Array,
  loss: Loss | undefined,
  job: Job,
  dtype: DType,
): BoundProblem {
  const { rows, cols } = operators[0];
  const kernels = job.use(basicKernels)[dtype];
  for (const [i, A] of operators.entries()) checkMatrix("sensing", `operators[${i}]`, A);
  const bound = operators.map((A) => Block.put(job, A.dtype === dtype ? A : A.astype(dtype)));
  const X = Block.allocate(job, dtype, rows, cols);
  const R = Block.zeros(job, dtype, rows, cols);
  const errors = new Float64Array(bound.length);
  const { gemm } = X.use(productsKernels);
  const multiplyOut = (width: number, left: Handle, right: Handle) =>
    gemm(0, 1, rows, cols, width, 1, left, width, right, width, 0, X.handle, cols);
  /** R <- sum errors_i A_i. */
  const combine = () => {
    kernels.scal(R.length, 0, R.handle);
    for (const [i, A] of bound.entries()) kernels.axpy(A.length, errors[i], A.handle, R.handle);
  };
  const products: Omit<BoundProblem, "residual"> = {
    ...denseProducts(R),
    randomizeSigns(seed) {
      flipSigns(errors, seed);
      combine();
    },
  };
  const ofSquares =
    (y: Float64Array): BoundProblem["residual"] =>
    (width, left, right, out) => {
      multiplyOut(width, left, right);
      kernels.scal(R.length, 0, R.handle);
      let squares = 0;
      for (let i = 0; i < bound.length; i++) {
        const A = bound[i];
        const error = kernels.dot(A.length, A.handle, X.handle) - y[i];
        squares += error * error;
        errors[i] = error;
        kernels.axpy(A.length, error, A.handle, R.handle);
      }
      products.multiply(width, right, out);
      return 0.5 * squares;
    };
  if (!loss) return { ...products, residual: ofSquares(y) };
  return {
    ...products,
    squares: { ...products, residual: ofSquares(withoutPeaks(y)) },
    residual(width, left, right, out) {
      multiplyOut(width, left, right);
      // All errors come before their derivatives: operators are read twice from memory.
      for (const [i, A] of bound.entries()) {
        errors[i] = kernels.dot(A.length, A.handle, X.handle) - y[i];
      }
      const sum = loss.derive(errors);
      combine();
      products.multiply(width, right, out);
      return sum;
    },
  };
}
