// Checks of matrices at the border of the public functions. Each names the function, what was given
// and what must be.

import { invalidValue } from "../check/describe.js";
import { Block, type DType, type Job, jobBytes, OutOfMemoryError } from "../wasm/index.js";
import { roundoff } from "./eps.js";
import { checkShape, Matrix } from "./matrix.js";

/**
 * A matrix with all of its entries, which a buffer that is transferred or shrunk takes away, and
 * small enough for a job.
 *
 * @throws TypeError when A is not a Matrix, RangeError when its data do not fit its shape any more,
 * OutOfMemoryError from 4 GiB on.
 */
export function checkMatrix(name: string, what: string, A: Matrix): void {
  if (!(A instanceof Matrix)) {
    throw invalidValue(name, what, A, "a Matrix (Matrix.from makes one)", TypeError);
  }
  checkShape(name, what, A.rows, A.cols, A.data);
  // Fewer entries fit whatever their type; asking for the bytes takes longer.
  if (A.data.length >= jobBytes / 8 && A.data.byteLength >= jobBytes)
    throw new OutOfMemoryError(A.data.byteLength, 0);
}

/** As many rows as columns. */
export function checkSquare(name: string, what: string, A: Matrix): void {
  checkMatrix(name, what, A);
  if (A.rows !== A.cols) {
    throw new RangeError(`${name}: ${what} is ${A.rows} x ${A.cols}: it must be square`);
  }
}

/**
 * A matrix of a type, with `count` rows or columns.
 *
 * @throws RangeError when it has another number of them; TypeError when it is of another type.
 */
export function checkForm(
  name: string,
  what: string,
  A: Matrix,
  lines: "rows" | "cols",
  count: number,
  dtype: DType,
): void {
  checkMatrix(name, what, A);
  if (A[lines] === count && A.dtype === dtype) return;
  throw new (A.dtype === dtype ? RangeError : TypeError)(
    `${name}: ${what} is ${A.rows} x ${A.cols} ${A.dtype}: ` +
      `it must have ${count} ${lines === "rows" ? "rows" : "columns"} and be ${dtype}`,
  );
}

/** Every entry finite. @throws RangeError that names the first one that is not. */
export function checkFinite(name: string, what: string, A: Matrix): void {
  checkMatrix(name, what, A);
  const { data, cols } = A;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) throw notFinite(name, what, i, cols, data[i]);
  }
}

/** A copy of A in the job. @throws RangeError that names the first entry that is not finite. */
export function putFinite(job: Job, name: string, what: string, A: Matrix): Block {
  checkMatrix(name, what, A);
  const a = Block.put(job, A);
  const i = a.kernels.firstNonFinite(a.length, a.handle);
  if (i >= 0) throw notFinite(name, what, i, A.cols, a.view()[i]);
  return a;
}

function notFinite(name: string, what: string, i: number, cols: number, value: number): RangeError {
  return new RangeError(
    `${name}: ${what}[${Math.floor(i / cols)}, ${i % cols}] is ${value}: ` +
      "every entry must be finite",
  );
}

/** Operands of one type: the type picks the kernels. @throws TypeError when they differ. */
export function checkSameType(name: string, A: Matrix, B: Matrix): void {
  checkMatrix(name, "A", A);
  checkMatrix(name, "B", B);
  checkTypes(name, A.dtype, B.dtype);
}

/** Operands of one type with as many rows: a matrix and right-hand sides. */
export function checkSides(name: string, A: Matrix, B: Matrix): void {
  checkSameType(name, A, B);
  if (A.rows === B.rows) return;
  throw new RangeError(
    `${name}: A is ${A.rows} x ${A.cols} and B is ${B.rows} x ${B.cols}: ` +
      "they must have the same number of rows",
  );
}

/** @throws TypeError when they differ. */
export function checkTypes(name: string, a: DType, b: DType): void {
  if (a !== b) {
    throw new TypeError(`${name}: A is ${a} and B is ${b}: the types must be equal (use astype)`);
  }
}

/**
 * A, n x n, equals its transpose up to the rounding of sums of n terms: a product such as X'X may
 * differ that much. More is taken for a mistake of the caller, whose answer would silently be that
 * of half of A.
 */
export function checkSymmetric(name: string, A: Block): void {
  const { dtype, kernels, rows: n } = A;
  const largest = kernels.amax(A.length, A.handle);
  const tolerance = 8 * Math.max(n, 16) * roundoff[dtype] * largest;
  const found = kernels.findAsymmetry(n, A.handle, A.stride, tolerance);
  if (found < 0) return;
  const [i, j] = [Math.floor(found / n), found % n];
  const entries = A.view();
  throw new RangeError(
    `${name}: A[${i}, ${j}] is ${entries[found]} and A[${j}, ${i}] is ${entries[j * n + i]}: ` +
      "A must be symmetric",
  );
}
