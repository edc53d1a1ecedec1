// `lowrank train`, which is `complete` as well, and `evaluate`: one set of options, and two kinds of
// models, by what the file holds.

import { defaultRank, defaults } from "../completion/options.js";
import { FormatError } from "../formats/errors.js";
import { UsageError } from "./errors.js";
import { fraction, integer, number, positive, threadsOption } from "./options.js";
import { type Command, Option } from "./packages.js";
import { addFitsOptions, addRunOptions, checkRunFlags } from "./queue.js";
import { addFormatOptions } from "./ratings-file.js";
import { titlesOption } from "./titles-file.js";
import { trainOnQueue } from "./train-on-queue.js";
import { trainRanking } from "./train-ranking.js";
import { trainRatings } from "./train-ratings.js";
import { isFolder, trainShards } from "./train-shards.js";
import { readTrainingData, type TrainingData, type TrainOptions } from "./training-data.js";

/** `lowrank train [FILE] ...`, and `lowrank complete` as its other name. */
export function addTrain(program: Command): void {
  const train = program
    .command("train")
    .description("learn from clicks or ratings what to recommend, and say how well that went")
    .addHelpText("after", trainExamples);
  const complete = program.command("complete").description("another name of train");
  for (const command of [train, complete]) {
    addInput(command);
    command.option(
      "--features <file>",
      "of clicks: what items are like, those too that nobody chose: an id, then words or numbers",
    );
    addRunOptions(command)
      .option("--checkpoints <dir>", "with --queue: keep the fit there, where all workers see it")
      .option("--out <model>", "write the model, for recommend and its kin")
      .option("--report <file.html>", "write a report page")
      .option("--json", "print one JSON object")
      .action((file, options) => run(file, options, false));
  }
}

/** `lowrank evaluate [FILE] ...` */
export function addEvaluate(program: Command): void {
  const command = program
    .command("evaluate")
    .description("say how well a model of clicks or ratings does on what it has not seen")
    .addHelpText("after", evaluateExamples);
  addInput(command);
  addFitsOptions(command)
    .option("--json", "print one JSON object")
    .action((file, options) => run(file, options, true));
}

const trainExamples = `
A file of two columns, user and item, holds clicks (or plays, purchases, likes): the model learns
what each user would choose next. A file of ratings has a third column: the model also predicts the
missing ratings.

Examples:
  lowrank train clicks.csv --out shop.model
  lowrank train ratings.csv --min-value 4 --titles films.csv --out films.model
  lowrank train clicks.csv --half-life 90 --features items.csv --out shop.model
  lowrank train ratings.csv --out ratings.model --report report.html
  lowrank train /data/ratings.csv --queue redis://localhost:6379 --out ratings.model
  lowrank train ratings.shards --threads auto --out ratings.model
  lowrank recommend shop.model ann
`;

const evaluateExamples = `
Examples:
  lowrank evaluate clicks.csv
  lowrank evaluate ratings.csv --min-value 4 --json
  lowrank evaluate ratings.csv --folds 5
  lowrank evaluate ratings.csv --folds 5 --queue redis://localhost:6379
`;

/** The file, and what is made of it. */
function addInput(command: Command): void {
  command
    .argument(
      "[file]",
      "a user, an item and perhaps a rating on each line, or a folder that lowrank shard has made; " +
        "- reads standard input; default: the bundled sample of ratings",
    )
    .addOption(
      new Option("--clicks", "every line is a click: only users and items are read").conflicts(
        "minValue",
      ),
    )
    .option("--min-value <v>", "ratings of at least this value are likes: learn from these", number)
    .option(...titlesOption)
    .option(
      "--rank <k>",
      `width of the factors (default: ${defaultRank}, of clicks 64 or 128, or the smaller side)`,
      integer(1),
    )
    .addOption(
      new Option(
        "--split <how>",
        "clicks to test on: random ones, the last one of each user, or the latest of all " +
          "(default: random)",
      )
        .choices(["random", "last", "time"])
        .conflicts("test"),
    )
    .option(
      "--test-fraction <f>",
      "share held out to test on (default: 0.1, of clicks 0.2)",
      fraction(0, 1),
    )
    .addOption(
      new Option("--test <file>", "test on the entries of this file").conflicts("testFraction"),
    )
    .addOption(
      new Option("--folds <k>", "cross-validate ratings: hold out each of k parts in turn")
        .argParser(integer(2))
        .conflicts(["test", "testFraction"]),
    )
    .option(
      "--half-life <days>",
      "of clicks: one so many days before the latest weighs half; needs a column of times",
      positive,
    )
    .option(
      "--min-ratings <n>",
      "drop users and items with fewer entries, until none is left",
      integer(1),
      1,
    )
    .option(
      "--depth <n>",
      `of ratings: core factors between the outer ones (default: ${defaults.depth})`,
      integer(0, 64),
    )
    .option("--no-implicit", "learn from the ratings' values only, not from who rated what")
    .option(
      "--no-ranking",
      "of ratings: learn no order beside the ratings, which takes less memory",
    )
    .option("--keep-outliers", "of ratings: learn from those too that look like mistakes")
    .addOption(
      new Option(
        "--outliers <file.csv>",
        "of ratings: write those that look like mistakes, with what is expected instead",
      ).conflicts("keepOutliers"),
    )
    .option("--compare-wide", "of ratings: also time one step of the wide, overparameterized model")
    .addOption(threadsOption("threads that fit"))
    .option("--seed <n>", "seed of the split and of the training", integer(0), 0);
  addFormatOptions(command);
}

