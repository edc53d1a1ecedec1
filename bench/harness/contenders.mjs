// Who is measured. A new contender, or a new build of ours, is a row here and, where it needs one, a
// file in contenders/.
//
// name, runtimes   a row of the tables for each Node it starts under
// module, options  contenders/module exports start(options)
// relaxed          uses relaxed SIMD: compared with our relaxed build, not with the baseline
// role             "ours", "threads", "peer" (the default), "native" (the reference), "ceiling", or
//                  "other" (shown, never compared with)
// largest          for an operation, the greatest size worth the time: beyond, the rate is flat
// smallest         for an operation, the least size where it says something
import { pathToFileURL } from "node:url";

const both = ["Node 20", "Node 24"];

export const contenders = [
  { name: "lowrank", module: "lowrank.mjs", runtimes: both, role: "ours" },
  { name: "lowrank kernels", module: "lowrank-kernels.mjs", runtimes: both, role: "ours" },
  {
    name: "lowrank/relaxed",
    module: "lowrank.mjs",
    runtimes: ["Node 24"], // Node 20 has no relaxed SIMD
    options: { entry: "relaxed/index.js" },
    relaxed: true,
    role: "ours",
  },
  { name: "lowrank/threads", module: "lowrank-threads.mjs", runtimes: both, role: "threads" },
  { name: "numpy-ts", module: "numpy-ts.mjs", runtimes: both, options: { relaxed: false } },
  { name: "numpy-ts, relaxed", module: "numpy-ts.mjs", runtimes: ["Node 24"], relaxed: true },
  {
    name: "numpy-ts 1.4", // the newest that says it supports Node 20
    module: "numpy-ts.mjs",
    runtimes: ["Node 20"],
    options: { package: "numpy-ts-node20", relaxed: false },
  },
  { name: "tfjs-backend-wasm", module: "tfjs.mjs", runtimes: both, largest: { qr: 128 } },
  { name: "jax-js", module: "jax-js.mjs", runtimes: both },
  { name: "onnxruntime-web", module: "onnxruntime-web.mjs", runtimes: both },
  { name: "ml-matrix", module: "ml-matrix.mjs", runtimes: both, largest: { matmul: 512 } },
  { name: "mathjs", module: "mathjs.mjs", runtimes: both, largest: { matmul: 256 } },
  { name: "@stdlib", module: "stdlib.mjs", runtimes: both, largest: { matmul: 256 } },
  {
    name: "plain loops",
    module: "plain.mjs",
    runtimes: both,
    role: "other",
    largest: { matmul: 512 },
  },
  { name: "NumPy", runtimes: ["Python"], role: "native" },
  {
    name: "ceiling",
    module: "ceiling.mjs",
    runtimes: both,
    role: "ceiling",
    smallest: { matmul: 64 },
  },
  {
    name: "ceiling, relaxed",
    module: "ceiling.mjs",
    runtimes: ["Node 24"],
    options: { variant: "relaxed" },
    relaxed: true,
    role: "ceiling",
    smallest: { matmul: 64 },
  },
];

/** Our build in another checkout, to be measured beside this one. */
export function beside(folder) {
  const options = { root: pathToFileURL(`${folder}/`).href };
  const common = { runtimes: both, role: "other", besides: true, options };
  return [
    { ...common, name: `lowrank in ${folder}`, module: "lowrank.mjs" },
    { ...common, name: `lowrank kernels in ${folder}`, module: "lowrank-kernels.mjs" },
  ];
}
