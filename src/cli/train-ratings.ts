import { writeFilesAtomically } from "../files/atomic-file.js";
import type { OutputFile } from "../files/output-file.js";
import { type FittedRatings, fitRatings, ratingsRun } from "./fit-ratings.js";
import { fitsOnQueue } from "./fits-on-queue.js";
import { fitsOnThreads } from "./fits-on-threads.js";
import { outliersAsCsv } from "./outliers.js";
import { createProgress } from "./progress.js";
import { printSummary } from "./summary.js";
import type { TrainingData, TrainOptions } from "./training-data.js";

/** Trains a model of ratings, tests it, and shows and writes what was asked for. */
export async function trainRatings(
  data: TrainingData,
  options: TrainOptions,
  testOnly: boolean,
): Promise<void> {
  const { source, titles } = data;
  const { out, report, json } = options;
  const listFile = options.outliers;
  const written = [out, report, listFile].some((path) => path !== undefined);
  const progress = createProgress();
  const fits =
    options.queue === undefined ? fitsOnThreads(options.threads) : fitsOnQueue(options, testOnly);
  let fitted: FittedRatings;
  try {
    fitted = await fitRatings(data, options, fits, progress, written);
  } finally {
    progress.stop();
  }
  const { dataset, result, quality, outliers } = fitted;
  const { model } = fitted.fit;
  const files: OutputFile[] = [];
  if (out !== undefined) files.push({ path: out, bytes: model.save() });
  if (report !== undefined) {
    // Plots are heavy: loaded only by who asks for them.
    const { completeReport } = await import("./report/complete-report.js");
    const page = completeReport(ratingsRun(fitted, source, titles));
    files.push({ path: report, bytes: new TextEncoder().encode(page) });
  }
  if (listFile !== undefined) files.push({ path: listFile, bytes: outliersAsCsv(outliers) });
  writeFilesAtomically(files);

  if (json) {
    const more = {
      testMae: quality?.mae ?? null,
      calibrationError: quality?.calibration.error ?? null,
    };
    console.log(JSON.stringify(testOnly ? { ...result, ...more } : result));
  } else printSummary({ source, dataset, result, quality, model, titles, files, outliers });
}
