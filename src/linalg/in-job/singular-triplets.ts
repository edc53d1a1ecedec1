// The way of singular triplets out of a job.
import { type Block, decompositionsKernels, type FloatArray } from "../../wasm/index.js";
import { type Matrix, readMatrix } from "../matrix.js";
import { checkRepresentable, scaleByPowerOfTwo } from "./scaling.js";

/** Singular triplets, the vectors stored by columns: one per row. */
export interface ColumnTriplets {
  /** Vectors of length m. */
  readonly left: Block;
  /** One row, descending. */
  readonly values: Block;
  /** Vectors of length n. */
  readonly right: Block;
}

/**
 * The first `rank` triplets, with their signs fixed.
 *
 * @param exponent - they are those of A times 2^exponent.
 * @throws RangeError when a singular value of A leaves the range of its type.
 */
export function singularTriplets(
  name: string,
  { left, values, right }: ColumnTriplets,
  rank: number,
  exponent = 0,
): { U: Matrix; S: FloatArray; V: Matrix } {
  const [u, v] = [left.lines(0, rank), right.lines(0, rank)];
  const S = values.columns(0, rank);
  // biome-ignore format: the kernel's arguments belong in groups
  u.use(decompositionsKernels).fixSigns(
    rank, u.cols, u.handle, u.stride, v.cols, v.handle, v.stride,
  );
  scaleByPowerOfTwo(S, -exponent);
  checkRepresentable(name, "S", S);
  return { U: readMatrix(u.transposed()), S: S.read(), V: readMatrix(v.transposed()) };
}