/** @param testOnly - no model is wanted, only how well one does. */
async function run(
  file: string | undefined,
  options: TrainOptions,
  testOnly: boolean,
): Promise<void> {
  checkRunFlags(options);
  // Several fits need nothing of each other; one is split.
  const isSplit = options.queue !== undefined && !testOnly && options.folds === undefined;
  if (isSplit) return trainOnQueue(file, options);
  if (options.queue !== undefined) checkFitsOnQueue(file, options);
  if (isFolder(file)) return trainShards(file, options, testOnly);
  const data = readTrainingData(file, options);
  const ranks = data.table.kind === "clicks" || options.minValue !== undefined;
  if (ranks && options.queue !== undefined) {
    throw new UsageError("--queue is for models of ratings: leave it out where clicks are learnt");
  }
  checkKind(data, ranks, options);
  await (ranks ? trainRanking(data, options, testOnly) : trainRatings(data, options, testOnly));
}

/** What is not for fits that workers of a queue make, each from beginning to end. */
function checkFitsOnQueue(file: string | undefined, options: TrainOptions): void {
  const { threads, compareWide, shards, checkpoints } = options;
  const given = {
    "--threads": [threads !== 1, "workers have threads of their own"],
    "--compare-wide": [compareWide, "it times steps of this machine"],
    "--shards": [shards !== undefined, "each fit is made by one worker"],
    "--checkpoints": [checkpoints !== undefined, "each fit is made by one worker"],
    "A folder of shards": [isFolder(file), "the ratings of a file are sent to the workers"],
  } as const;
  for (const [name, [isGiven, why]] of Object.entries(given)) {
    if (isGiven) throw new UsageError(`${name} is not for fits on --queue, where ${why}`);
  }
}

/** Options of ratings say nothing of clicks, and the other way round. */
function checkKind({ source, table }: TrainingData, ranks: boolean, options: TrainOptions): void {
  const { minValue, split, halfLife, features, depth, folds, implicit, compareWide } = options;
  const { keepOutliers, outliers, ranking } = options;
  if (minValue !== undefined && table.kind === "clicks") {
    throw new FormatError(source, "it holds no ratings: --min-value has nothing to compare with");
  }
  if (!ranks && split !== undefined) {
    throw new UsageError(
      "--split is for clicks, or for ratings with --min-value: of ratings --test-fraction or --folds",
    );
  }
  const ofClicks = { "--half-life": halfLife, "--features": features };
  for (const [name, value] of Object.entries(ofClicks)) {
    if (!ranks && value !== undefined) {
      throw new UsageError(`${name} is for clicks, or for ratings with --min-value`);
    }
  }
  if (!ranks) return;
  const given = {
    "--depth": depth !== undefined,
    "--folds": folds !== undefined,
    "--no-implicit": !implicit,
    "--no-ranking": ranking === false,
    "--compare-wide": compareWide,
    "--keep-outliers": keepOutliers,
    "--outliers": outliers !== undefined,
  };
  for (const [name, isGiven] of Object.entries(given)) {
    if (isGiven) {
      throw new UsageError(
        `${name} is for models of ratings: leave it out where clicks are learnt`,
      );
    }
  }
}
