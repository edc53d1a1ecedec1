import type { Command } from "commander";
import { quote } from "../check/describe.js";
import { UsageError } from "./errors.js";
import { print } from "./format.js";
import { loadModel } from "./load-model.js";
import { integer } from "./options.js";

interface Options {
  count: number;
  json?: boolean;
}

/** `lowrank recommend MODEL ROW [-n 10] [--json]` */
export function addRecommend(program: Command): void {
  program
    .command("recommend")
    .description("the columns with the highest predictions among those a row has not rated")
    .argument("<model>", "file written by lowrank complete --out")
    .argument("<row>", "row id")
    .option("-n, --count <n>", "how many", integer(1), 10)
    .option("--json", "print one JSON object")
    .action(run);
}

function run(file: string, row: string, { count, json }: Options): void {
  const model = loadModel(file);
  if (!model.hasRow(row)) throw new UsageError(`${file}: it knows no row ${quote(row)}`);
  const recommendations = model
    .recommend(row, count)
    .map(({ id, score }) => ({ col: id, value: score }));
  if (json) {
    console.log(JSON.stringify({ row, recommendations }));
    return;
  }
  for (const { col, value } of recommendations) print(`${value.toFixed(4)}  ${col}`);
}
