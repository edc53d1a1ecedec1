import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { qr } from "../linalg/qr.js";
import { randomNormalArray, randomPermutation, randomUniformArray } from "../linalg/random.js";
import { checkFitsJob, type DType } from "../wasm/index.js";

/**
 * A semi-orthogonal rows x cols matrix: the first `rows` rows and `cols` columns of an orthogonal
 * one of size max(rows, cols).
 */
export interface OrthogonalMap {
  readonly rows: number;
  readonly cols: number;
  /** Q X. */
  apply(X: Matrix): Matrix;
  /** Q' X. */
  applyTransposed(X: Matrix): Matrix;
  toMatrix(dtype: DType): Matrix;
}

/**
 * A random permutation, of `stream`, with random signs, of the one after it: orthogonal without any rounding, n numbers to store and
 * O(n) a vector to apply, so the wide factors of a network need never exist.
 */
export function signedPermutation(
  rows: number,
  cols: number,
  seed: number,
  stream: number,
): OrthogonalMap {
  const n = Math.max(rows, cols);
  checkFitsJob("f64", n);
  const signs = randomUniformArray(n, seed, stream + 1, "f64");
  for (let j = 0; j < n; j++) signs[j] = signs[j] < 0.5 ? -1 : 1;
  const target = randomPermutation(n, seed, stream);
  /** Row i of the result is sign times row source[i] of X; -1 where X has no such row. */
  function move(X: Matrix, resultRows: number, forward: boolean): Matrix {
    const result = Matrix.zeros(resultRows, X.cols, { dtype: X.dtype });
    for (let j = 0; j < n; j++) {
      const [from, to] = forward ? [j, target[j]] : [target[j], j];
      if (from >= X.rows || to >= resultRows) continue;
      const [source, destination] = [X.row(from), result.row(to)];
      for (let c = 0; c < source.length; c++) destination[c] = signs[j] * source[c];
    }
    return result;
  }
  return {
    rows,
    cols,
    apply: (X) => move(X, rows, true),
    applyTransposed: (X) => move(X, cols, false),
    toMatrix(dtype) {
      checkFitsJob(dtype, rows * cols);
      const result = Matrix.zeros(rows, cols, { dtype });
      for (let j = 0; j < n; j++) {
        if (j >= cols || target[j] >= rows) continue;
        const row = result.row(target[j]);
        // What `apply` makes of the identity, to the signs of its zeros.
        row.fill(signs[j] * 0);
        row[j] = signs[j];
      }
      return result;
    },
  };
}

/** A Haar-distributed one: the Q of a Gaussian matrix with the signs of R's diagonal put right. */
export function haarOrthogonal(
  rows: number,
  cols: number,
  seed: number,
  stream: number,
): OrthogonalMap {
  const tall = Math.max(rows, cols);
  const thin = Math.min(rows, cols);
  checkFitsJob("f64", tall * thin);
  const { Q, R } = qr(new Matrix(tall, thin, randomNormalArray(tall * thin, seed, stream, "f64")));
  for (let i = 0; i < tall; i++) {
    for (let j = 0; j < thin; j++) if (R.get(j, j) < 0) Q.set(i, j, -Q.get(i, j));
  }
  const inType = (dtype: DType) => (dtype === "f64" ? Q : Q.astype(dtype));
  return {
    rows,
    cols,
    apply: (X) => matmul(inType(X.dtype), X, { transposeA: rows < cols }),
    applyTransposed: (X) => matmul(inType(X.dtype), X, { transposeA: rows >= cols }),
    toMatrix: (dtype) => (rows < cols ? inType(dtype).transpose() : inType(dtype).copy()),
  };
}
