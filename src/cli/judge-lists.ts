// How good the lists of a model of ratings are, on ratings held out.
import { type IndexedEntries, select } from "../completion/entries.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import { middleOf } from "../metrics/middle.js";
import { evaluateRanking } from "../ranking/evaluation/evaluate-ranking.js";
import type { RankingEvaluation } from "../ranking/evaluation/judge.js";
import { shownPlaces } from "./ranking-summary.js";

export type ListEvaluation = RankingEvaluation<(typeof shownPlaces)[number]>;

/** A report does not wait for more users than these, evenly spread. */
const maximumUsers = 5000;

/**
 * Whether users find among their recommendations what they liked in the end: held-out ratings that are
 * not below the mean of those trained on. Undefined where nobody can be judged.
 */
export function judgeLists(
  model: MatrixCompletion,
  train: IndexedEntries,
  test: IndexedEntries,
): ListEvaluation | undefined {
  const liked = middleOf(train.values);
  const users = test.rowIds.filter((id) => model.hasRow(id));
  const stride = Math.ceil(users.length / maximumUsers);
  const judged = new Set(users.filter((_, i) => i % stride === 0));
  const likes = select(
    test,
    Uint8Array.from(test.values, (value, p) =>
      Number(value >= liked && judged.has(test.rowIds[test.rows[p]])),
    ),
    1,
  );
  if (likes.values.length === 0) return undefined;
  const list = ({ id, n }: { id: string; n: number }) =>
    model.recommend(id, n).map((found) => found.id);
  try {
    return evaluateRanking(
      { list },
      { train: pairsOf(train), test: pairsOf(likes) },
      {
        cutoffs: shownPlaces,
      },
    );
  } catch (error) {
    // Of little data nothing may be left to judge.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Users and items by id, entry by entry. */
function pairsOf({ rowIds, colIds, rows, cols }: IndexedEntries) {
  return {
    rowIds: Array.from(rows, (row) => rowIds[row]),
    colIds: Array.from(cols, (col) => colIds[col]),
  };
}
