// What the iterative decompositions need of a matrix: its products with a block of vectors, inside
// of a job, whether it is dense, sparse or only known by its products.

import { describe } from "../../check/describe.js";
import { checkDType, checkSize } from "../../check/values.js";
import type { DType, Handle, Job } from "../../wasm/index.js";
import { checkFinite, checkMatrix } from "../check.js";
import { Matrix } from "../matrix.js";
import { checkSparse, SparseMatrix } from "../sparse-matrix.js";
import { scaleToSafeRange, sumOfSquaresInSafeRange } from "./scaling.js";

/** A matrix that is known by its products, `rows` x `cols`. */
export interface LinearOperator {
  readonly rows: number;
  readonly cols: number;
  /** A X for X of `cols` rows. */
  multiply(X: Matrix): Matrix;
  /** A' X for X of `rows` rows. */
  multiplyTransposed(X: Matrix): Matrix;
}

/** A matrix in a job. Blocks of k vectors are row-major: x is cols x k, y is rows x k. */
export interface BlockOperator {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: DType;
  /**
   * It stands for A times 2^exponent: entries at the ends of the range are scaled to its middle.
   */
  readonly exponent: number;
  /** The sum of the squares of its entries, so scaled; unknown where only products are known. */
  readonly energy: number | undefined;
  /** y <- A x. */
  multiply(k: number, x: Handle, y: Handle): void;
  /** x <- A' y. */
  multiplyTransposed(k: number, y: Handle, x: Handle): void;
}

/**
 * Copies A into the job once; an operator stays outside and its blocks travel.
 *
 * @param dtype - the type to compute in, for operators (f64 unless given); a matrix has its own.
 * @throws TypeError when A is not one of the three, or a matrix of another type than `dtype`;
 * RangeError when an entry is not finite.
 */
export function operatorInJob(
  job: Job,
  name: string,
  A: Matrix | SparseMatrix | LinearOperator,
  dtype?: DType,
): BlockOperator {
  if (dtype !== undefined) checkDType(name, dtype);
  if (A instanceof Matrix) checkMatrix(name, "A", A);
  if (A instanceof SparseMatrix) checkSparse(name, "A", A);
  if (A instanceof Matrix || A instanceof SparseMatrix) {
    if (dtype !== undefined && dtype !== A.dtype) {
      throw new TypeError(
        `${name}: A is ${A.dtype} and dtype is ${dtype}: dtype is for operators, ` +
          "a matrix has its own (use astype)",
      );
    }
    if (A instanceof SparseMatrix) return sparseOperator(job, name, A);
    return denseOperator(job, name, A);
  }
  if (typeof A?.multiply !== "function" || typeof A.multiplyTransposed !== "function") {
    throw new TypeError(
      `${name}: A is ${describe(A)}: it must be a Matrix, a SparseMatrix or ` +
        "{ rows, cols, multiply, multiplyTransposed }",
    );
  }
  checkSize(name, "A.rows", A.rows);
  checkSize(name, "A.cols", A.cols);
  return outsideOperator(job, name, A, dtype ?? "f64");
}

/** Brings entries to the safe range and sums their squares; mostly one pass does for both. */
function scaledEntries(job: Job, dtype: DType, length: number, x: Handle) {
  const { sumOfSquares } = job.kernels(dtype);
  const energy = sumOfSquares(length, x);
  if (sumOfSquaresInSafeRange(dtype, length, energy)) return { exponent: 0, energy };
  const exponent = scaleToSafeRange(job, dtype, length, x);
  return { exponent, energy: exponent === 0 ? energy : sumOfSquares(length, x) };
}

function denseOperator(job: Job, name: string, A: Matrix): BlockOperator {
  const { rows, cols, dtype, data } = A;
  const a = job.put(data);
  const scaled = scaledEntries(job, dtype, data.length, a);
  // NaN or infinity among the entries shows in their sum: only then they are looked through.
  if (!Number.isFinite(scaled.energy)) checkFinite(name, "A", A);
  const { gemm } = job.kernels(dtype);
  return {
    ...{ rows, cols, dtype, ...scaled },
    multiply: (k, x, y) => gemm(0, 0, rows, k, cols, 1, a, cols, x, k, 0, y, k),
    multiplyTransposed: (k, y, x) => gemm(1, 0, cols, k, rows, 1, a, cols, y, k, 0, x, k),
  };
}

function sparseOperator(job: Job, name: string, A: SparseMatrix): BlockOperator {
  const { rows, cols, dtype } = A;
  const values = job.put(A.values);
  const scaled = scaledEntries(job, dtype, A.nonzeros, values);
  if (!Number.isFinite(scaled.energy)) {
    checkFinite(name, "A.values", new Matrix(1, A.nonzeros, A.values));
  }
  const [rowStart, colIndices] = [job.put(A.rowStart), job.put(A.colIndices)];
  const columns = A.byColumns();
  const [start, index] = [job.put(columns.start), job.put(columns.rowIndices)];
  const position = job.put(columns.position);
  const { sparseTimesDense, sparseTimesDenseVia } = job.kernels(dtype);
  return {
    ...{ rows, cols, dtype, ...scaled },
    multiply: (k, x, y) => sparseTimesDense(rows, k, rowStart, colIndices, values, x, y, 0),
    multiplyTransposed: (k, y, x) =>
      sparseTimesDenseVia(cols, k, start, index, position, values, y, x, 0),
  };
}

function outsideOperator(job: Job, name: string, A: LinearOperator, dtype: DType): BlockOperator {
  const { rows, cols } = A;
  function apply(
    method: "multiply" | "multiplyTransposed",
    k: number,
    [length, from]: [number, Handle],
    [resultLength, to]: [number, Handle],
  ): void {
    const Y = A[method](new Matrix(length, k, job.read(dtype, from, length * k)));
    if (!(Y instanceof Matrix && Y.rows === resultLength && Y.cols === k && Y.dtype === dtype)) {
      const given = Y instanceof Matrix ? `${Y.rows} x ${Y.cols} ${Y.dtype}` : describe(Y);
      throw new TypeError(
        `${name}: A.${method} returned ${given}: it must be a Matrix, ` +
          `${resultLength} x ${k} ${dtype}`,
      );
    }
    checkFinite(name, `A.${method}(X)`, Y);
    job.write(to, Y.data);
  }
  return {
    ...{ rows, cols, dtype, exponent: 0, energy: undefined },
    multiply: (k, x, y) => apply("multiply", k, [cols, x], [rows, y]),
    multiplyTransposed: (k, y, x) => apply("multiplyTransposed", k, [rows, y], [cols, x]),
  };
}
