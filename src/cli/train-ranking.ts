// `train` and `evaluate` for clicks, and for ratings of which the high ones are likes.
import { writeFilesAtomically } from "../files/atomic-file.js";
import type { OutputFile } from "../files/output-file.js";
import { clicksRun, type FittedClicks, fitClicks } from "./fit-clicks.js";
import { fitsOnThreads } from "./fits-on-threads.js";
import type { Likes } from "./likes.js";
import { createProgress } from "./progress.js";
import { printRankingSummary } from "./ranking-summary.js";
import { sampleRows } from "./sample-rows.js";
import type { TrainingData, TrainOptions } from "./training-data.js";

/** Tests a model of clicks, trains one on all of them, and shows and writes what was asked for. */
export async function trainRanking(
  data: TrainingData,
  options: TrainOptions,
  testOnly: boolean,
): Promise<void> {
  const { source, titles } = data;
  const { out, report, json } = options;
  const progress = createProgress();
  let fitted: FittedClicks;
  try {
    fitted = await fitClicks(data, options, fitsOnThreads(options.threads), progress, testOnly);
  } finally {
    progress.stop();
  }
  const { likes, evaluation } = fitted;
  const { model } = fitted.final;
  const run = clicksRun(fitted, source, titles);

  const files: OutputFile[] = [];
  if (out !== undefined) files.push({ path: out, bytes: model.save() });
  if (report !== undefined) {
    // Plots are heavy: loaded only by who asks for them.
    const { rankingReport } = await import("./report/ranking-report.js");
    files.push({ path: report, bytes: new TextEncoder().encode(rankingReport(run)) });
  }
  writeFilesAtomically(files);

  const { result } = run;
  if (json) console.log(JSON.stringify(result));
  else {
    const samples = sampleRows(likes.pairs, model, 3, 3, titles);
    const shown = { source, result, evaluation, model, samples };
    printRankingSummary({ ...shown, ratings: ratingsNote(data, likes, options), files });
  }
}

/** How many of the ratings are likes. */
function ratingsNote({ table }: TrainingData, { lines }: Likes, { minValue }: TrainOptions) {
  if (minValue === undefined) return undefined;
  return { likes: lines.values.length, all: table.values.length, minValue };
}
