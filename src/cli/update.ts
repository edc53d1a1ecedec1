import { writeFileAtomically } from "../files/atomic-file.js";
import type { MatrixRanking } from "../ranking/matrix-ranking.js";
import { asUsageError, UsageError } from "./errors.js";
import { amount, duration, print } from "./format.js";
import { likesOf, trainedOn } from "./likes.js";
import { loadRanking } from "./load-model.js";
import { number } from "./options.js";
import { checkOutputs } from "./outputs.js";
import { type Command, Option } from "./packages.js";
import {
  addFormatOptions,
  checkFormatOptions,
  type EntryTable,
  type FormatOptions,
  readEntries,
  withSeconds,
} from "./ratings-file.js";

interface Options extends FormatOptions {
  out: string;
  clicks?: boolean;
  minValue?: number;
  json?: boolean;
}

/** `lowrank update MODEL FILE --out MODEL` */
export function addUpdate(program: Command): void {
  const command = program
    .command("update")
    .description("add new clicks to a model of clicks, without training it anew")
    .argument("<model>", "model of clicks: a file that lowrank train --out wrote")
    .argument("<file>", "the new clicks, as lowrank train takes them; - reads standard input")
    .requiredOption(
      "--out <model>",
      "write the model that knows both, over the old one if you like",
    )
    .addOption(
      new Option("--clicks", "every line is a click: only users and items are read").conflicts(
        "minValue",
      ),
    )
    .option("--min-value <v>", "ratings of at least this value are likes: learn from these", number)
    .option("--json", "print one JSON object")
    .addHelpText("after", examples)
    .action(run);
  addFormatOptions(command);
}

const examples = `
New users and items become known, and the items of the new clicks are learnt anew. Train again when the
clicks have grown by a half.

Examples:
  lowrank update shop.model today.csv --out shop.model
  lowrank update films.model new-ratings.csv --min-value 4 --out films-2.model
`;

function run(file: string, news: string, options: Options): void {
  const { out, json, minValue } = options;
  checkFormatOptions(options);
  checkOutputs({ "--out": out }, { FILE: news });
  const model = loadRanking(file, "update");
  const table = readNews(file, news, model, options);
  const start = performance.now();
  const { rows, cols, observed } = model;
  const updated = orUsageError(() => model.update(trainedOn(likesOf(table, minValue, 1))));
  const milliseconds = performance.now() - start;
  writeFileAtomically(out, updated.save());
  const result = {
    ...{ rows: updated.rows, cols: updated.cols, observed: updated.observed },
    newRows: updated.rows - rows,
    newCols: updated.cols - cols,
    newObserved: updated.observed - observed,
    milliseconds,
  };
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const { newRows, newCols, newObserved } = result;
  print(
    `${file} and ${news}: ${amount(newObserved, "new click")}, ${amount(newRows, "new user")} and ` +
      `${amount(newCols, "new item")} in ${duration(milliseconds)}`,
  );
  print(`wrote ${out}`);
}

/** The new clicks, with times where the model's clicks fade. */
function readNews(
  file: string,
  news: string,
  { settings }: MatrixRanking,
  options: Options,
): EntryTable {
  const { clicks, minValue } = options;
  const source = news === "-" ? "standard input" : news;
  const times = settings.halfLife < Number.POSITIVE_INFINITY;
  const table = readEntries(news, { ...options, content: clicks ? "clicks" : "either", times });
  if (table.kind === "clicks" && minValue !== undefined) {
    throw new UsageError(`${source}: it holds no ratings: leave out --min-value`);
  }
  if (table.kind === "ratings" && minValue === undefined) {
    throw new UsageError(
      `${source}: it holds ratings, and ${file} is a model of clicks: say with --min-value which ` +
        "ratings are likes, or with --clicks that every line is one",
    );
  }
  return times ? withSeconds(table, source) : table;
}

function orUsageError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asUsageError(error, "update");
  }
}
