// New interactions for a model that is there: its histories grow, and the columns that they touch are
// solved for anew. What decides the fit as a whole (threshold, weight of a cell, unit) stays.
import { historyOf, unlessOnes } from "../als/history.js";
import { popularityOf } from "../als/popularity.js";
import { RowSolver } from "../als/row-solver.js";
import { settle } from "../completion/entries.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import { gather } from "../linalg/triplets.js";
import { decayed } from "./decay.js";
import { type Interactions, indexInteractions, inUnits, readInteractions } from "./interactions.js";
import { placed, union } from "./merge.js";
import { settlePolicies } from "./options.js";
import type { RankingState } from "./ranking-state.js";

/** @throws as `MatrixRanking.update`. */
export function updatedState(
  name: string,
  state: RankingState,
  interactions: Interactions,
): RankingState {
  if (state.rowIds.length < state.rowCount) {
    throw new RangeError(
      `${name}: the model was saved without histories, which new interactions are added to: ` +
        "load a file that has them",
    );
  }
  const { settings, unit, latest } = state;
  const { halfLife } = settings;
  const table = decayed(name, readInteractions(name, interactions), { halfLife, latest });
  const added = indexInteractions(name, table, settings.duplicates);
  const rows = union(state.rowIds, added.rowIds);
  const cols = union(state.colIds, added.colIds);
  const touched = new Set(cols.second);
  const before = cellsOf(state);
  const after = cellsOf({ ...added.matrix, weights: added.matrix.values });
  // The old cells come first: of two of a cell, the new one is the last.
  const cells = settle(
    name,
    {
      ...{ rowIds: rows.ids, colIds: cols.ids },
      rows: joined(gather(before.rows, rows.first), gather(after.rows, rows.second)),
      cols: joined(gather(before.cols, cols.first), gather(after.cols, cols.second)),
      values: joined(before.values, inUnits(name, after.values, unit)),
    },
    settlePolicies[settings.duplicates],
  );
  const { rowStart, colIndices } = cells;
  const weights = SparseMatrix.fromSorted(cols.ids.length, rowStart, colIndices, cells.values);
  const merged: RankingState = {
    ...state,
    ...{ rowIds: rows.ids, colIds: cols.ids, rowCount: rows.ids.length, cols: cols.ids.length },
    ...{ rowStart, colIndices, weights: unlessOnes(weights.values) },
    popularity: popularityOf(weights),
    duplicates:
      state.duplicates +
      added.duplicates +
      before.rows.length +
      after.rows.length -
      cells.values.length,
    factors: placed(state, cols.first, cols.ids.length),
    cold: gather(state.cold, cols.first).filter((col) => !touched.has(col)),
  };
  return { ...merged, factors: solvedColumns(merged, weights, touched) };
}

/** The factors of the columns, those of the touched ones solved for: exactly, all rows given. */
function solvedColumns(state: RankingState, weights: SparseMatrix, touched: Set<number>) {
  const { rank, factors, rowCount, cellWeight, threshold } = state;
  if (rank === 0) return factors;
  const rowSolver = new RowSolver(state);
  const rowFactors = new Float32Array(rowCount * rank);
  for (let u = 0; u < rowCount; u++) {
    rowFactors.set(rowSolver.factorsOf(historyOf(state, u)), u * rank);
  }
  // A column among rows is what a row is among columns.
  const solver = new RowSolver({
    ...{ factors: rowFactors, cols: rowCount, rank, cellWeight, threshold },
  });
  const { start, rowIndices, position } = weights.byColumns();
  for (const col of touched) {
    const [first, end] = [start[col], start[col + 1]];
    const history = {
      colIndices: rowIndices.subarray(first, end),
      weights: Float32Array.from(position.subarray(first, end), (p) => weights.values[p]),
    };
    factors.set(solver.factorsOf(history), col * rank);
  }
  return factors;
}

/** Cells as rows, columns and values, in their order. */
function cellsOf(pattern: {
  readonly rowStart: Int32Array;
  readonly colIndices: Int32Array;
  readonly weights: ArrayLike<number> | undefined;
}) {
  const { rowStart, colIndices, weights } = pattern;
  const rows = new Int32Array(colIndices.length);
  for (let u = 0; u + 1 < rowStart.length; u++) rows.fill(u, rowStart[u], rowStart[u + 1]);
  const values = Float64Array.from(weights ?? new Float64Array(rows.length).fill(1));
  return { rows, cols: colIndices, values };
}

function joined<A extends Int32Array | Float64Array>(first: A, second: A): A {
  const all = new (first.constructor as new (length: number) => A)(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
