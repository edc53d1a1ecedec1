import { checkFinite } from "../linalg/check.js";
import { Matrix } from "../linalg/matrix.js";
import type { DType, Job } from "../wasm/index.js";
import type { BoundProblem, Problem } from "./problem.js";

/** Linear measurements of an unknown matrix. */
export interface SensingData {
  /** A_1 .. A_m, all of the unknown's shape. */
  operators: readonly Matrix[];
  /** y_1 .. y_m with y_i = <A_i, X>. */
  measurements: ArrayLike<number>;
}

/**
 * Matrix sensing: loss(X) = 1/2 sum (<A_i, X> - y_i)², gradient sum (<A_i, X> - y_i) A_i.
 *
 * Bound by memory: each evaluation reads all m rows cols entries of the operators twice.
 *
 * @throws RangeError when there is no operator, the shapes differ, the counts differ or an entry
 * is not finite.
 */
export function sensing({ operators, measurements }: SensingData): Problem {
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
  const y = Float64Array.from(measurements);
  checkFinite("sensing", "measurements", new Matrix(1, y.length, y));
  return {
    rows,
    cols,
    measurements: y.length,
    density: squares / (rows * cols),
    bind: (job, dtype) => bind(operators, y, job, dtype),
  };
}

function bind(operators: readonly Matrix[], y: Float64Array, job: Job, dtype: DType): BoundProblem {
  const { rows, cols } = operators[0];
  const kernels = job.kernels(dtype);
  const size = rows * cols;
  const blocks = operators.map((A) => job.put(A.dtype === dtype ? A.data : A.astype(dtype).data));
  const X = job.allocate(dtype, size);
  const R = job.allocateZeros(dtype, size);
  return {
    residual(width, left, right) {
      kernels.gemm(0, 1, rows, cols, width, 1, left, width, right, width, 0, X, cols);
      kernels.scal(size, 0, R);
      let squares = 0;
      for (let i = 0; i < blocks.length; i++) {
        const error = kernels.dot(size, blocks[i], X) - y[i];
        squares += error * error;
        kernels.axpy(size, error, blocks[i], R);
      }
      return 0.5 * squares;
    },
    multiply(width, x, out) {
      kernels.gemm(0, 0, rows, width, cols, 1, R, cols, x, width, 0, out, width);
    },
    multiplyTransposed(width, x, out) {
      kernels.gemm(1, 0, cols, width, rows, 1, R, cols, x, width, 0, out, width);
    },
  };
}
