import { invalidValue } from "../check/describe.js";
import { finite, list } from "../check/fields.js";
import {
  Block,
  type DType,
  elementTypeOf,
  type FloatArray,
  isFloatArray,
  type Job,
  withSharedJob,
} from "../wasm/index.js";

/** A map in a job. Vectors are blocks without gaps, of any shape. */
export interface BoundMap {
  /** to <- P w. */
  apply(w: Block, to: Block): void;
  /** to <- P' g. */
  adjoint(g: Block, to: Block): void;
}

/**
 * A linear map P from R^dimension to R^size that a seed determines: the same bits on every engine. It
 * is applied, and never written out as a matrix.
 */
export class SeededMap {
  constructor(
    /** Length of what it gives: how many parameters it moves. */
    readonly size: number,
    /** Length of what it takes: how many numbers move them. */
    readonly dimension: number,
    /** Takes the map's numbers into a job; work space too. @internal */
    readonly bind: (job: Job, dtype: DType) => BoundMap,
  ) {}

  /**
   * P w, in the type of w.
   *
   * @throws RangeError when w does not have `dimension` entries or one is not finite; TypeError when it
   *   is not a Float32Array or a Float64Array.
   */
  apply(w: FloatArray): FloatArray {
    return this.#run("apply", "w", w, this.dimension, this.size);
  }

  /**
   * P' g, in the type of g: what a gradient with respect to P w is with respect to w.
   *
   * @throws as `apply`, of `size` entries.
   */
  adjoint(g: FloatArray): FloatArray {
    return this.#run("adjoint", "g", g, this.size, this.dimension);
  }

  #run(
    name: "apply" | "adjoint",
    what: string,
    vector: FloatArray,
    length: number,
    resultLength: number,
  ): FloatArray {
    if (!isFloatArray(vector)) {
      throw invalidValue(name, what, vector, "a Float32Array or a Float64Array", TypeError);
    }
    list(finite)(name, what, vector);
    if (vector.length !== length) {
      throw new RangeError(`${name}: ${what} has ${vector.length} entries: it must have ${length}`);
    }
    const dtype = elementTypeOf(vector) as DType;
    return withSharedJob((job) => {
      const result = Block.allocate(job, dtype, resultLength, 1);
      const given = Block.put(job, { dtype, rows: length, cols: 1, data: vector });
      this.bind(job, dtype)[name](given, result);
      return result.read();
    });
  }
}

/** The same entries as a matrix of another shape. */
export function shaped({ job, dtype, handle }: Block, rows: number, cols: number): Block {
  return new Block(job, dtype, rows, cols, handle);
}
