import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkNonNegative } from "../check/values.js";
import { checkFinite, checkForm } from "../linalg/check.js";
import { square } from "../linalg/elementary.js";
import { spacing } from "../linalg/eps.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix, type MatrixData } from "../linalg/matrix.js";
import { checkSparse, SparseMatrix } from "../linalg/sparse-matrix.js";
import { type DType, type FloatArray, newArray } from "../wasm/index.js";
import { type ColumnScaling, inType, scaledChunks, scaledSparse } from "./rows.js";

/** What a fit found. */
interface PcaState extends ColumnScaling {
  readonly rows: number;
  /** k x n, one component per row. */
  readonly components: Matrix;
  /** The squares of the singular values of the centred data, k numbers. */
  readonly scatters: Float64Array;
  /** The sum of all of them. */
  readonly total: number;
  readonly whiten: boolean;
}

/** A model as JSON has it. */
export interface PcaData {
  /** Rows of the data that it was made from. */
  readonly rows: number;
  /** k x n, one component per row. */
  readonly components: MatrixData;
  /** n numbers each. */
  readonly means: ArrayLike<number>;
  readonly scales: ArrayLike<number>;
  /** The squares of the singular values of the centred data, k numbers, descending. */
  readonly scatters: ArrayLike<number>;
  /** The sum of all of them, k or more. */
  readonly total: number;
  readonly whiten: boolean;
}

/** Made when asked for: what is computed at this place would be bundled by everybody. */
const dataChecks = (): OptionChecks<PcaData> => ({
  rows: check.integer(2),
  components: check.anything,
  means: check.list(check.finite),
  scales: check.list(check.positive),
  scatters: check.list(checkNonNegative),
  total: checkNonNegative,
  whiten: check.boolean,
});
const fieldNames = [
  "rows",
  "components",
  "means",
  "scales",
  "scatters",
  "total",
  "whiten",
] as const satisfies readonly (keyof PcaData)[];

/**
 * Principal components of data, made by `pca` or `StreamingPca`: x is about mean + scale (z C), C the
 * components. Immutable.
 */
export class Pca {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static get name(): string {
    return "Pca";
  }

  /** k x n: one direction of length 1 per row, the one of the largest variance first. */
  readonly components: Matrix;
  /** n means that are taken off; zeros with `center: false`. */
  readonly means: FloatArray;
  /** n numbers that the columns are divided by; ones unless `scale` was asked for. */
  readonly scales: FloatArray;
  /** Variance along each component, of samples (divided by m - 1), descending. */
  readonly explainedVariance: FloatArray;
  /** Its share of the variance of all columns. */
  readonly explainedVarianceRatio: FloatArray;
  /** Singular values of the centred data that belong to the components. */
  readonly singularValues: FloatArray;
  /** What `transform` multiplies each component by: 1, or what makes its variance 1. */
  readonly #factors: Float64Array;
  readonly #state: PcaState;

  /** @internal */
  constructor(state: PcaState) {
    const { components, means, scales, scatters, total, rows, whiten } = state;
    const { dtype } = components;
    this.#state = state;
    this.components = withSigns(components);
    this.means = means;
    this.scales = scales;
    const each = (f: (scatter: number) => number) => inType(dtype, scatters.map(f));
    this.explainedVariance = each((scatter) => scatter / (rows - 1));
    this.explainedVarianceRatio = each((scatter) => (total > 0 ? scatter / total : 0));
    this.singularValues = each(Math.sqrt);
    // A component of rounding stays 0: to divide by its variance would blow noise up.
    const least = scatters.length === 0 ? 0 : scatters[0] * spacing[dtype];
    const whitened = (scatter: number) =>
      scatter > least ? Math.sqrt(rows - 1) / Math.sqrt(scatter) : 0;
    this.#factors = scatters.map(whiten ? whitened : () => 1);
  }

