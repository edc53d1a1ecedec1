import { type DuplicatePolicy, duplicatePolicies } from "../completion/duplicates.js";
import { shardObservations } from "../shard-files/shard-observations.js";
import { asUsageError } from "./errors.js";
import { amount, count, duration, print } from "./format.js";
import { integer } from "./options.js";
import { type Command, Option } from "./packages.js";
import {
  addColumnsOption,
  addTextOptions,
  checkFormatOptions,
  type FormatOptions,
} from "./ratings-file.js";

interface Options extends FormatOptions {
  out: string;
  shards: number;
  duplicates: DuplicatePolicy;
  force?: boolean;
  json?: boolean;
}

/** `lowrank shard FILE... --out DIR` */
export function addShard(program: Command): void {
  const command = program
    .command("shard")
    .description("put ratings that may be larger than memory into a folder, for train")
    .argument(
      "<files...>",
      "a user, an item and a rating on each line, packed with gzip or not; - reads standard input",
    )
    .requiredOption("--out <dir>", "the folder, which is made if need be, and must be empty")
    .option("--shards <n>", "files that the rows are put into, at most", integer(1, 4096), 64)
    .addOption(
      new Option("--duplicates <how>", "several ratings of one user and item: which one counts")
        .choices(duplicatePolicies)
        .default("last"),
    )
    .option("--force", "replace the shards that are in the folder");
  addTextOptions(command);
  addColumnsOption(command);
  command.option("--json", "print one JSON object").addHelpText("after", examples).action(run);
}

const examples = `
Memory holds the ids and some hundred megabytes, however many ratings there are. While it is made, the
folder takes 32 bytes per rating, of which 12 stay.

Examples:
  lowrank shard ratings.csv --out ratings.shards
  lowrank shard 2023.csv.gz 2024.jsonl --out ratings.shards
  lowrank train ratings.shards --threads auto --out ratings.model
`;

async function run(files: string[], options: Options): Promise<void> {
  checkFormatOptions(options);
  const start = performance.now();
  const { json, ...given } = options;
  const { manifest, path } = await shardObservations(files, given).catch((error) => {
    throw asUsageError(error, "shardObservations");
  });
  const milliseconds = performance.now() - start;
  const { rows, cols, entries, duplicates, identity, shards, blocks } = manifest;
  if (json) {
    const counts = {
      rows,
      cols,
      entries,
      duplicates,
      blocks: blocks.entries.length,
      shards: shards.length,
    };
    console.log(JSON.stringify({ ...counts, identity, milliseconds, out: path }));
    return;
  }
  print(`${amount(entries, "rating")} of ${amount(cols, "item")} by ${amount(rows, "user")}`);
  if (duplicates > 0)
    print(`${amount(duplicates, "rating")} more at the same places: ${manifest.policy}`);
  const all = shards.reduce((sum, { bytes }) => sum + bytes, 0);
  print(
    `wrote ${path}: ${amount(shards.length, "shard")} of ${amount(blocks.entries.length, "block")}, ` +
      `${count(Math.ceil(all / 2 ** 20))} MiB, in ${duration(milliseconds)}`,
  );
}
