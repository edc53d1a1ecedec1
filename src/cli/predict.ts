import type { Command } from "commander";
import { quote } from "../check/describe.js";
import { UsageError } from "./errors.js";
import { loadModel } from "./load-model.js";

/** `lowrank predict MODEL ROW COL [--json]` */
export function addPredict(program: Command): void {
  program
    .command("predict")
    .description("the value that a model predicts at a row and a column")
    .argument("<model>", "file written by lowrank complete --out")
    .argument("<row>", "row id")
    .argument("<col>", "column id")
    .option("--json", "print one JSON object")
    .action(run);
}

function run(file: string, row: string, col: string, { json }: { json?: boolean }): void {
  const model = loadModel(file);
  if (!model.hasRow(row)) throw new UsageError(`${file}: it knows no row ${quote(row)}`);
  if (!model.hasCol(col)) throw new UsageError(`${file}: it knows no column ${quote(col)}`);
  const value = model.predict(row, col);
  console.log(json ? JSON.stringify({ row, col, value }) : value.toFixed(4));
}
