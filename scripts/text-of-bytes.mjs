// Bytes as a text that stands between quotes in JavaScript, and that gzip packs as well as the bytes: what
// src/wasm/decode.ts reads.
import { readFileSync } from "node:fs";

const decoder = new URL("../src/wasm/decode.ts", import.meta.url);
const [, frequent] = /frequentBytes =\s*"(\w+)"/.exec(readFileSync(decoder, "utf8"));
const [, characters] = /characters =\s*"(.+)"/.exec(readFileSync(decoder, "utf8"));

const singles = [...characters];
const prefixes = singles.splice(-2);
const order = [...new Set([...Buffer.from(frequent, "hex"), ...Array(256).keys()])];
const codes = [];
for (const [place, byte] of order.entries()) {
  const rest = place % singles.length;
  const prefix = place < singles.length ? "" : prefixes[Math.floor(place / singles.length) - 1];
  codes[byte] = prefix + singles[rest];
}

/** The text of bytes. */
export const textOf = (bytes) => Array.from(bytes, (byte) => codes[byte]).join("");
