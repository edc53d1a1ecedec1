// npm run wat -- gemm: the WebAssembly text of the kernels whose names hold the word.
import { readFileSync } from "node:fs";

const [word] = process.argv.slice(2);
if (word === undefined) {
  console.error("usage: npm run wat -- NAME, such as gemm, gemm_f32 or assembly/qr/");
  process.exit(2);
}
const functions = readFileSync("build/kernels.wat", "utf8").split(/^(?= \(func )/m);
const found = functions.filter((text) => /^ \(func (\S+)/.exec(text)?.[1].includes(word));
if (found.length === 0) {
  console.error(`no function's name holds ${JSON.stringify(word)}; inlined ones have no text`);
  process.exit(1);
}
// head closes the pipe when it has enough.
process.stdout.on("error", () => process.exit());
for (const text of found) process.stdout.write(text);