  /**
   * A model from what `toJSON` gave, or `JSON.stringify` wrote: the same bits.
   *
   * @throws RangeError or TypeError for what is not such an object.
   * @example
   * ```ts
   * const model = pca(Matrix.from([[1, 1], [2, 2], [3, 3.5]]), { components: 1 });
   * const there = Pca.from(JSON.parse(JSON.stringify(model)));
   * there.components.equals(model.components); // true
   * ```
   */
  static from(data: PcaData): Pca {
    const name = "Pca.from";
    const read = checkedOptions(
      name,
      data,
      dataChecks(),
      "an object as toJSON gives",
      ...fieldNames,
    );
    const components = Matrix.from(read.components);
    checkFinite(name, "components", components);
    const { dtype, rows: k, cols: n } = components;
    for (const [field, wanted] of [
      ["means", n],
      ["scales", n],
      ["scatters", k],
    ] as const) {
      if (read[field].length === wanted) continue;
      throw new RangeError(
        `${name}: ${field} has ${read[field].length} entries and components is ${k} x ${n}: ` +
          `it must have ${wanted}`,
      );
    }
    return new Pca({
      ...{ components, rows: read.rows, total: read.total, whiten: read.whiten },
      scatters: Float64Array.from(read.scatters),
      means: inType(dtype, Float64Array.from(read.means)),
      scales: inType(dtype, Float64Array.from(read.scales)),
    });
  }

  /** What `JSON.stringify` writes, and `Pca.from` takes back. */
  toJSON(): PcaData {
    const { rows, total, whiten, scatters } = this.#state;
    const { components, means, scales } = this;
    return {
      ...{ rows, total, whiten, components: components.toJSON() },
      ...{ means: Array.from(means), scales: Array.from(scales), scatters: Array.from(scatters) },
    };
  }

  /**
   * Rows in the coordinates of the components: Z = ((X - means) / scales) C', whitened where that was
   * asked for. 2mnk operations.
   *
   * @param X - m x n, dense or sparse, of the type of the fit; left unchanged.
   * @returns m x k.
   * @throws RangeError when the columns differ in number or an entry is not finite; TypeError when X is
   * not a matrix of that type.
   */
  transform(X: Matrix | SparseMatrix): Matrix {
    const Z = this.#coordinates("transform", X);
    const { data, cols: k } = Z;
    for (let i = 0; i < data.length; i++) data[i] *= this.#factors[i % k];
    return Z;
  }

  /**
   * Rows from their coordinates: X = means + scales (Z C). The nearest to the data that so many
   * components can say. 2mnk operations.
   *
   * @param Z - m x k, of the type of the fit; left unchanged.
   * @returns m x n.
   * @throws as `transform`.
   */
  inverse(Z: Matrix): Matrix {
    const { components, means, scales } = this;
    const { rows: k, cols: n, dtype } = components;
    checkForm("Pca.inverse", "Z", Z, "cols", k, dtype);
    checkFinite("Pca.inverse", "Z", Z);
    const plain = Z.copy();
    for (let i = 0; i < plain.data.length; i++) {
      const factor = this.#factors[i % k];
      plain.data[i] = factor === 0 ? 0 : plain.data[i] / factor;
    }
    const X = matmul(plain, components);
    for (let i = 0; i < X.data.length; i++) X.data[i] = means[i % n] + scales[i % n] * X.data[i];
    return X;
  }

  /**
   * How far each row is from what the components can say of it: the Euclidean length of what is left,
   * in scaled columns. Large for rows that are unlike the data of the fit.
   *
   * Of a sparse matrix by |x|² - |z|², whose rounding is in the order of √eps |x|.
   *
   * @param X - m x n, dense or sparse, of the type of the fit; left unchanged.
   * @returns m numbers.
   * @throws as `transform`.
   */
  reconstructionErrors(X: Matrix | SparseMatrix): FloatArray {
    const name = "reconstructionErrors";
    const Z = this.#coordinates(name, X);
    const errors = newArray(this.components.dtype, X.rows);
    if (X instanceof SparseMatrix) {
      const lengths = squaredLengths(X, this);
      for (let i = 0; i < errors.length; i++) {
        let left = lengths[i];
        for (const z of Z.row(i)) left -= z * z;
        errors[i] = Math.sqrt(Math.max(left, 0));
      }
      return errors;
    }
    const k = Z.cols;
    for (const { first, chunk } of scaledChunks(X, this)) {
      const part = new Matrix(chunk.rows, k, Z.data.subarray(first * k, (first + chunk.rows) * k));
      const { data, cols } = matmul(part, this.components);
      for (let i = 0; i < chunk.rows; i++) {
        let sum = 0;
        for (let p = i * cols; p < (i + 1) * cols; p++) sum += square(chunk.data[p] - data[p]);
        errors[first + i] = Math.sqrt(sum);
      }
    }
    return errors;
  }

