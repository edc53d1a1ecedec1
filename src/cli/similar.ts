import { printScored } from "./format.js";
import { checkKnownCol, loadRanking, refusePopularity } from "./load-model.js";
import { integer } from "./options.js";
import type { Command } from "./packages.js";
import { addTextOptions, type TextOptions } from "./ratings-file.js";
import { named } from "./titles.js";
import { titlesOf, titlesOption } from "./titles-file.js";

interface Options extends TextOptions {
  count: number;
  titles?: string;
  json?: boolean;
}

/** `lowrank similar MODEL ITEM [-n 10] [--json]` */
export function addSimilar(program: Command): void {
  const command = program
    .command("similar")
    .description("the items that are most similar to an item, by who chose them")
    .argument("<model>", "model of clicks: a file that lowrank train --out wrote")
    .argument("<item>", "id of the item (the column)")
    .option("-n, --count <n>", "how many", integer(1), 10)
    .option(...titlesOption)
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  lowrank similar shop.model tea -n 3\n")
    .action(run);
  addTextOptions(command);
}

function run(file: string, item: string, options: Options): void {
  const model = loadRanking(file, "similar");
  refusePopularity(file, model, "similar");
  checkKnownCol(file, model, item);
  const similar = named(model.similarItems(item, options.count), titlesOf(options));
  if (options.json) console.log(JSON.stringify({ col: item, similar }));
  else printScored(similar);
}
