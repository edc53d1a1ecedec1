// The pretrained encoder that is fine-tuned here: MiniLM-L6, 22.7 M parameters, width 384.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadEncoder } from "../../dist/lora/index.js";
import { readModelFolder } from "../../dist/lora/node.js";
import { Skipped } from "./reproduce.mjs";

const folder = fileURLToPath(new URL("../../bench/models/minilm", import.meta.url));

let model;

/** @throws Skipped where the model is not there. */
export function loadMiniLm() {
  if (!existsSync(join(folder, "model.safetensors"))) {
    throw new Skipped("MiniLM is not here: node bench/fetch-minilm.mjs fetches it");
  }
  model ??= loadEncoder(readModelFolder(folder));
  return model;
}
