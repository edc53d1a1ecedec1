import { checkKnownCol, checkKnownRow, loadCompletion } from "./load-model.js";
import type { Command } from "./packages.js";

/** `lowrank predict MODEL ROW COL [--json]` */
export function addPredict(program: Command): void {
  program
    .command("predict")
    .description("the rating that a model predicts for a user and an item")
    .argument("<model>", "file that lowrank train --out wrote of ratings")
    .argument("<row>", "id of the user (the row)")
    .argument("<col>", "id of the item (the column)")
    .option("--json", "print one JSON object")
    .action(run);
}

function run(file: string, row: string, col: string, { json }: { json?: boolean }): void {
  const model = loadCompletion(file, "predict");
  checkKnownRow(file, model, row);
  checkKnownCol(file, model, col);
  const value = model.predict(row, col);
  console.log(json ? JSON.stringify({ row, col, value }) : value.toFixed(4));
}
