import { once } from "node:events";
import { quote } from "../check/describe.js";
import type { FoldedRow } from "../completion/folded-row.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import {
  type RecommendationOrder,
  type RowRecommendations,
  recommendationOrders,
} from "../completion/recommend.js";
import { writeFileAsItComes } from "../files/atomic-file.js";
import { recommendAllParallel } from "../parallel/recommend-all.js";
import type { Scored } from "../ranking/matrix-ranking.js";
import type { RankedRow } from "../ranking/ranked-row.js";
import { asUsageError, remark, UsageError } from "./errors.js";
import { amount, print, printScored } from "./format.js";
import { checkSomeKnown, itemList, readHistory } from "./item-lists.js";
import { type AnyModel, checkKnownRow, loadModel } from "./load-model.js";
import { integer, number, threadsOption } from "./options.js";
import { checkOutputs } from "./outputs.js";
import { type Command, Option } from "./packages.js";
import { createProgress } from "./progress.js";
import { addTextOptions, checkStandardInput, type TextOptions } from "./ratings-file.js";
import {
  type Recommended,
  recommendationsAsCsv,
  recommendationsAsJson,
} from "./recommendations.js";
import { named, type Titles } from "./titles.js";
import { titlesOf, titlesOption } from "./titles-file.js";

interface Options extends TextOptions {
  count: number;
  history?: string;
  minValue?: number;
  only?: string;
  exclude?: string;
  by?: RecommendationOrder;
  titles?: string;
  all?: boolean;
  threads: number;
  out?: string;
  json?: boolean;
}

/** Items to choose from, and those to leave out. */
interface Choice {
  only: readonly string[] | undefined;
  exclude: readonly string[];
  /** Of a model of ratings. */
  by: RecommendationOrder | undefined;
}

/** `lowrank recommend MODEL ROW`, `... MODEL --history FILE`, `... MODEL --all [--out FILE]` */
export function addRecommend(program: Command): void {
  const command = program
    .command("recommend")
    .description("the items that suit a user best, among those that are new to the user")
    .argument("<model>", "file written by lowrank train --out")
    .argument("[user]", "id of a user that the model was trained on (a row)")
    .option("-n, --count <n>", "how many", integer(1), 10)
    .addOption(
      new Option(
        "--history <file>",
        "for a user of whom the model knows nothing: the user's items",
      ).conflicts("all"),
    )
    .option("--min-value <v>", "with --history: ratings of at least this value are likes", number)
    .option("--only <items>", "recommend only these: ids separated by commas, or @FILE")
    .option("--exclude <items>", "leave these out: ids separated by commas, or @FILE")
    .addOption(
      new Option(
        "--by <order>",
        "of a model of ratings: order by ranking (what users pick next) or rating (what they would rate highest)",
      ).choices(recommendationOrders),
    )
    .option(...titlesOption)
    .option("--all", "for every user of the model, as CSV")
    .option("--out <file>", "with --all: write a file, .csv or .jsonl for JSON Lines")
    .addOption(threadsOption("with --all: threads that make the lists"))
    .option("--json", "print one JSON object, with --all one per user")
    .addHelpText("after", examples)
    .action(run);
  addTextOptions(command);
}

const examples = `
Examples:
  lowrank recommend shop.model ann -n 5
  lowrank recommend shop.model --history basket.csv
  lowrank recommend shop.model ann --only @in-stock.txt --exclude 'tea,"rum, dark"'
  lowrank recommend shop.model --all --out recommendations.csv
  lowrank recommend shop.model --all --json | gzip > recommendations.jsonl.gz
`;

async function run(file: string, user: string | undefined, options: Options): Promise<void> {
  checkUsage(file, user, options);
  const model = loadModel(file);
  const titles = titlesOf(options);
  const choice = readChoice(file, model, options);
  if (options.all) {
    await writeAll(model, choice, titles, options);
    return;
  }
  if (user !== undefined) checkKnownRow(file, model, user);
  const row = user ?? foldIn(file, model, options);
  const { count, json } = options;
  const recommendations = named(recommend(model, row, count, choice), titles);
  if (json) console.log(JSON.stringify({ row: user ?? null, recommendations }));
  else printScored(recommendations);
}

function checkUsage(file: string, user: string | undefined, options: Options): void {
  const { history, all, out, json, minValue, titles, only, exclude, threads } = options;
  if (Number(user !== undefined) + Number(history !== undefined) + Number(all === true) !== 1) {
    throw new UsageError("name one of a user, --history FILE and --all");
  }
  if (out !== undefined && !all) {
    throw new UsageError("--out is for the recommendations of --all: one user's are printed");
  }
  if (minValue !== undefined && history === undefined) {
    throw new UsageError(
      "--min-value says which ratings of a history are likes: it needs --history",
    );
  }
  const ofList = (list: string | undefined) => (list === "@-" ? "-" : undefined);
  const lists = { "--only": ofList(only), "--exclude": ofList(exclude) };
  checkStandardInput({ "--history": history, ...lists, "--titles": titles });
  if (threads > 1 && !all) throw new UsageError("--threads is for the recommendations of --all");
  if (out === undefined) return;
  if (json) throw new UsageError("--json prints, and --out writes a file: leave one of them out");
  if (!/\.(csv|jsonl)$/i.test(out)) {
    throw new UsageError(`--out is ${quote(out)}: its name must end in .csv or .jsonl`);
  }
  checkOutputs({ "--out": out }, { MODEL: file, "--titles": titles });
}

