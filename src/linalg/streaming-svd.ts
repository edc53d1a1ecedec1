import { type OptionNames, readOptions } from "../check/options.js";
import { checkDType, checkInteger, checkSeed, largestSize } from "../check/values.js";
import type { DType } from "../wasm/index.js";
import type { Matrix } from "./matrix.js";
import type { RandomizedSVD } from "./randomized-svd.js";
import { type SketchSizes, SvdSketch } from "./svd-sketch.js";

export interface StreamingSvdOptions {
  /** Columns of the matrix. */
  cols: number;
  /** Singular triplets wanted, 1 .. cols. */
  rank: number;
  /** Seed of the random directions: equal seeds and equal blocks, equal bits. @defaultValue 0 */
  seed?: number;
  /** Type of the blocks. @defaultValue "f64" */
  dtype?: DType;
  /**
   * Directions in which rows and columns are sketched, rank .. cols. More come closer to the best
   * approximation where S decays slowly. @defaultValue 4 rank + 1, at most cols
   */
  rangeSize?: number;
  /** Directions of the core sketch, at least rangeSize. @defaultValue 2 rangeSize + 1 */
  coreSize?: number;
}

export const streamingSvdNames: OptionNames<StreamingSvdOptions> = {
  ...{ cols: true, rank: true, seed: true, dtype: true, rangeSize: true, coreSize: true },
};

/** The sizes that follow from options. @throws as `new StreamingSvd`, whose `name` that is or another's. */
export function sketchSizes(name: string, options: StreamingSvdOptions): SketchSizes {
  const read = readOptions(name, options, streamingSvdNames, "an object with cols and rank");
  const { cols, rank, seed = 0, dtype = "f64" } = read;
  checkInteger(name, "cols", cols, 1, largestSize);
  checkInteger(name, "rank", rank, 1, cols);
  checkSeed(name, seed);
  checkDType(name, "dtype", dtype);
  const { rangeSize = Math.min(4 * rank + 1, cols) } = read;
  checkInteger(name, "rangeSize", rangeSize, rank, cols);
  const { coreSize = 2 * rangeSize + 1 } = read;
  checkInteger(name, "coreSize", coreSize, rangeSize, largestSize);
  return { cols, rank, dtype, seed, rangeSize, coreSize };
}

/**
 * The leading singular triplets of a matrix that comes by blocks of rows, each seen once and then
 * forgotten.
 *
 * Tropp, Yurtsever, Udell and Cevher 2019 ("Streaming low-rank matrix approximation with an
 * application to scientific simulation", algorithms 4.1 to 4.3 and section 6): sketches Y = A Ω of
 * the range, X = Υ A of the co-range and Z = Φ A Ψ of the core grow with every block; then
 * A ≈ Q C P', Q = orth(Y), P = orth(X'), C = (ΦQ)⁺ Z (ΨP)⁺'. One pass cannot sharpen the sample as
 * the power iterations of `randomizedSvd` do: use that one where A can be kept.
 *
 * It holds (rows + cols) rangeSize + coreSize² numbers, whatever the blocks; a row costs about
 * 4 cols (rangeSize + coreSize) operations.
 *
 * @example
 * ```ts
 * const stream = new StreamingSvd({ cols: 3, rank: 1, seed: 0 });
 * stream.append(Matrix.from([[1, 2, 2]]));
 * stream.append(Matrix.from([[2, 4, 4], [0, 0, 0]]));
 * stream.svd().S[0]; // 6.708204
 * ```
 */
export class StreamingSvd {
  readonly cols: number;
  readonly rank: number;
  readonly dtype: DType;
  readonly #sketch: SvdSketch;

  /**
   * @throws RangeError when a size or the seed is not an integer in its range; TypeError for
   * another dtype.
   */
  constructor(options: StreamingSvdOptions) {
    this.#sketch = new SvdSketch(sketchSizes("StreamingSvd", options));
    const { cols, rank, dtype } = this.#sketch;
    this.cols = cols;
    this.rank = rank;
    this.dtype = dtype;
  }

  /** Rows seen so far. */
  get rows(): number {
    return this.#sketch.rows;
  }

  /**
   * Takes the next rows in.
   *
   * @param block - b x cols, of this one's type; left unchanged and not kept.
   * @throws RangeError when the shape does not fit or an entry is not finite; TypeError when it is
   * no Matrix of that type. What came before stays as it was.
   */
  append(block: Matrix): void {
    const sketch = this.#sketch;
    sketch.take(sketch.partOf(block, sketch.rows, "StreamingSvd.append"));
  }

  /**
   * The triplets of all rows seen so far; more may follow.
   *
   * @returns `U` (rows x r), `S` (r) descending, `V` (cols x r), r = min(rank, rows), signs as in
   * `svd`; `errorEstimate`, an upper bound of the Frobenius norm of what is left, from 16 random
   * products, with probability 0.99 and seldom more than three times it.
   * @throws RangeError when no row was seen, or the sketches left the range of their type.
   */
  svd(): RandomizedSVD {
    return this.#sketch.svd("StreamingSvd.svd");
  }
}
