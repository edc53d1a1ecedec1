// From a table of what rows chose in the end to rows that can be judged.

import type { History } from "../../als/history.js";
import { index } from "../../completion/entries.js";
import type { IdIndex } from "../../completion/id-index.js";
import { type Interactions, readInteractions } from "../interactions.js";

/** A row that is judged. */
export interface TestRow {
  readonly id: string;
  /** What it had before: no candidates. */
  readonly history: History;
  /** What it chose, each column once. */
  readonly relevant: readonly number[];
}

export interface TestRows {
  readonly rows: readonly TestRow[];
  readonly skipped: number;
  readonly untested: number;
  readonly ignored: number;
}

/** The lines of one row. */
export interface RowLines {
  readonly colIds: string[];
  readonly weights: number[];
}

/**
 * The rows of the test, in the order in which they come.
 *
 * @param historyOf - what a row had before.
 * @param rowsWithHistory - ids of the rows of which the test may have something.
 */
export function testRows(
  name: string,
  test: Interactions,
  colIndex: IdIndex,
  historyOf: (id: string) => History,
  rowsWithHistory: Iterable<string>,
): TestRows {
  const chosen = linesByRow(name, test);
  const rows: TestRow[] = [];
  let [skipped, ignored] = [0, 0];
  for (const [id, { colIds, weights }] of chosen) {
    const history = historyOf(id);
    const known = new Set(history.colIndices);
    const relevant = new Set<number>();
    colIds.forEach((colId, p) => {
      if (weights[p] <= 0) return;
      const col = colIndex.get(colId);
      if (col === undefined || known.has(col)) ignored++;
      else relevant.add(col);
    });
    if (relevant.size > 0) rows.push({ id, history, relevant: [...relevant] });
    else skipped++;
  }
  let untested = 0;
  for (const id of rowsWithHistory) if (!chosen.has(id)) untested++;
  return { rows, skipped, untested, ignored };
}

/** Interactions by row, in the order in which the rows come. */
export function linesByRow(name: string, interactions: Interactions): Map<string, RowLines> {
  const { rowIds, colIds, weights } = readInteractions(name, interactions);
  const values = weights ?? new Float64Array(rowIds.length).fill(1);
  const entries = index(name, { rowIds, colIds, values });
  const groups = new Map<string, RowLines>();
  for (let p = 0; p < values.length; p++) {
    const id = entries.rowIds[entries.rows[p]];
    let group = groups.get(id);
    if (group === undefined) {
      group = { colIds: [], weights: [] };
      groups.set(id, group);
    }
    group.colIds.push(entries.colIds[entries.cols[p]]);
    group.weights.push(values[p]);
  }
  return groups;
}
