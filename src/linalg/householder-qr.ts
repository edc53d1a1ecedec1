import {
  Block,
  type DType,
  elementTypeOf,
  type FloatArray,
  type Job,
  withSharedJob,
} from "../wasm/index.js";
import { checkForm } from "./check.js";
import type { LinearOperator } from "./in-job/linear-operator.js";
import { applyReflections, orthogonalColumns, type Reflections } from "./in-job/orthogonal.js";
import { factorQr, type Pivots, readPivots, readTriangle } from "./in-job/thin-qr.js";
import { type Matrix, readMatrix } from "./matrix.js";
import { type QrOptions, readQrOptions } from "./qr.js";
import type { ToleranceOptions } from "./singular-values.js";

/** A = Q R, Q as reflections. */
export interface HouseholderQR {
  Q: HouseholderQ;
  /** k x n, upper triangular. */
  R: Matrix;
}

/** A with its columns in the order `permutation` = Q R, Q as reflections. */
export interface PivotedHouseholderQR extends HouseholderQR, Pivots {}

/**
 * QR factorization that leaves Q as reflections: products with Q and Q' without forming it.
 *
 * The same reflections, R and options as `qr`; 2mn² - 2/3 n³ operations for m ≥ n, half of `qr`.
 *
 * @param A - any shape, also 0 rows or columns; left unchanged.
 * @throws RangeError when an entry of A is not finite, one of R would not be, or the tolerance is
 * no finite number ≥ 0; TypeError when A is not a Matrix or `pivoting` is not a boolean.
 * @example
 * ```ts
 * const { Q, R } = householderQr(Matrix.from([[3, 1], [4, 2]]));
 * Q.multiply(R).toArray(); // [[3.000000, 1.000000], [4.000000, 2.000000]]
 * ```
 */
export function householderQr(A: Matrix, options?: QrOptions & { pivoting?: false }): HouseholderQR;
export function householderQr(
  A: Matrix,
  options: QrOptions & ToleranceOptions & { pivoting: true },
): PivotedHouseholderQR;
export function householderQr(
  A: Matrix,
  options: QrOptions & ToleranceOptions = {},
): HouseholderQR | PivotedHouseholderQR {
  const { pivoting, tolerance } = readQrOptions("householderQr", options);
  return withSharedJob((job) => {
    const factors = factorQr(job, "householderQr", A, pivoting);
    const m = A.rows;
    const k = Math.min(m, A.cols);
    const R = readTriangle("householderQr", factors);
    const columns = factors.columns.lines(0, k).read();
    const Q = new HouseholderQ(m, k, columns, job.read(A.dtype, factors.tau, k));
    return { Q, R, ...readPivots(job, A, R, factors, tolerance) };
  });
}

/** The m x k factor Q of a QR factorization, orthonormal columns, known by its products. */
export class HouseholderQ implements LinearOperator {
  readonly dtype: DType;
  readonly #columns: FloatArray;
  readonly #tau: FloatArray;

  /**
   * @internal k columns of length m, a reflection below the diagonal of each, and their factors.
   */
  constructor(
    readonly rows: number,
    readonly cols: number,
    columns: FloatArray,
    tau: FloatArray,
  ) {
    this.dtype = elementTypeOf(columns) as DType;
    this.#columns = columns;
    this.#tau = tau;
  }

  /**
   * Q X, m x p. 4mkp - 2pk² operations.
   *
   * @param X - k x p, of Q's type. NaN and infinity pass through.
   * @throws RangeError when the shape does not fit; TypeError when X is not a Matrix of that type.
   */
  multiply(X: Matrix): Matrix {
    return this.#apply("multiply", X, false);
  }

  /**
   * Q' X, k x p. 4mkp - 2pk² operations.
   *
   * @param X - m x p, of Q's type. NaN and infinity pass through.
   * @throws RangeError when the shape does not fit; TypeError when X is not a Matrix of that type.
   */
  multiplyTransposed(X: Matrix): Matrix {
    return this.#apply("multiplyTransposed", X, true);
  }

  /** Q itself, the bits that `qr` returns. 2mk² - 2/3 k³ operations. */
  toDense(): Matrix {
    return withSharedJob((job) => readMatrix(orthogonalColumns(this.#put(job))));
  }

  #apply(name: string, X: Matrix, transpose: boolean): Matrix {
    const { rows: m, cols: k, dtype } = this;
    const [from, to] = transpose ? [m, k] : [k, m];
    checkForm(`HouseholderQ.${name}`, "X", X, "rows", from, dtype);
    return withSharedJob((job) => {
      // By columns of length m, what X lacks filled with zeros.
      const C = Block.allocate(job, dtype, X.cols, m);
      Block.put(job, X).transposed().copyTo(C);
      applyReflections(this.#put(job), C, { transpose });
      return readMatrix(C.columns(0, to).transposed());
    });
  }

  #put(job: Job): Reflections {
    const { rows: m, cols: k, dtype } = this;
    const columns = new Block(job, dtype, k, m, job.put(this.#columns));
    return { columns, tau: job.put(this.#tau) };
  }
}
