// What `complete` prints for people.
import type { IndexedEntries } from "../completion/entries.js";
import type { MatrixCompletion } from "../completion/matrix-completion.js";
import type { Outlier } from "../completion/outliers.js";
import type { OrderScores } from "../completion/ranking-head.js";
import type { RecommendationOrder } from "../completion/recommend.js";
import type { OutputFile } from "../files/output-file.js";
import { amount, count, duration, improvement, percent, print, times } from "./format.js";
import { printOutliers } from "./outliers.js";
import type { Quality } from "./quality.js";
import { sampleRows } from "./sample-rows.js";
import type { Titles } from "./titles.js";

/** The object that `complete --json` prints. Errors are null when nothing was held out. */
export interface CompleteResult {
  rows: number;
  cols: number;
  observed: number;
  trainRmse: number;
  testRmse: number | null;
  baselineRmse: number | null;
  /** Training steps, the search for the regularization included. */
  steps: number;
  milliseconds: number;
  stepMilliseconds: number;
  parameters: number;
  wideParameters: number;
  /** Of the last training: what `recommend` orders by, and how good the orders were (null: not known). */
  recommendsBy: RecommendationOrder;
  heldOutNdcg10: OrderScores | null;
  /**
   * Where ratings look like mistakes: how many the last training did not learn, and how many the errors
   * of all tests leave out.
   */
  outliers?: { training: number; test: number };
  /** With --compare-wide. */
  wideStepMilliseconds?: number;
  speedup?: number;
  /** With --folds; the other figures are then their means. */
  folds?: { testRmse: number; baselineRmse: number; milliseconds: number }[];
}

interface Summary {
  source: string;
  dataset: IndexedEntries;
  result: CompleteResult;
  quality: Quality | undefined;
  model: MatrixCompletion;
  titles: Titles;
  files: readonly OutputFile[];
  /** Ratings that look like mistakes, the furthest off first. */
  outliers: readonly Outlier[];
}

/** At most so many singular values on the screen. */
const shownValues = 8;

export function printSummary({
  source,
  dataset,
  result,
  quality,
  model,
  titles,
  files,
  outliers,
}: Summary): void {
  const { rows, cols, observed, folds } = result;
  const known = percent(observed / (rows * cols));
  print(
    `${source}: ${amount(observed, "rating")} of ${amount(cols, "item")} by ${amount(rows, "user")}`,
  );
  print(
    `a matrix of ${count(rows)} rows and ${count(cols)} columns, of whose cells ${known} are known`,
  );
  print("");

  if (folds) {
    print("  fold      RMSE    biases alone");
    for (const [i, fold] of folds.entries()) {
      print(
        `  ${String(i + 1).padEnd(6)}  ${fold.testRmse.toFixed(4)}    ${fold.baselineRmse.toFixed(4)}`,
      );
    }
    print("");
  }
  printErrors(result, quality);
  printOutliers(result.outliers, outliers, titles);
  printCosts(result);
  printLearned(model);
  printOrder(result);
  if (!folds) printRecommendations(dataset, model, titles);
  for (const { path } of files) print(`wrote ${path}`);
}

function printErrors(
  { trainRmse, testRmse, baselineRmse }: CompleteResult,
  quality: Quality | undefined,
): void {
  print(`  error (RMSE) in training   ${trainRmse.toFixed(4)}`);
  if (testRmse === null || baselineRmse === null) return;
  const verdict = improvement(testRmse, baselineRmse);
  const comparison = verdict ? `   ${verdict.text} than biases alone` : "";
  print(`  on ratings held out        ${testRmse.toFixed(4)}${comparison}`);
  print(`  of biases alone            ${baselineRmse.toFixed(4)}`);
  if (quality === undefined) return;
  const { error } = quality.calibration;
  print(`  mean absolute error        ${quality.mae.toFixed(4)}`);
  print(`  calibration error          ${error.toFixed(4)}   of predictions alike, on average`);
}

function printCosts(result: CompleteResult): void {
  const { milliseconds, steps, stepMilliseconds, parameters, wideParameters } = result;
  print("");
  print(
    `  trained in ${duration(milliseconds)}: ${amount(steps, "step")}, ` +
      `${duration(stepMilliseconds)} each on all ratings`,
  );
  print(
    `  ${count(parameters)} parameters; the wide model has ${count(wideParameters)}, ` +
      `${times(wideParameters / parameters)} as many`,
  );
  if (result.wideStepMilliseconds !== undefined && result.speedup !== undefined) {
    print(
      `  a step of the wide model takes ${duration(result.wideStepMilliseconds)}, ` +
        `${times(result.speedup)} as long`,
    );
  }
}

function printLearned(model: MatrixCompletion): void {
  const values = model.singularValues();
  print("");
  if (values.length === 0) {
    print("  the biases alone predict best: no factors are used");
    return;
  }
  const shown = Array.from(values.slice(0, shownValues), (value) => value.toPrecision(3));
  const more = values.length > shownValues ? " ..." : "";
  print(`  singular values of the learned product (rank ${values.length}):`);
  print(`    ${shown.join("  ")}${more}`);
}

/** How the order of the lists was chosen, on ratings that the training held out. */
function printOrder({ recommendsBy, heldOutNdcg10 }: CompleteResult): void {
  if (heldOutNdcg10 === null) return;
  const { ranking, rating, popularity } = heldOutNdcg10;
  const by = recommendsBy === "ranking" ? "what users pick" : "predicted ratings";
  print("");
  print(`  recommends by ${by}; NDCG@10 on ratings held out in training:`);
  print(
    `    by what users pick ${ranking.toFixed(4)}, by predicted ratings ${rating.toFixed(4)}, ` +
      `by popularity ${popularity.toFixed(4)}`,
  );
}

function printRecommendations(
  dataset: IndexedEntries,
  model: MatrixCompletion,
  titles: Titles,
): void {
  for (const { rowId, rated, recommended } of sampleRows(dataset, model, 3, 3, titles)) {
    const list = (entries: readonly { colId: string; value: number }[]) =>
      entries.map(({ colId, value }) => `${colId}: ${Number(value.toFixed(1))}`).join(" · ");
    print("");
    print(`  user ${rowId}`);
    print(`    rated highest  ${list(rated)}`);
    if (recommended.length > 0) print(`    recommended    ${list(recommended)}`);
  }
  print("");
}
