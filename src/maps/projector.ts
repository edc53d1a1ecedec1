// The maps from few coefficients to many parameters that training in a random subspace chooses from.
import { invalidValue } from "../check/describe.js";
import { integer, seed, word } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkList, largestSize } from "../check/values.js";
import { Block, basicKernels, checkFitsJob } from "../wasm/index.js";
import { fastfood } from "./fastfood.js";
import { gaussian, type Range } from "./gaussian.js";
import { kronecker } from "./kronecker.js";
import { SeededMap } from "./seeded-map.js";
import { sparseSigns } from "./sparse-signs.js";

/** By name; the place in the list is the number that files keep, so it never changes. */
export const projectorKinds = [
  "kronecker",
  "dense",
  "sparse",
  "fastfood",
  "film",
  "film-kronecker",
  "identity",
] as const;

export type ProjectorKind = (typeof projectorKinds)[number];

export interface ProjectorOptions {
  /**
   * `"kronecker"` has orthonormal columns where the dimension is a square, and costs least; `"dense"`
   * is Gaussian; `"sparse"` has +-size^(-1/4) in one of sqrt(size) entries; `"fastfood"` is made of
   * Hadamard transforms; `"film"` is Gaussian in `ranges` and 0 elsewhere; `"film-kronecker"` is
   * (kronecker + film) / sqrt(2); `"identity"` takes the whole space. @defaultValue "kronecker"
   */
  kind?: ProjectorKind;
  /** Length of what it gives: the number of parameters. */
  size: number;
  /** Length of what it takes, at most `size`. */
  dimension: number;
  /** Of its random numbers. @defaultValue 0 */
  seed?: number;
  /** Of the film kinds: the parameters start .. end - 1 that move, in order, none twice. */
  ranges?: readonly Range[];
}

const checks: OptionChecks<ProjectorOptions> = {
  kind: word(projectorKinds),
  size: integer(1, largestSize),
  dimension: integer(1, largestSize),
  seed,
  ranges: (name, what, ranges) => {
    checkList(name, what, ranges);
    let last = 0;
    for (let i = 0; i < ranges.length; i++) {
      checkList(name, `${what}[${i}]`, ranges[i]);
      const { 0: start, 1: end } = ranges[i];
      integer(last)(name, `${what}[${i}][0]`, start);
      integer(start, largestSize)(name, `${what}[${i}][1]`, end);
      last = end;
    }
  },
};

/**
 * A seeded linear map from R^dimension to R^size, to train `size` parameters by `dimension` numbers:
 * theta = theta0 + P w (Li, Farkhoor, Liu and Yosinski 2018; the kinds are those of Lotfi, Finzi et al.
 * 2022). The same seed gives the same bits on every engine, so whoever has the seed has the map.
 *
 * @throws RangeError when the dimension is larger than the size, ranges are missing, given to another
 *   kind or beyond the size, or coefficients of `"kronecker"` would move nothing; TypeError for an
 *   unknown option.
 * @example
 * ```ts
 * const P = projector({ size: 1000, dimension: 25, seed: 1 });
 * const w = Float64Array.from({ length: 25 }, (_, i) => i);
 * P.adjoint(P.apply(w))[7].toFixed(9); // "7.000000000"
 * ```
 */
export function projector(options: ProjectorOptions): SeededMap {
  const name = "projector";
  const wanted = "an object with size and dimension";
  const read = checkedOptions(name, options, checks, wanted, "size", "dimension");
  const { kind = "kronecker", size, dimension, seed = 0 } = read;
  const ranges =
    read.ranges && Array.from(read.ranges, ({ 0: start, 1: end }): Range => [start, end]);
  checkFitsJob("f64", size);
  if (dimension > size) {
    throw new RangeError(
      `${name}: dimension is ${dimension} and size is ${size}: it must not be larger`,
    );
  }
  if (kind.startsWith("film") !== (ranges !== undefined)) {
    const wanted = "given for the film kinds, and for no other";
    throw invalidValue(name, `ranges of kind "${kind}"`, ranges, wanted, TypeError);
  }
  if ((ranges?.at(-1)?.[1] ?? 0) > size) {
    throw new RangeError(`${name}: ranges end at ${ranges?.at(-1)?.[1]}: they must end by ${size}`);
  }
  switch (kind) {
    case "kronecker":
      return kronecker(size, dimension, seed);
    case "dense":
    case "film":
      return gaussian(size, dimension, seed, ranges);
    case "sparse":
      return sparseSigns(size, dimension, seed);
    case "fastfood":
      return fastfood(size, dimension, seed);
    case "film-kronecker":
      return sum(kronecker(size, dimension, seed), gaussian(size, dimension, seed, ranges));
    case "identity":
      return identity(size, dimension);
  }
}

/** (A + B) / sqrt(2). */
function sum(A: SeededMap, B: SeededMap): SeededMap {
  return new SeededMap(A.size, A.dimension, (job, dtype) => {
    const parts = [A, B].map((map) => map.bind(job, dtype));
    const work = Block.allocate(job, dtype, A.size, 1);
    const { axpy, scal } = job.use(basicKernels)[dtype];
    const both = (name: "apply" | "adjoint", n: number) => (from: Block, to: Block) => {
      parts[0][name](from, to);
      parts[1][name](from, work);
      axpy(n, 1, work.handle, to.handle);
      scal(n, 1 / Math.sqrt(2), to.handle);
    };
    return { apply: both("apply", A.size), adjoint: both("adjoint", A.dimension) };
  });
}

function identity(size: number, dimension: number): SeededMap {
  if (dimension !== size) {
    throw new RangeError(
      `projector: dimension is ${dimension} and size is ${size}: of "identity" they must be equal`,
    );
  }
  const copy = (from: Block, to: Block) => to.view().set(from.view());
  return new SeededMap(size, dimension, () => ({ apply: copy, adjoint: copy }));
}
