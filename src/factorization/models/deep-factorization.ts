import { anything, integer, seed, word } from "../../check/fields.js";
import { checkedOptions, type OptionChecks } from "../../check/options.js";
import {
  checkDType,
  checkInteger,
  checkList,
  checkObject,
  checkPositive,
  largestSize,
} from "../../check/values.js";
import type { Matrix } from "../../linalg/matrix.js";
import { streamAt } from "../../linalg/stream-at.js";
import * as streams from "../../linalg/streams.js";
import {
  haarOrthogonal,
  type OrthogonalMap,
  signedPermutation,
} from "../../maps/orthogonal-map.js";
import type { DType } from "../../wasm/index.js";
import { DeepLinearNetwork } from "./deep-linear-network.js";

export interface DeepFactorizationOptions {
  /** Shape of the product, or of the unknown matrix. */
  shape: { rows: number; cols: number };
  /** Number of factors, at least 2. @defaultValue 3 */
  depth?: number;
  /** Initial scale of every factor, or one for each, W_1's first. @defaultValue 1e-3 */
  scale?: number | readonly number[];
  /** Size between the factors. @defaultValue max(rows, cols): nothing is lost on the way */
  width?: number;
  /**
   * Where the orthogonal initial factors come from. `signed-permutation`: exact and implicit;
   * `haar`: uniformly distributed, dense.
   * @defaultValue "signed-permutation" where width ≥ max(rows, cols), "haar" for narrower ones,
   * whose few rows should not be unit vectors
   */
  initialization?: "signed-permutation" | "haar";
  /** @defaultValue 0 */
  seed?: number;
  /** Element type of the factors. @defaultValue "f64" */
  dtype?: DType;
}

/** The wide model: every factor a multiple of a semi-orthogonal matrix at the start. */
export class DeepFactorization extends DeepLinearNetwork {
  /** @internal */
  constructor(
    /** Number of factors. */
    readonly depth: number,
    /** Initial scale of each factor, W_1's first. */
    readonly scales: readonly number[],
    /** Q_1 .. Q_L with W_l(0) = scale_l Q_l. @internal */
    readonly maps: readonly OrthogonalMap[],
    dtype: DType,
  ) {
    super({
      rows: maps[depth - 1].rows,
      cols: maps[0].cols,
      dtype,
      widths: [maps[0].cols, ...maps.map((map) => map.rows)],
      exponents: scales.map(() => 1 / depth),
      scales,
      hasOuterFactors: false,
      initialize: () => maps.map((map, l) => scaled(map.toMatrix(dtype), scales[l])),
    });
  }
}

/**
 * A deep linear network of full width, W_L ... W_1 with W_l(0) = scale_l Q_l, Q_l semi-orthogonal.
 *
 * Only seeds are stored until the factors are asked for or trained: {@link compress} needs no more.
 *
 * @throws RangeError when a size, the depth, a scale, the seed or the initialization is out of range;
 * TypeError when an option is unknown; {@link OutOfMemoryError} when a factor's seed map, or a dense
 * one, takes 4 GiB or more.
 * @example
 * ```ts
 * const model = deepFactorization({ shape: { rows: 100, cols: 80 }, depth: 3, seed: 1 });
 * model.parameterCount; // 28000
 * ```
 */
export function deepFactorization(options: DeepFactorizationOptions): DeepFactorization {
  const name = "deepFactorization";
  const checks: OptionChecks<DeepFactorizationOptions> = {
    ...{ shape: checkModelShape, dtype: checkDType, depth: integer(2, 64), seed, scale: anything },
    width: integer(1, largestSize),
    initialization: word(["signed-permutation", "haar"]),
  };
  const read = checkedOptions(name, options, checks, "an object with shape", "shape");
  const { shape, depth = 3, scale = 1e-3, dtype = "f64" } = read;
  const { rows, cols } = shape;
  const full = Math.max(rows, cols);
  const { width = full } = read;
  const scales = factorScales(name, scale, depth);
  const { initialization = width >= full ? "signed-permutation" : "haar" } = read;
  const makeMap = initialization === "haar" ? haarOrthogonal : signedPermutation;
  const maps = Array.from({ length: depth }, (_, l) =>
    makeMap(
      l === depth - 1 ? rows : width,
      l === 0 ? cols : width,
      read.seed ?? 0,
      streamAt(streams.wideStart, 2 * l),
    ),
  );
  return new DeepFactorization(depth, scales, maps, dtype);
}

function checkModelShape(name: string, what: string, shape: { rows: number; cols: number }): void {
  checkObject(name, what, shape, "an object with rows and cols, such as a problem");
  checkInteger(name, `${what}.rows`, shape.rows, 1, largestSize);
  checkInteger(name, `${what}.cols`, shape.cols, 1, largestSize);
}

/** One scale for each factor. @throws RangeError when one is not positive or the count is wrong. */
export function factorScales(
  name: string,
  scale: number | readonly number[],
  depth: number,
): readonly number[] {
  if (typeof scale !== "number") checkList(name, "scale", scale);
  const scales =
    typeof scale === "number" ? new Array<number>(depth).fill(scale) : Array.from(scale);
  if (scales.length !== depth) {
    throw new RangeError(
      `${name}: scale has ${scales.length} entries and depth is ${depth}: ` +
        "it must be one number or one for each factor",
    );
  }
  for (const value of scales) checkPositive(name, "scale", value);
  return scales;
}

/** factor * A, in place. */
export function scaled(A: Matrix, factor: number): Matrix {
  for (let i = 0; i < A.data.length; i++) A.data[i] *= factor;
  return A;
}
