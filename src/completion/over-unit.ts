import type { SparseRows } from "../linalg/sparse-rows.js";
import type { FloatArray } from "../wasm/index.js";

/**
 * Values over their unit, a power of two: in f32 where that changes none, as of ratings in halves. No zero is
 * negative: sums over shards do not keep its sign.
 */
export class ValuesOverUnit {
  #values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

  constructor(
    length: number,
    readonly unit: number,
  ) {
    this.#values = new Float32Array(length);
  }

  get values(): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
    return this.#values;
  }

  /** Places values, as they were given, from `at` on. */
  set(given: FloatArray, at: number): void {
    let values = this.#values;
    for (let p = 0; p < given.length; p++) {
      const value = given[p] / this.unit + 0;
      values[at + p] = value;
      if (values[at + p] === value) continue;
      // What is there is exact in f64, too.
      values = Float64Array.from(values);
      values[at + p] = value;
      this.#values = values;
    }
  }
}

/** The matrix with its values over a unit: a copy of them. */
export function overUnit(A: SparseRows, unit: number): SparseRows {
  const over = new ValuesOverUnit(A.nonzeros, unit);
  over.set(A.values, 0);
  return A.withValues(over.values);
}
