// Fails when the package's weight in the browser passes its budget: what a page downloads.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { budgets as importBudgets, programOf, titleOf, weigh } from "./budgets.mjs";

const kibibyte = 1024;

/** An entry as an application bundles it, minified; the kernels are inlined as text. */
const bundled = (entry) => bundle({ entryPoints: [entry] });

/** A program that imports from the package by its name. */
const bundledProgram = (contents) =>
  bundle({ stdin: { contents, resolveDir: "." }, tsconfigRaw: {} });

async function bundle(options) {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logOverride: { "ignored-bare-import": "silent" },
  });
  return outputFiles[0].contents;
}

const budgets = [
  { what: "kernels.wasm", bytes: await readFile("dist/edge/kernels.wasm"), limit: 42.5 },
  { what: "lowrank", bytes: await bundled("dist/index.js"), limit: 127.5 },
  { what: "lowrank/relaxed", bytes: await bundled("dist/relaxed/index.js"), limit: 133 },
  {
    what: "kernels of lowrank/threads",
    bytes: await readFile("build/kernels.threads.wasm"),
    limit: 22,
  },
  { what: "lowrank/theory", bytes: await bundled("dist/theory/index.js"), limit: 76.5 },
  { what: "lowrank/bounds", bytes: await bundled("dist/bounds/index.js"), limit: 63.5 },
  { what: "lowrank/generative", bytes: await bundled("dist/generative/index.js"), limit: 58 },
  { what: "lowrank/federated", bytes: await bundled("dist/federated/index.js"), limit: 30 },
  { what: "lowrank/lora", bytes: await bundled("dist/lora/index.js"), limit: 139 },
  // With the fits on threads, which need what the fits of lowrank need.
  { what: "lowrank/threads", bytes: await bundled("dist/threads/index.js"), limit: 125.5 },
];

/** Says what something weighs; fails when that is too much. */
function judge(what, size, limit) {
  const line = `${what}, gzip: ${size.toFixed(1)} KiB of ${limit} KiB`;
  if (size <= limit) {
    console.log(line);
  } else {
    console.error(`${line}: over budget`);
    process.exitCode = 1;
  }
}

for (const { what, bytes, limit } of budgets) {
  judge(what, gzipSync(bytes, { level: 9 }).length / kibibyte, limit);
}
for (const budget of importBudgets) {
  const size = await weigh(await bundledProgram(programOf(budget)), budget);
  judge(titleOf(budget), size, budget.limit);
}
