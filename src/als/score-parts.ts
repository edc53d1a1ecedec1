import type { History } from "./history.js";
import { dot, type RowSolver } from "./row-solver.js";

/**
 * What each observed cell of a row adds to its score at a column: the parts add up to it, since the row's
 * factors are linear in the targets.
 */
export function scoreParts(solver: RowSolver, history: History, col: number): Float64Array {
  const { factors, rank } = solver.columns;
  const target = Float64Array.from(factors.subarray(col * rank, (col + 1) * rank));
  const direction = solver.solve(history, target);
  const { colIndices, weights } = history;
  return Float64Array.from(colIndices, (observed, p) => {
    const pull = weights === undefined ? 1 : Math.max(weights[p], 0);
    return pull * dot(factors, observed * rank, direction);
  });
}
