// Question: what does a page download for an SVD?
//
//     npm run bench -- sizes
//
// Each package in the smallest form that it documents, bundled for browsers by esbuild, minified,
// gzip at level 9, with its WebAssembly.
import { build } from "esbuild";
import { weigh } from "../scripts/budgets.mjs";
import { versionOf } from "./harness/installed.mjs";
import { runParts } from "./report.mjs";

const here = new URL(".", import.meta.url).pathname;
const root = new URL("..", import.meta.url).pathname;

/** By package: the program, and where its names are looked up. */
const programs = [
  ["lowrank", 'export { svd } from "lowrank";', root],
  [
    "lowrank/slim",
    'export { init, svd } from "lowrank/slim";',
    root,
    { kernels: "kernels/decompositions" },
  ],
  ["ml-matrix", 'export { SVD } from "ml-matrix";', here],
  ["jax-js", 'import { lax } from "@jax-js/jax"; export const svd = lax.linalg.svd;', here],
  ["numpy-ts", 'import { linalg } from "numpy-ts/core"; export const svd = linalg.svd;', here],
  ["mathjs (eigs; it has no SVD)", 'export { eigs } from "mathjs";', here],
];

const nameInRegistry = { "jax-js": "@jax-js/jax" };

async function sizeOf(contents, resolveDir, kernels) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    ...{ bundle: true, minify: true, format: "esm", platform: "browser", write: false },
    external: ["node:*", "fs", "path", "module", "url", "worker_threads"],
    tsconfigRaw: {},
    logLevel: "error",
  });
  return weigh(outputFiles[0].contents, kernels ?? {});
}

const rows = [];
for (const [name, program, folder, kernels] of programs) {
  const size = await sizeOf(program, folder, kernels);
  const registered = name.split(" ")[0];
  const version = name.startsWith("lowrank")
    ? "this one"
    : versionOf(nameInRegistry[registered] ?? registered);
  rows.push([name, version, size.toFixed(1)]);
}

await runParts(
  "sizes",
  "What does a page download for an SVD?",
  {
    svd: () => ({
      title: "An SVD in a page, minified and compressed",
      columns: ["package", "version", "KiB, gzip"],
      rows,
      remarks: "Kernels included. numpy-ts by `numpy-ts/core`, its smaller entry.",
    }),
  },
  process.argv.slice(2),
);