function readChoice(file: string, model: AnyModel, options: Options): Choice {
  const { only, exclude, by } = options;
  if (by !== undefined && !(model instanceof MatrixCompletion)) {
    throw new UsageError(`${file}: it is a model of clicks, which has one order: leave out --by`);
  }
  if (by === "ranking" && (model as MatrixCompletion).recommendsBy !== by) {
    throw new UsageError(`${file}: it has no ranking head, only predicted ratings: leave out --by`);
  }
  const choice = {
    by,
    only: only === undefined ? undefined : itemList("--only", only, options),
    exclude: exclude === undefined ? [] : itemList("--exclude", exclude, options),
  };
  if (choice.only) checkSomeKnown("--only", only!, choice.only, model);
  if (exclude !== undefined) checkSomeKnown("--exclude", exclude, choice.exclude, model);
  return choice;
}

/** A user by the items of a file. */
function foldIn(file: string, model: AnyModel, options: Options): FoldedRow | RankedRow {
  const { minValue } = options;
  const history = options.history!;
  const { colIds, values } = readHistory(history, options, model instanceof MatrixCompletion);
  let row: FoldedRow | RankedRow;
  if (model instanceof MatrixCompletion) {
    if (minValue !== undefined) {
      throw new UsageError(`${file}: it is a model of ratings: leave out --min-value`);
    }
    if (values === undefined) {
      throw new UsageError(
        `${history}: it holds no ratings, and ${file} is a model of ratings: each line must have an ` +
          "item and a rating",
      );
    }
    row = orUsageError(() => model.foldIn({ colIds, values }));
  } else {
    if (values === undefined && minValue !== undefined) {
      throw new UsageError(`${history}: it holds no ratings: leave out --min-value`);
    }
    if (values !== undefined && minValue === undefined) {
      throw new UsageError(
        `${history}: it holds ratings, and ${file} is a model of clicks: say with --min-value which ` +
          "ratings are likes",
      );
    }
    // What was seen and not liked is not recommended, and says nothing else.
    const weights = values?.map((value) => Number(value >= minValue!));
    row = orUsageError(() => model.foldIn(weights ? { colIds, weights } : { colIds }));
  }
  if (row.ignored > 0) {
    const unknown = `${row.ignored} of ${amount(colIds.length, "item")}`;
    remark("recommend", [
      `${history}: ${unknown} are unknown to the model, first ${quote(row.unknown[0])}`,
    ]);
  }
  return row;
}

function orUsageError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asUsageError(error, "foldIn");
  }
}

function recommend(
  model: AnyModel,
  row: string | FoldedRow | RankedRow,
  count: number,
  choice: Choice,
): Scored[] {
  const options = optionsOf(choice);
  return model instanceof MatrixCompletion
    ? model.recommend(row as string | FoldedRow, count, options)
    : model.recommend(row as string | RankedRow, count, options);
}

const optionsOf = ({ only, exclude, by }: Choice) => ({
  exclude,
  ...(only && { only }),
  ...(by && { by }),
});

/** Recommendations of every user, one after the other. */
async function* recommendAll(
  model: AnyModel,
  choice: Choice,
  titles: Titles,
  { count, threads }: Options,
): AsyncGenerator<Recommended> {
  for await (const { id, recommendations } of listsOf(model, count, threads, optionsOf(choice))) {
    yield { row: id, recommendations: named(recommendations, titles) };
  }
}

function listsOf(
  model: AnyModel,
  count: number,
  threads: number,
  options: ReturnType<typeof optionsOf>,
): Iterable<RowRecommendations<Scored>> | AsyncIterable<RowRecommendations<Scored>> {
  if (threads === 1) return model.recommendAll(count, options);
  return model instanceof MatrixCompletion
    ? recommendAllParallel(model, count, { ...options, threads })
    : recommendAllParallel(model, count, { ...options, threads });
}

/** Into a file, or without one to the standard output, as fast as its reader takes them. */
async function writeAll(
  model: AnyModel,
  choice: Choice,
  titles: Titles,
  options: Options,
): Promise<void> {
  const { out, json } = options;
  const all = recommendAll(model, choice, titles, options);
  const asText = (some: AsyncIterable<Recommended>, csv: boolean) =>
    csv ? recommendationsAsCsv(some, titles.size > 0) : recommendationsAsJson(some);
  if (out === undefined) {
    for await (const piece of asText(all, json !== true)) {
      if (!process.stdout.write(piece)) await once(process.stdout, "drain");
    }
    return;
  }
  const progress = createProgress();
  let done = 0;
  async function* watched() {
    for await (const one of all) {
      yield one;
      progress.update(++done, model.rows, "recommending");
    }
  }
  try {
    await writeFileAsItComes(out, asText(watched(), /\.csv$/i.test(out)));
  } finally {
    progress.stop();
  }
  print(`wrote ${out}: recommendations for ${amount(done, "user")}`);
}
