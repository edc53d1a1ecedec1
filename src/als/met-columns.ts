import type { ColumnFactors, MetColumns } from "./row-solver.js";

/**
 * The columns without the cold ones, which nobody has met: these are scored and say nothing of a row.
 *
 * @param cold - increasing.
 */
export function metColumns(columns: ColumnFactors, cold: Int32Array): MetColumns {
  const { factors, cols, rank } = columns;
  if (cold.length === 0) return columns;
  const out = new Set(cold);
  const met = Int32Array.from({ length: cols }, (_, col) => col).filter((col) => !out.has(col));
  const kept = new Float32Array(met.length * rank);
  met.forEach((col, place) => {
    kept.set(factors.subarray(col * rank, (col + 1) * rank), place * rank);
  });
  return { factors: kept, cols: met.length };
}
