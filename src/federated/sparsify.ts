import { topIndices } from "../linalg/top-indices.js";
import type { FloatArray } from "../wasm/index.js";

/** What is sent of a gradient, and what is owed after it. */
interface Sparsified {
  /** Entries that are sent, and their values. Zeros are not. */
  readonly indices: Int32Array;
  readonly values: Float64Array;
  readonly left: Float64Array<ArrayBuffer>;
}

/**
 * Top-K with error feedback: the `count` entries of largest magnitude of the gradient and of what was
 * left before. The rest is left for the next rounds.
 */
export function sparsify(
  gradient: FloatArray,
  left: Float64Array<ArrayBuffer>,
  count: number,
): Sparsified {
  const sums = left.map((value, i) => value + gradient[i]);
  const largest = topIndices(sums.map(Math.abs), count, new Uint8Array(sums.length));
  const indices = largest.filter((i) => sums[i] !== 0);
  const values = Float64Array.from(indices, (i) => sums[i]);
  for (const i of indices) sums[i] = 0;
  return { indices, values, left: sums };
}
