import type { SparseRows } from "../linalg/sparse-rows.js";

/** How many rows have each column, not counting negative weights. */
export function popularityOf({ cols, colIndices, values }: SparseRows): Int32Array<ArrayBuffer> {
  const counts = new Int32Array(cols);
  for (let p = 0; p < colIndices.length; p++) if (values[p] > 0) counts[colIndices[p]]++;
  return counts;
}
