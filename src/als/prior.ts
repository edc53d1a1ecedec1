import type { History } from "./history.js";
import { pullOf, type RowSolver } from "./row-solver.js";

/**
 * The factors of a row of which something is known beside its cells: cells that are not observed pull to the
 * scores that the prior gives instead of 0, and the ridge that does not grow with the cells to itself. It is
 * the answer where there are no cells, and fades as there are more.
 *
 * @param prior - rank numbers.
 */
export function factorsByPrior(
  solver: RowSolver,
  history: History,
  prior: ArrayLike<number>,
): Float64Array {
  const { rank, cols, cellWeight, threshold } = solver.columns;
  const b = pullOf(history, solver.columns);
  for (let c = 0; c < rank; c++) {
    b[c] += threshold * cellWeight * cols * prior[c];
    for (let k = 0; k < rank; k++) b[c] += solver.gram[c * rank + k] * prior[k];
  }
  return solver.solve(history, b);
}
