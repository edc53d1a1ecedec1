// `train` on a folder of shards: all of it is trained on, and only --test tests.
import { statSync } from "node:fs";
import { evaluate } from "../completion/evaluate.js";
import { writeFilesAtomically } from "../files/atomic-file.js";
import type { OutputFile } from "../files/output-file.js";
import { fitShardFolder } from "../shard-files/fit-shards.js";
import { openShards } from "../shard-files/shard-folder.js";
import { UsageError } from "./errors.js";
import { completionOptions } from "./fit-ratings.js";
import { amount, duration, print } from "./format.js";
import { allOutliers, outliersAsCsv } from "./outliers.js";
import { checkOutputs } from "./outputs.js";
import { createProgress } from "./progress.js";
import { readEntries } from "./ratings-file.js";
import { follow } from "./train-model.js";
import type { TrainOptions } from "./training-data.js";

/** Whether what is to be trained on is a folder. */
export function isFolder(file: string | undefined): file is string {
  const found = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  return found?.isDirectory() ?? false;
}

export async function trainShards(
  path: string,
  options: TrainOptions,
  testOnly: boolean,
): Promise<void> {
  checkOptions(options, testOnly);
  const { out, json, threads } = options;
  const listFile = options.outliers;
  checkOutputs({ "--out": out, "--outliers": listFile }, { "--test": options.test });
  const folder = openShards(path);
  const test = options.test && readEntries(options.test, { ...options, content: "ratings" });
  const progress = createProgress();
  const settings = { ...completionOptions(options), threads };
  const { model, milliseconds } = await follow(
    fitShardFolder(folder, settings),
    progress,
    "",
  ).finally(() => progress.stop());
  const evaluation = test ? evaluate(model, test) : undefined;
  const outliers = allOutliers(model.outliers, evaluation?.outliers);
  const files: OutputFile[] = [];
  if (out !== undefined) files.push({ path: out, bytes: model.save() });
  if (listFile !== undefined) files.push({ path: listFile, bytes: outliersAsCsv(outliers) });
  writeFilesAtomically(files);

  const { rows, cols, entries, identity } = folder.manifest;
  const { steps, recommendsBy, parameterCount: parameters } = model;
  const [testRmse, baselineRmse] = [evaluation?.rmse ?? null, evaluation?.baselineRmse ?? null];
  if (json) {
    const counts = { rows, cols, observed: entries, identity };
    const figures = { testRmse, baselineRmse, steps, milliseconds, parameters, recommendsBy };
    const found = outliers.length > 0 ? { outliers: outliers.length } : {};
    console.log(JSON.stringify({ ...counts, ...figures, ...found }));
    return;
  }
  print(
    `${path}: ${amount(entries, "rating")} of ${amount(cols, "item")} by ${amount(rows, "user")}`,
  );
  print(`  ${amount(steps, "step")} in ${duration(milliseconds)}, all ratings trained on`);
  if (evaluation) {
    print(`  on the ratings of --test   ${evaluation.rmse.toFixed(4)}`);
    print(`  of biases alone            ${evaluation.baselineRmse.toFixed(4)}`);
  }
  if (outliers.length > 0)
    print(`  ${amount(outliers.length, "rating")} like mistakes, not learnt`);
  for (const file of files) print(`wrote ${file.path}`);
}

/** What a folder of shards has no answer to. */
function checkOptions(options: TrainOptions, testOnly: boolean): void {
  const { clicks, minValue, titles, features, halfLife, split, testFraction, folds } = options;
  const { minRatings, compareWide, report } = options;
  const given = {
    "--clicks": clicks,
    "--min-value": minValue !== undefined,
    "--titles": titles !== undefined,
    "--features": features !== undefined,
    "--half-life": halfLife !== undefined,
    "--split": split !== undefined,
    "--test-fraction": (testFraction ?? 0) > 0,
    "--folds": folds !== undefined,
    "--min-ratings": minRatings > 1,
    "--compare-wide": compareWide,
    "--report": report !== undefined,
  };
  for (const [name, isGiven] of Object.entries(given)) {
    if (isGiven) {
      throw new UsageError(
        `${name} is not for a folder of shards: leave it out, or train on a file`,
      );
    }
  }
  if (testOnly && options.test === undefined) {
    throw new UsageError(
      "a folder of shards is trained on whole: --test names the file to test on",
    );
  }
}
