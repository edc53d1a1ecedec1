// The means and the scatter matrix of rows, S = Σ (x - mean)(x - mean)', which is all that their
// principal components depend on.

import type { ByBlocks } from "../linalg/by-blocks.js";
import { eighInJob } from "../linalg/in-job/symmetric-eigen.js";
import { Matrix, readMatrix } from "../linalg/matrix.js";
import { viewRows } from "../linalg/slices.js";
import { Block, type DType, productsKernels, withSharedJob } from "../wasm/index.js";
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
  /** The upper triangle of their scatter matrix, by whole rows, in f64 whatever the type of the rows. */
  readonly squares: Float64Array;
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
      this.take(chunkPart(viewRows(X, first, Math.min(first + scatterRows, X.rows))));
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
    const scaled = Matrix.zeros(cols, cols);
    let total = 0;
    for (let i = 0; i < cols; i++) {
      for (let j = i; j < cols; j++) {
        const about = squares[i * cols + j] + (center ? 0 : rows * means[i] * means[j]);
        scaled.data[i * cols + j] = about / (scales[i] * scales[j]);
      }
      total += scaled.data[i * (cols + 1)];
    }
    checkTotal(name, total, dtype);
    const most = Math.min(components ?? cols, rows);
    const { values, vectors } = withSharedJob((job) => {
      const found = eighInJob(Block.put(job, scaled), { largest: most });
      return { values: found.values.read(), vectors: readMatrix(found.vectors) };
    });
    // From the largest on; rounding may leave the last ones below 0.
    const scatters = Float64Array.from(values, (x) => Math.max(x, 0)).reverse();
    const found = scatters.subarray(0, most);
    const kept = variance === undefined ? most : smallestCount(found, variance * total);
    const directions = Matrix.zeros(kept, cols, { dtype });
    for (let i = 0; i < kept; i++) {
      for (let j = 0; j < cols; j++) {
        directions.data[i * cols + j] = vectors.data[j * most + (most - 1 - i)];
      }
    }
    return new Pca({
      ...{ rows, total, whiten, components: directions, scatters: scatters.slice(0, kept) },
      means: inType(dtype, center ? means : new Float64Array(cols)),
      scales: inType(dtype, scales),
    });
  }

  /** S <- S1 + S2 + d d' n1 n2 / (n1 + n2), d the difference of the means (Chan and others 1983). */
  take({ rows, means, squares }: ScatterPart): void {
    if (rows === 0) return;
    const { cols } = this;
    const sum = this.rows + rows;
    const difference = means.map((mean, j) => mean - this.#means[j]);
    const weight = (this.rows * rows) / sum;
    const total = this.#squares;
    for (let i = 0; i < cols; i++) {
      const between = weight * difference[i];
      for (let j = i, place = i * (cols + 1); j < cols; j++, place++) {
        total[place] += squares[place] + between * difference[j];
      }
    }
    for (let j = 0; j < cols; j++) this.#means[j] += difference[j] * (rows / sum);
    this.rows = sum;
  }
}

/** Of one chunk: about a vector near their mean, and then about the mean itself. */
function chunkPart(chunk: Matrix): ScatterPart {
  const { rows, cols, dtype } = chunk;
  return withSharedJob((job) => {
    const x = Block.put(job, chunk);
    const { means, left } = takeNearMeans(x);
    const s = Block.allocate(job, dtype, cols, cols);
    x.use(productsKernels).syrk(1, cols, rows, 1, x.handle, x.stride, s.handle, s.stride);
    const rest = new Float64Array(left.view());
    const squares = new Float64Array(s.view());
    for (let i = 0; i < cols; i++) {
      const off = rows * rest[i];
      const diagonal = i * (cols + 1);
      squares[diagonal] = Math.max(squares[diagonal] - off * rest[i], 0);
      for (let j = i + 1; j < cols; j++) squares[diagonal + j - i] -= off * rest[j];
    }
    return { rows, means, squares };
  });
}
