// The means and the scatter matrix of rows, S = Σ (x - mean)(x - mean)', which is all that their
// principal components depend on.

import type { ByBlocks } from "../linalg/by-blocks.js";
import { eighInJob } from "../linalg/in-job/symmetric-eigen.js";
import { Matrix } from "../linalg/matrix.js";
import { viewRows } from "../linalg/slices.js";
import {
  Block,
  type DType,
  type FloatArray,
  productsKernels,
  withSharedJob,
} from "../wasm/index.js";
import { checkTotal, Pca, smallestCount } from "./principal-components.js";
import { deviationOf, inType, takeNearMeans } from "./rows.js";

/**
 * Rows whose products are added in their own type before they are added in f64. Products are summed by
 * blocks anyway, so more rows lose nothing; with fewer the f64 sums would cost more.
 */
export const scatterRows = 4096;

/** What of the scatter matrix is wanted. */
interface Wanted {
  readonly components?: number | undefined;
  readonly variance?: number | undefined;
  readonly whiten?: boolean | undefined;
  readonly scale?: boolean | undefined;
  readonly center?: boolean | undefined;
}

/** What is known of some rows; plain arrays, which a thread can send. */
export interface ScatterPart {
  readonly rows: number;
  readonly means: Float64Array;
  /** The upper triangle of their scatter matrix, by whole rows; of several chunks in f64. */
  readonly squares: FloatArray;
}

/** The sum of the squares of all centred entries. */
export function totalOf({ means: { length: cols }, squares }: ScatterPart): number {
  let sum = 0;
  for (let j = 0; j < cols; j++) sum += squares[j * (cols + 1)];
  return sum;
}

export class Scatter implements ByBlocks<ScatterPart> {
  rows = 0;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;

  constructor(readonly cols: number) {
    this.#means = new Float64Array(cols);
    this.#squares = Matrix.zeros(cols, cols).data as Float64Array;
  }

  /** Takes finite rows in, by chunks about their own means: nothing cancels where these are large. */
  add(X: Matrix): void {
    for (let first = 0; first < X.rows; first += scatterRows) {
      const chunk = viewRows(X, first, Math.min(first + scatterRows, X.rows));
      withSharedJob((job) => this.#takeChunk(Block.put(job, chunk)));
    }
  }

  /** What it has seen; not a copy. */
  get part(): ScatterPart {
    return { rows: this.rows, means: this.#means, squares: this.#squares };
  }

  partOf(X: Matrix): ScatterPart {
    const seen = new Scatter(this.cols);
    seen.add(X);
    return seen.part;
  }

  /** The sum of the squares of all centred entries. */
  get total(): number {
    return totalOf(this.part);
  }

  /**
   * The components, by the eigenvectors of the scatter matrix.
   *
   * @throws RangeError when the variance overflows the type.
   */
  pca(name: string, dtype: DType, wanted: Wanted): Pca {
    const { rows, cols } = this;
    const { components, variance, whiten = false, scale = false, center = true } = wanted;
    const squares = this.#squares;
    const means = this.#means;
    const scales = means.map((mean, j) =>
      scale ? deviationOf(squares[j * (cols + 1)] / rows, mean, dtype) : 1,
    );
    const most = Math.min(components ?? cols, rows);
    const { total, values, vectors } = withSharedJob((job) => {
      const scaled = Block.put(job, { dtype: "f64", rows: cols, cols, data: squares });
      const entries = scaled.view();
      for (let i = 0; i < cols && (scale || !center); i++) {
        const factor = center ? 0 : rows * means[i];
        for (let j = i, place = i * (cols + 1); j < cols; j++, place++) {
          entries[place] = (entries[place] + factor * means[j]) / (scales[i] * scales[j]);
        }
      }
      const sum = totalOf({ rows, means, squares: entries });
      checkTotal(name, sum, dtype);
      const found = eighInJob(scaled, { largest: most });
      return { total: sum, values: found.values.read(), vectors: found.vectors.read() };
    });
    // From the largest on; rounding may leave the last ones below 0.
    const scatters = Float64Array.from(values, (x) => Math.max(x, 0)).reverse();
    const found = scatters.subarray(0, most);
    const kept = variance === undefined ? most : smallestCount(found, variance * total);
    const directions = Matrix.zeros(kept, cols, { dtype });
    for (let i = 0; i < kept; i++) {
      for (let j = 0; j < cols; j++) {
        directions.data[i * cols + j] = vectors[j * most + (most - 1 - i)];
      }
    }
    return new Pca({
      ...{ rows, total, whiten, components: directions, scatters: scatters.slice(0, kept) },
      means: inType(dtype, center ? means : new Float64Array(cols)),
      scales: inType(dtype, scales),
    });
  }

  /** About a vector near the means of the chunk. */
  #takeChunk(x: Block): void {
    const { job, dtype, rows, cols } = x;
    const { means, left } = takeNearMeans(x);
    const s = Block.allocate(job, dtype, cols, cols);
    x.use(productsKernels).syrk(1, cols, rows, 1, x.handle, x.stride, s.handle, s.stride);
    this.take({ rows, means, squares: s.view() }, left.view());
  }

  /**
   * S <- S1 + S2 + d d' n1 n2 / (n1 + n2), d the difference of the means (Chan and others 1983).
   *
   * @param off - how far the means are from what the squares are about.
   */
  take(
    { rows, means, squares }: ScatterPart,
    off: FloatArray = new Float64Array(means.length),
  ): void {
    if (rows === 0) return;
    const { cols } = this;
    const sum = this.rows + rows;
    const difference = means.map((mean, j) => mean - this.#means[j]);
    const weight = (this.rows * rows) / sum;
    const total = this.#squares;
    for (let i = 0; i < cols; i++) {
      const between = weight * difference[i];
      const left = rows * off[i];
      const diagonal = i * (cols + 1);
      total[diagonal] += Math.max(squares[diagonal] - left * off[i], 0) + between * difference[i];
      for (let j = i + 1, place = diagonal + 1; j < cols; j++, place++) {
        total[place] += squares[place] - left * off[j] + between * difference[j];
      }
    }
    for (let j = 0; j < cols; j++) this.#means[j] += difference[j] * (rows / sum);
    this.rows = sum;
  }
}
