// MiniLM and texts of given lengths for it.
import { fileURLToPath } from "node:url";
import { loadEncoder } from "../../dist/lora/index.js";
import { readModelFolder } from "../../dist/lora/node.js";

export const folder = fileURLToPath(new URL("../models/minilm", import.meta.url));

export const loadMiniLm = () => loadEncoder(readModelFolder(folder));

/** Each of them one token. */
const words = "the time person year way day thing man world life hand part child eye woman".split(
  " ",
);

/** Texts of so many tokens, the two special ones included. */
export function textsOf(lengths) {
  return lengths.map((length, i) => ({
    text: Array.from({ length: length - 2 }, (_, j) => words[(7 * i + j) % words.length]).join(" "),
  }));
}
