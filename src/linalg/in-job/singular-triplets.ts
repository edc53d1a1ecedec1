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
  triplets: ColumnTriplets,
  rank: number,
  exponent = 0,
): { U: Matrix; S: FloatArray; V: Matrix } {
  const { left, values, right } = leadingTriplets(name, triplets, rank, exponent);
  return {
    U: readMatrix(left.transposed()),
    S: values.read(),
    V: readMatrix(right.transposed()),
  };
}

/** The same in the job: parts of what is given. */
export function leadingTriplets(
  name: string,
  { left, values, right }: ColumnTriplets,
  rank: number,
  exponent: number,
): ColumnTriplets {
  const [u, v] = [left.lines(0, rank), right.lines(0, rank)];
  const S = values.columns(0, rank);
  u.use(decompositionsKernels).fixSigns(
    rank,
    u.cols,
    u.handle,
    u.stride,
    v.cols,
    v.handle,
    v.stride,
  );
  scaleByPowerOfTwo(S, -exponent);
  checkRepresentable(name, "S", S);
  return { left: u, values: S, right: v };
}
