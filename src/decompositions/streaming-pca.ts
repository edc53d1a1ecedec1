import { invalidValue } from "../check/describe.js";
import { boolean, integer, upTo } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkDType } from "../check/values.js";
import { checkFinite, checkForm } from "../linalg/check.js";
import { trace } from "../linalg/diagonal.js";
import { Matrix } from "../linalg/matrix.js";
import { slice } from "../linalg/slices.js";
import { meansOf } from "../linalg/statistics.js";
import type { DType } from "../wasm/index.js";
import { checkChoice, checkTotal, Pca, smallestCount } from "./principal-components.js";
import { inType, scaledChunks } from "./rows.js";
import { addScatter, leadingEigen } from "./scatter.js";

export interface StreamingPcaOptions {
  /** Columns of the data, 1 .. 16384: the scatter matrix takes 8 cols² bytes. */
  cols: number;
  /** Components to keep, 1 .. cols. Either this or `variance`. @defaultValue cols */
  components?: number;
  /** Share of the variance that the components must explain, in (0, 1]. */
  variance?: number;
  /** `transform` makes the variance of each component 1. @defaultValue false */
  whiten?: boolean;
  /** Divide the columns by their standard deviations, constant ones by 1. @defaultValue false */
  scale?: boolean;
  /** Type of the blocks. @defaultValue "f64" */
  dtype?: DType;
}

const mostColumns = 2 ** 14;

const checks: OptionChecks<StreamingPcaOptions> = {
  cols: integer(1, mostColumns),
  components: integer(1),
  variance: upTo(1),
  whiten: boolean,
  scale: boolean,
  dtype: checkDType,
};

/**
 * `pca` of rows that come in blocks, each seen once and then forgotten.
 *
 * It keeps the count, the means and the scatter matrix in f64, so the result is that of all rows at
 * once, whatever the blocks (Chan, Golub and LeVeque 1983); parts that were seen elsewhere are merged.
 * Nothing is random. cols² operations per row; 8 cols² bytes and the block.
 *
 * @example
 * ```ts
 * const [here, there] = [new StreamingPca({ cols: 2 }), new StreamingPca({ cols: 2 })];
 * here.append(Matrix.from([[1, 1], [2, 2]]));
 * there.append(Matrix.from([[3, 3], [4, 4.5]]));
 * here.merge(there);
 * here.pca().explainedVarianceRatio[0]; // 0.9972
 * ```
 */
export class StreamingPca {
  /** Bundlers call classes otherwise. @internal */
  static readonly name = "StreamingPca";

  readonly cols: number;
  readonly dtype: DType;
  readonly #options: StreamingPcaOptions;
  readonly #scatter: Matrix;
  readonly #means: Float64Array;
  #rows = 0;

  /**
   * @throws RangeError when an option is out of range; TypeError when both `components` and `variance`
   * are given, or an option is unknown.
   */
  constructor(options: StreamingPcaOptions) {
    const name = "StreamingPca";
    const read = checkedOptions(name, options, checks, "an object with cols", "cols");
    const { cols, components, variance, dtype = "f64" } = read;
    checkChoice(name, components, variance);
    if (components !== undefined) integer(1, cols)(name, "components", components);
    this.cols = cols;
    this.dtype = dtype;
    this.#options = read;
    this.#scatter = Matrix.zeros(cols, cols);
    this.#means = new Float64Array(cols);
  }

  /** Rows seen so far. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Takes the next rows in.
   *
   * @param block - b x cols, of this one's type; left unchanged and not kept.
   * @throws RangeError when the shape does not fit or an entry is not finite; TypeError when it is no
   * Matrix of that type. What came before stays as it was.
   */
  append(block: Matrix): void {
    const name = "StreamingPca.append";
    checkForm(name, "block", block, "cols", this.cols, this.dtype);
    checkFinite(name, "block", block);
    if (block.rows === 0) return;
    const means = meansOf(name, block, "columns");
    const scatter = Matrix.zeros(this.cols, this.cols);
    const scales = new Float64Array(this.cols).fill(1);
    for (const { chunk } of scaledChunks(block, { means, scales })) addScatter(scatter, chunk);
    checkTotal(name, trace(scatter), this.dtype);
    this.#take(block.rows, means, scatter);
  }

  /**
   * Takes in the rows that another has seen, as if they had come here.
   *
   * @throws RangeError or TypeError when it is not a StreamingPca of as many columns and this type.
   */
  merge(other: StreamingPca): void {
    if (!(other instanceof StreamingPca)) {
      throw invalidValue("StreamingPca.merge", "other", other, "a StreamingPca", TypeError);
    }
    const { cols, dtype } = this;
    if (other.cols !== cols || other.dtype !== dtype) {
      throw new RangeError(
        `StreamingPca.merge: other has ${other.cols} columns of ${other.dtype}: ` +
          `it must have ${cols} of ${dtype}`,
      );
    }
    if (other.#rows > 0) this.#take(other.#rows, other.#means, other.#scatter);
  }

  /**
   * The components of all rows seen so far; more may follow. About 9 cols³ operations.
   *
   * @throws RangeError when fewer than two rows were seen.
   */
  pca(): Pca {
    const { cols, dtype } = this;
    const rows = this.#rows;
    if (rows < 2) {
      throw new RangeError(`StreamingPca.pca: rows is ${rows}: it must be two or more`);
    }
    const { components, variance, whiten = false, scale = false } = this.#options;
    const { data } = this.#scatter;
    const scales = Float64Array.from({ length: cols }, (_, j) =>
      scale ? Math.sqrt(data[j * cols + j] / rows) || 1 : 1,
    );
    const scaled = Matrix.zeros(cols, cols);
    let total = 0;
    for (let i = 0; i < cols; i++) {
      for (let j = 0; j < cols; j++) {
        scaled.data[i * cols + j] = data[i * cols + j] / (scales[i] * scales[j]);
      }
      total += scaled.data[i * cols + i];
    }
    checkTotal("StreamingPca.pca", total, dtype);
    const { values, vectors } = leadingEigen(scaled, Math.min(components ?? cols, rows));
    const found = values.slice(0, vectors.rows);
    const kept = variance === undefined ? found.length : smallestCount(found, variance * total);
    return new Pca({
      ...{ rows, total, whiten },
      ...{ means: inType(dtype, this.#means), scales: inType(dtype, scales) },
      scatters: found.slice(0, kept),
      components: slice(vectors, { rows: [0, kept] }).astype(dtype),
    });
  }

  /** S <- S1 + S2 + d d' n1 n2 / (n1 + n2), d the difference of the means. */
  #take(rows: number, means: Float64Array, scatter: Matrix): void {
    const { cols } = this;
    const sum = this.#rows + rows;
    const difference = means.map((mean, j) => mean - this.#means[j]);
    const weight = (this.#rows * rows) / sum;
    const { data } = this.#scatter;
    for (let i = 0; i < cols; i++) {
      const factor = weight * difference[i];
      for (let j = 0; j < cols; j++) {
        const place = i * cols + j;
        data[place] += scatter.data[place] + factor * difference[j];
      }
    }
    for (let j = 0; j < cols; j++) this.#means[j] += difference[j] * (rows / sum);
    this.#rows = sum;
  }
}
