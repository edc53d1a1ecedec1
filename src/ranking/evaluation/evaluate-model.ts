// A ranking model against what rows chose in the end: its own columns, histories and popularity.

import type { History } from "../../als/history.js";
import { historyOf } from "../../als/history.js";
import type { Scorer } from "../../als/scorer.js";
import type { IdIndex } from "../../completion/id-index.js";
import { decayed } from "../decay.js";
import { placeHistory } from "../fold-in.js";
import { type Interactions, readInteractions } from "../interactions.js";
import type { RankingState } from "../ranking-state.js";
import type { ReadEvaluationOptions } from "./evaluation-options.js";
import { judge, type RankingEvaluation } from "./judge.js";
import { linesByRow, testRows } from "./test-rows.js";

/** @throws RangeError or TypeError as `MatrixRanking.evaluate`. */
export function evaluateModel(
  state: RankingState,
  scorer: Scorer,
  rowIndex: IdIndex,
  colIndex: IdIndex,
  chosen: Interactions,
  histories: Interactions | undefined,
  options: ReadEvaluationOptions,
): RankingEvaluation<number> {
  const given = histories && linesByRow("evaluate: histories", agedHistories(state, histories));
  const historyFor = (id: string): History => {
    const lines = given?.get(id);
    if (lines !== undefined) return placeHistory(state, colIndex, lines).history;
    const row = rowIndex.get(id);
    if (row !== undefined) return historyOf(state, row);
    return { colIndices: new Int32Array(0), weights: undefined };
  };
  const test = testRows("evaluate", chosen, colIndex, historyFor, (given ?? rowIndex).keys());
  return judge("evaluate", state, test, scorer.scoresOfAll(test.rows), options);
}

/** Histories with the weights that their age leaves them, where they have times. */
function agedHistories({ settings, latest }: RankingState, histories: Interactions): Interactions {
  const name = "evaluate: histories";
  const table = readInteractions(name, histories);
  const { halfLife } = settings;
  return table.times === undefined ? table : decayed(name, table, { halfLife, latest });
}
