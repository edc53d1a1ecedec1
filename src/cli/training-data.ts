// What `train` and `evaluate` are given: options, and the files that these name.
import { fileURLToPath } from "node:url";
import type { Features } from "../ranking/with-features.js";
import { UsageError } from "./errors.js";
import { readItemFeatures } from "./item-features.js";
import { checkOutputs } from "./outputs.js";
import { packageFile } from "./package-file.js";
import {
  checkFormatOptions,
  checkStandardInput,
  type EntryTable,
  type FormatOptions,
  readEntries,
  withSeconds,
} from "./ratings-file.js";
import type { Titles } from "./titles.js";
import { readTitles } from "./titles-file.js";

export interface TrainOptions extends FormatOptions {
  clicks?: boolean;
  minValue?: number;
  titles?: string;
  features?: string;
  halfLife?: number;
  rank?: number;
  depth?: number;
  split?: "random" | "last" | "time";
  testFraction?: number;
  test?: string;
  folds?: number;
  minRatings: number;
  implicit: boolean;
  ranking?: boolean;
  compareWide?: boolean;
  keepOutliers?: boolean;
  outliers?: string;
  threads: number;
  seed: number;
  /** To fit on the workers of a queue. */
  queue?: string;
  run?: string;
  resume?: boolean;
  shards?: number;
  lock?: number;
  checkpoints?: string;
  out?: string;
  report?: string;
  json?: boolean;
}

/** What is trained on, as it was read. */
export interface TrainingData {
  /** The file, as the user named it. */
  source: string;
  table: EntryTable;
  test: EntryTable | undefined;
  titles: Titles;
  /** Of items, where --features names a file. */
  features: Features | undefined;
}

/**
 * Reads the files, after all that can be refused without them is checked.
 *
 * @throws UsageError, FileError or FormatError
 */
export function readTrainingData(file: string | undefined, options: TrainOptions): TrainingData {
  const { out, report, outliers, test, titles, features, clicks, split, halfLife } = options;
  checkFormatOptions(options);
  const inputs = { FILE: file, "--test": test, "--titles": titles, "--features": features };
  checkStandardInput(inputs);
  if (split === "last" && options.testFraction !== undefined) {
    throw new UsageError("--split last holds out one item of each user: leave out --test-fraction");
  }
  checkOutputs({ "--out": out, "--report": report, "--outliers": outliers }, inputs);
  const source = file === "-" ? "standard input" : (file ?? "the bundled sample (MovieTweetings)");
  const sample = fileURLToPath(packageFile("data/movietweetings.csv.br"));
  const content = clicks ? "clicks" : "either";
  const times = split === "last" || split === "time" || halfLife !== undefined;
  const table =
    file === undefined
      ? readEntries(sample, { content, times })
      : readEntries(file, { ...options, content, times });
  const testTable =
    test === undefined ? undefined : readEntries(test, { ...options, content: table.kind });
  const named = titles === undefined ? table.titles : readTitles(titles, options);
  return {
    ...{ source, test: testTable, titles: named },
    table: halfLife === undefined ? table : withSeconds(table, source),
    features: features === undefined ? undefined : readItemFeatures(features, options),
  };
}
