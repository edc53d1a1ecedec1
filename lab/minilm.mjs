// The pretrained encoder of benches and experiments, MiniLM-L6 (22.7 M parameters, width 384), and
// texts of given lengths for it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadEncoder } from "../dist/lora/index.js";
import { readModelFolder } from "../dist/lora/node.js";
import { Skipped } from "./data.mjs";

export const folder = fileURLToPath(new URL("../bench/models/minilm", import.meta.url));

let model;

/** Loaded once. @throws Skipped where the model is not there. */
export function loadMiniLm() {
  if (!existsSync(join(folder, "model.safetensors"))) {
    throw new Skipped("MiniLM is not here: node bench/fetch-minilm.mjs fetches it");
  }
  model ??= loadEncoder(readModelFolder(folder));
  return model;
}

/** Each of them one token. */
const words = "the time person year way day thing man world life hand part child eye woman".split(
  " ",
);

/** Texts of the given numbers of tokens, the two special ones included. */
export function textsOf(lengths) {
  return lengths.map((length, i) => ({
    text: Array.from({ length: length - 2 }, (_, j) => words[(7 * i + j) % words.length]).join(" "),
  }));
}
