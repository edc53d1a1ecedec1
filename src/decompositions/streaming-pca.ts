import { invalidValue } from "../check/describe.js";
import { boolean, integer, upTo } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkDType } from "../check/values.js";
import { checkFinite, checkForm } from "../linalg/check.js";
import type { Matrix } from "../linalg/matrix.js";
import type { DType } from "../wasm/index.js";
import { checkChoice, checkTotal, type Pca } from "./principal-components.js";
import { Scatter, type ScatterPart, totalOf } from "./scatter.js";

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

/** Made when asked for: what is computed at this place would be bundled by everybody. */
export const streamingPcaChecks = (): OptionChecks<StreamingPcaOptions> => ({
  cols: integer(1, mostColumns),
  components: integer(1),
  variance: upTo(1),
  whiten: boolean,
  scale: boolean,
  dtype: checkDType,
});

/** The options, checked. */
export type ReadStreamingPca = StreamingPcaOptions & { dtype: DType };

/** @throws as `new StreamingPca`, whose `name` that is or another's. */
export function readStreamingPca(name: string, options: StreamingPcaOptions): ReadStreamingPca {
  const read = checkedOptions(name, options, streamingPcaChecks(), "an object with cols", "cols");
  const { cols, components, variance, dtype = "f64" } = read;
  checkChoice(name, components, variance);
  if (components !== undefined) integer(1, cols)(name, "components", components);
  return { ...read, dtype };
}

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
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static get name(): string {
    return "StreamingPca";
  }

  readonly cols: number;
  readonly dtype: DType;
  readonly #options: ReadStreamingPca;
  readonly #seen: Scatter;

  /**
   * @throws RangeError when an option is out of range; TypeError when both `components` and `variance`
   * are given, or an option is unknown.
   */
  constructor(options: StreamingPcaOptions) {
    const read = readStreamingPca("StreamingPca", options);
    this.cols = read.cols;
    this.dtype = read.dtype;
    this.#options = read;
    this.#seen = new Scatter(read.cols);
  }

  /** Rows seen so far. */
  get rows(): number {
    return this.#seen.rows;
  }

  /**
   * Takes the next rows in.
   *
   * @param block - b x cols, of this one's type; left unchanged and not kept.
   * @throws RangeError when the shape does not fit or an entry is not finite; TypeError when it is no
   * Matrix of that type. What came before stays as it was.
   */
  append(block: Matrix): void {
    const seen = this.#seen;
    seen.take(checkedPart("StreamingPca.append", seen, block, this.dtype));
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
    this.#seen.take(other.#seen.part);
  }

  /**
   * The components of all rows seen so far; more may follow. About 9 cols³ operations.
   *
   * @throws RangeError when fewer than two rows were seen.
   */
  pca(): Pca {
    return componentsOf("StreamingPca.pca", this.#seen, this.#options);
  }
}

/** @throws RangeError when fewer than two rows were seen. */
export function componentsOf(name: string, seen: Scatter, options: ReadStreamingPca): Pca {
  if (seen.rows >= 2) return seen.pca(name, options.dtype, options);
  throw new RangeError(`${name}: rows is ${seen.rows}: it must be two or more`);
}

/** Of rows that nobody has looked at. @throws as `StreamingPca.append`, whose `name` that is or another's. */
export function checkedPart(
  name: string,
  scatter: Scatter,
  block: Matrix,
  dtype: DType,
): ScatterPart {
  checkForm(name, "block", block, "cols", scatter.cols, dtype);
  checkFinite(name, "block", block);
  const part = scatter.partOf(block);
  checkTotal(name, totalOf(part), dtype);
  return part;
}