  /** How many components there are, and of how many columns. */
  toString(): string {
    return `Pca, ${this.components.rows} components of ${this.components.cols} columns`;
  }

  /** Not whitened. */
  #coordinates(name: string, X: Matrix | SparseMatrix): Matrix {
    const { components } = this;
    const { rows: k, cols: n, dtype } = components;
    if (X instanceof SparseMatrix) {
      checkSparse(`Pca.${name}`, "X", X);
      checkForm(`Pca.${name}`, "X", new Matrix(0, X.cols, newArray(X.dtype, 0)), "cols", n, dtype);
      checkFinite(`Pca.${name}`, "X.values", new Matrix(1, X.nonzeros, X.values));
      const { scaled, center } = scaledSparse(X, this);
      const coordinates = scaled.multiply(components.transpose());
      const shift = matmul(new Matrix(1, n, center), components, { transposeB: true }).data;
      for (let i = 0; i < coordinates.data.length; i++) coordinates.data[i] -= shift[i % k];
      return coordinates;
    }
    checkForm(`Pca.${name}`, "X", X, "cols", n, dtype);
    checkFinite(`Pca.${name}`, "X", X);
    const Z = Matrix.zeros(X.rows, k, { dtype });
    for (const { first, chunk } of scaledChunks(X, this)) {
      Z.data.set(matmul(chunk, components, { transposeB: true }).data, first * k);
    }
    return Z;
  }
}

/** @throws TypeError when both are given. */
export function checkChoice(name: string, components?: number, variance?: number): void {
  if (components === undefined || variance === undefined) return;
  throw new TypeError(
    `${name}: components is ${components} and variance is ${variance}: only one may be given`,
  );
}

const largest = (dtype: DType) =>
  dtype === "f32" ? (2 - spacing.f32) * 2 ** 127 : Number.MAX_VALUE;

/** That the sum of squares, and so every variance, is in range. @throws RangeError otherwise. */
export function checkTotal(name: string, total: number, dtype: DType): void {
  if (total <= largest(dtype)) return;
  throw new RangeError(
    `${name}: the variance overflows ${dtype}: the entries of the data must be smaller`,
  );
}

/** The first number of components whose scatter reaches what is wanted. */
export function smallestCount(scatters: Float64Array, wanted: number): number {
  let sum = 0;
  for (let k = 0; k < scatters.length; k++) {
    sum += scatters[k];
    if (sum >= wanted) return k + 1;
  }
  return scatters.length;
}

/** The squared lengths of centred and scaled rows, in f64: |x|² - 2 x'm + |m|², scaled. */
export function squaredLengths(X: SparseMatrix, { means, scales }: ColumnScaling): Float64Array {
  let base = 0;
  for (let j = 0; j < X.cols; j++) base += square(means[j] / scales[j]);
  const lengths = new Float64Array(X.rows).fill(base);
  for (let i = 0; i < X.rows; i++) {
    for (let p = X.rowStart[i]; p < X.rowStart[i + 1]; p++) {
      const [col, value] = [X.colIndices[p], X.values[p]];
      lengths[i] += (value * (value - 2 * means[col])) / square(scales[col]);
    }
  }
  return lengths;
}

/** The entry of largest magnitude in each row made positive, the first among equals. */
function withSigns(components: Matrix): Matrix {
  const result = components.copy();
  for (let i = 0; i < result.rows; i++) {
    const row = result.row(i);
    let largest = 0;
    for (const value of row) if (Math.abs(value) > Math.abs(largest)) largest = value;
    if (largest < 0) for (let j = 0; j < row.length; j++) row[j] = -row[j];
  }
  return result;
}
