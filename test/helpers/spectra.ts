// Matrices with known singular values.
import { type DType, Matrix, matmul, qr, SparseMatrix } from "../../src/index.js";

export interface Spectrum {
  rows: number;
  cols: number;
  /** Singular value number i = 0, 1, ... */
  value: (i: number) => number;
  dtype?: DType;
  seed: number;
}

/** U diag(S) V' with random orthonormal U and V, and S. */
export function withSpectrum({ rows, cols, value, dtype = "f64", seed }: Spectrum) {
  const k = Math.min(rows, cols);
  const S = Float64Array.from({ length: k }, (_, i) => value(i));
  const U = qr(Matrix.randomNormal(rows, k, { seed })).Q;
  const V = qr(Matrix.randomNormal(cols, k, { seed: seed + 1 })).Q;
  const scaled = new Matrix(
    rows,
    k,
    U.data.map((x, p) => x * S[p % k]),
  );
  return { A: matmul(scaled, V, { transposeB: true }).astype(dtype), S };
}

/** Every entry of a dense matrix as a triplet, zeros left out. */
export function toSparse(A: Matrix): SparseMatrix {
  const places = Array.from(A.data.keys()).filter((p) => A.data[p] !== 0);
  return SparseMatrix.fromTriplets({
    rows: A.rows,
    cols: A.cols,
    rowIndices: places.map((p) => Math.floor(p / A.cols)),
    colIndices: places.map((p) => p % A.cols),
    values: A.data.filter((value) => value !== 0),
  });
}

/** A by its products alone. */
export function toOperator(A: Matrix) {
  return {
    rows: A.rows,
    cols: A.cols,
    multiply: (X: Matrix) => matmul(A, X),
    multiplyTransposed: (X: Matrix) => matmul(A, X, { transposeA: true }),
  };
}

/** ||A - U diag(S) V'||_F and ||A||_F. */
export function errorNorms(A: Matrix, U: Matrix, S: ArrayLike<number>, V: Matrix) {
  const scaled = U.astype("f64");
  scaled.data.forEach((x, p) => {
    scaled.data[p] = x * S[p % S.length];
  });
  const product = matmul(scaled, V.astype("f64"), { transposeB: true });
  const squares = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, x) => sum + x * x, 0);
  const difference = product.data.map((x, p) => x - A.data[p]);
  return { error: Math.sqrt(squares(difference)), norm: Math.sqrt(squares(A.data)) };
}
