import { join } from "node:path";
import { readAdapterFolder, writeFolder } from "../files/adapter-folder.js";
import { exportOnnx } from "../lora/export-onnx.js";
import { loadAdapter } from "../lora/peft-files.js";
import { modelOption, openModel } from "./open-model.js";
import { checkFolderOutput } from "./outputs.js";
import type { Command } from "./packages.js";
import { usage } from "./start-run.js";

interface Options {
  model: string;
  adapter?: string;
  out: string;
  json?: boolean;
}

/** `lowrank onnx --model DIR [--adapter DIR] --out DIR` */
export function addOnnx(program: Command): void {
  program
    .command("onnx")
    .description("write a text encoder as ONNX, as transformers.js takes it")
    .addOption(modelOption())
    .option("--adapter <dir>", "an adapter in PEFT's layout, multiplied into the weights")
    .requiredOption("--out <dir>", "folder for config.json, the tokenizer and onnx/model.onnx")
    .option("--json", "print one JSON object")
    .action(run);
}

async function run({ model: folder, adapter: of, out, json }: Options): Promise<void> {
  checkFolderOutput("--out", out, ["config.json", "tokenizer.json"]);
  const model = await openModel("onnx", folder);
  const { family } = model.encoder.config;
  const files = await usage(async () =>
    exportOnnx(
      model,
      of === undefined ? undefined : loadAdapter(readAdapterFolder(of), family, of),
    ),
  );
  const inside = new Map<string, Map<string, Uint8Array>>();
  for (const [path, bytes] of files) {
    const names = path.split("/");
    const place = join(out, ...names.slice(0, -1));
    inside.set(place, (inside.get(place) ?? new Map()).set(names.at(-1)!, bytes));
  }
  for (const [place, some] of inside) writeFolder(place, some);
  if (json) console.log(JSON.stringify({ folder: out, files: [...files.keys()] }));
  else for (const path of files.keys()) console.log(`wrote ${join(out, path)}`);
}
