import type { IndexedEntries } from "../completion/entries.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import { shown, type Titles } from "./titles.js";

/** What a row has rated highest or chosen, and what it is recommended; the best first, by titles. */
export interface SampleRow {
  rowId: string;
  rated: { colId: string; value: number }[];
  recommended: { colId: string; value: number }[];
}

/** Where in the order of activity the shown rows stand: active ones, whose taste one can see. */
const places = [0.02, 0.1, 0.25, 0.4, 0.55, 0.7];

/** `rows` rows of the model with `columns` columns of each list. */
export function sampleRows(
  dataset: IndexedEntries,
  model: MatrixCompletion | MatrixRanking,
  rows: number,
  columns: number,
  titles: Titles,
): SampleRow[] {
  const counts = new Int32Array(dataset.rowIds.length);
  for (const row of dataset.rows) counts[row]++;
  const byActivity = Array.from(counts.keys())
    .filter((row) => model.hasRow(dataset.rowIds[row]))
    .sort((a, b) => counts[b] - counts[a] || a - b);
  const chosen = new Set(
    places.slice(0, rows).map((place) => byActivity[Math.floor(place * byActivity.length)]),
  );
  return [...chosen].map((row) => {
    const rowId = dataset.rowIds[row];
    const rated = ratedBy(dataset, row);
    // Ratings held out are unknown to the model, but nothing new to who gave them.
    const known = new Set(rated.map(({ colId }) => colId));
    const recommended = recommendedTo(rowId, model, columns + known.size).filter(
      ({ colId }) => !known.has(colId),
    );
    const list = (entries: SampleRow["rated"]) =>
      entries.slice(0, columns).map(({ colId, value }) => ({ colId: shown(titles, colId), value }));
    return {
      rowId,
      rated: list(rated.sort((a, b) => b.value - a.value)),
      recommended: list(recommended),
    };
  });
}

/** With the predicted ratings, or of a model of clicks the scores. */
function recommendedTo(rowId: string, model: MatrixCompletion | MatrixRanking, count: number) {
  return model instanceof MatrixCompletion
    ? model.recommend(rowId, count).map(({ id, value }) => ({ colId: id, value }))
    : model.recommend(rowId, count).map(({ id, score }) => ({ colId: id, value: score }));
}

function ratedBy({ rows, cols, colIds, values }: IndexedEntries, row: number) {
  const rated: { colId: string; value: number }[] = [];
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] === row) rated.push({ colId: colIds[cols[i]], value: values[i] });
  }
  return rated;
}
