// New interactions for a model that is there: its histories grow, and the columns that they touch are
// solved for anew. What decides the fit as a whole (threshold, weight of a cell, unit) stays.
import { type Histories, historyOf, unlessOnes } from "../als/history.js";
import { metColumns } from "../als/met-columns.js";
import { popularityOf } from "../als/popularity.js";
import { factorsByPrior } from "../als/prior.js";
import { RowSolver } from "../als/row-solver.js";
import { solveByKernels } from "../als/solve-by-kernels.js";
import { inDoubles, solveRows } from "../als/solve-rows.js";
import { settle } from "../completion/entries.js";
import { SparseRows } from "../linalg/sparse-rows.js";
import { gather } from "../linalg/triplets.js";
import { decayed } from "./decay.js";
import {
  type InteractionTable,
  indexInteractions,
  inUnits,
  readInteractions,
} from "./interactions.js";
import { placed, union } from "./merge.js";
import { settlePolicies } from "./options.js";
import type { RankingState } from "./ranking-state.js";

/** @throws as `MatrixRanking.update`. */
export function updatedState(
  name: string,
  state: RankingState,
  interactions: InteractionTable,
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
  const weights = SparseRows.fromSorted(cols.ids.length, rowStart, colIndices, cells.values);
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
    ...metSince(state, cols.first, touched),
  };
  return { ...merged, factors: solvedColumns(merged, weights, touched) };
}

/** Cold columns that are touched are cold no more, and what features said of them stays with them. */
function metSince(state: RankingState, places: Int32Array, touched: Set<number>) {
  const { rank, factors, cold, described, priors } = state;
  const of = (values: Float32Array, i: number) => values.subarray(i * rank, (i + 1) * rank);
  const before = Array.from(described, (col, i) => ({ col: places[col], prior: of(priors, i) }));
  const now = Array.from(cold, (col) => ({ col: places[col], prior: of(factors, col) }));
  const known = [...before, ...now.filter(({ col }) => touched.has(col))];
  known.sort((a, b) => a.col - b.col);
  const all = new Float32Array(known.length * rank);
  known.forEach(({ prior }, i) => {
    all.set(prior, i * rank);
  });
  return {
    cold: gather(cold, places).filter((col) => !touched.has(col)),
    described: Int32Array.from(known, ({ col }) => col),
    priors: all,
  };
}

/** The factors of the columns, those of the touched ones solved for, all rows given. */
function solvedColumns(state: RankingState, weights: SparseRows, touched: Set<number>) {
  const { rank, factors, rowCount, cellWeight, threshold } = state;
  if (rank === 0) return factors;
  const met = metColumns(state, state.cold);
  const rowFactors = solveRows(new RowSolver(state, solveByKernels, met), state, inDoubles);
  // A column among rows is what a row is among columns.
  const rowColumns = { factors: rowFactors, cols: rowCount, rank, cellWeight, threshold };
  const solver = new RowSolver(rowColumns, solveByKernels);
  const touchedCols = Int32Array.from([...touched]);
  const columns = columnsOf(weights, touchedCols);
  const solved = solveRows(solver, columns, inDoubles);
  const priors = fadedPriors(state, weights);
  touchedCols.forEach((col, place) => {
    const prior = priors.get(col);
    const own =
      prior === undefined
        ? solved.subarray(place * rank, (place + 1) * rank)
        : factorsByPrior(solver, historyOf(columns, place), prior);
    factors.set(own, col * rank);
  });
  return factors;
}

/** The cells of some columns, in the form of rows. */
function columnsOf(A: SparseRows, cols: Int32Array): Histories {
  const { start, rowIndices, position } = A.byColumns();
  const places = cols.reduce<number[]>((all, col) => {
    for (let p = start[col]; p < start[col + 1]; p++) all.push(p);
    return all;
  }, []);
  const rowStart = new Int32Array(cols.length + 1);
  cols.forEach((col, i) => {
    rowStart[i + 1] = rowStart[i] + start[col + 1] - start[col];
  });
  return {
    rowStart,
    colIndices: Int32Array.from(places, (p) => rowIndices[p]),
    weights: Float32Array.from(places, (p) => A.values[position[p]]),
  };
}

/**
 * What features said of columns, as far as it still holds: a half where a column has met as much as the
 * mean one. Cells that are not observed pull to 0 the more a column is known, as those of others do.
 */
function fadedPriors({ rank, described, priors }: RankingState, weights: SparseRows) {
  const sums = new Float64Array(weights.cols);
  for (let p = 0; p < weights.values.length; p++) {
    sums[weights.colIndices[p]] += Math.abs(weights.values[p]);
  }
  const met = sums.filter((sum) => sum > 0);
  const usual = met.reduce((sum, of) => sum + of, 0) / met.length;
  return new Map(
    Array.from(described, (col, i) => {
      const share = usual / (usual + sums[col]);
      const prior = priors.subarray(i * rank, (i + 1) * rank);
      return [col, Float64Array.from(prior, (value) => share * value)];
    }),
  );
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
