import type { Command } from "commander";
import { readAdapterFolder } from "../io/adapter-folder.js";
import { readModelFolder } from "../io/model-folder.js";
import { loadAdapter } from "../lora/peft-files.js";
import { loadEncoder } from "../lora/text-model.js";
import { useAdapter, useOwnHead } from "../lora/use-adapter.js";
import type { EncoderOptions } from "../transformer/encoder.js";
import { UsageError } from "./errors.js";
import { decisions } from "./metrics.js";
import { integer, weightStorageOption } from "./options.js";
import { columnNames, inputOf, readTexts } from "./text-data.js";

interface Options {
  model: string;
  adapter?: string;
  textColumns: string;
  maxTokens: number;
  weightStorage: NonNullable<EncoderOptions["weightStorage"]>;
  json?: boolean;
}

/** `lowrank classify FILE --model DIR [--adapter DIR] --text-columns A` */
export function addClassify(program: Command): void {
  program
    .command("classify")
    .description("judge texts with a fine-tuned encoder: a class or a number for each")
    .argument("<file>", "CSV, tab separated text or JSON lines")
    .requiredOption("--model <dir>", "folder with config.json, model.safetensors, tokenizer.json")
    .option("--adapter <dir>", "an adapter in PEFT's layout (default: the model's own head)")
    .requiredOption(
      "--text-columns <a,b>",
      "one column, or two for pairs; names, or numbers from 1",
    )
    .option("--max-tokens <n>", "longer texts are cut", integer(3), 128)
    .addOption(weightStorageOption())
    .option("--json", "print one JSON object")
    .action(run);
}

function run(file: string, options: Options): void {
  const columns = columnNames(options.textColumns);
  const records = readTexts(file, columns);
  const { weightStorage } = options;
  const model = loadEncoder(readModelFolder(options.model), { weightStorage });
  const { family } = model.encoder.config;
  const { adapter: folder, maxTokens } = options;
  const adapted =
    folder === undefined
      ? useOwnHead(model, maxTokens)
      : useAdapter(model, loadAdapter(readAdapterFolder(folder), family, folder), maxTokens);
  const { task } = adapted.adapter;
  if (task.kind === "similarity" && columns.length !== 2) {
    throw new UsageError("the adapter compares two texts: --text-columns must be two names");
  }
  const scores = adapted.predict(records.map(inputOf));
  const predictions = decisions(scores, task).map((decision, i) => ({
    line: records[i].line,
    prediction: task.kind === "classification" ? task.labels[decision] : decision,
    scores: Array.from(scores.row(i)),
  }));
  if (options.json) {
    const labels = task.kind === "classification" ? task.labels : null;
    console.log(JSON.stringify({ task: task.kind, labels, predictions }));
  } else {
    for (const { prediction } of predictions) console.log(String(prediction));
  }
}
