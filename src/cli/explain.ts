import { print, printScored } from "./format.js";
import { checkKnownCol, checkKnownRow, loadRanking, refusePopularity } from "./load-model.js";
import { integer } from "./options.js";
import type { Command } from "./packages.js";
import { addTextOptions, type TextOptions } from "./ratings-file.js";
import { named, shown } from "./titles.js";
import { titlesOf, titlesOption } from "./titles-file.js";

interface Options extends TextOptions {
  count?: number;
  titles?: string;
  json?: boolean;
}

/** `lowrank explain MODEL USER ITEM [-n 10] [--json]` */
export function addExplain(program: Command): void {
  const command = program
    .command("explain")
    .description("why a user is recommended an item: what each item that the user chose adds")
    .argument("<model>", "model of clicks: a file that lowrank train --out wrote")
    .argument("<user>", "id of the user (the row)")
    .argument("<item>", "id of the item (the column)")
    .option("-n, --count <n>", "the largest parts only (default: all)", integer(1))
    .option(...titlesOption)
    .option("--json", "print one JSON object")
    .addHelpText("after", "\nExample:\n  lowrank explain shop.model ann tea -n 3\n")
    .action(run);
  addTextOptions(command);
}

function run(file: string, user: string, item: string, options: Options): void {
  const model = loadRanking(file, "explain");
  refusePopularity(file, model, "explain");
  checkKnownRow(file, model, user);
  checkKnownCol(file, model, item);
  const titles = titlesOf(options);
  const { score, parts } = model.explain(user, item, options.count);
  const list = named(parts, titles);
  if (options.json) {
    console.log(JSON.stringify({ row: user, col: item, value: score, parts: list }));
    return;
  }
  print(`${score.toFixed(4)}  ${shown(titles, item)}, of which`);
  printScored(list);
}
