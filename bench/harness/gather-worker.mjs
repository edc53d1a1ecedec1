// Prints one object a line for each pattern, type and width of kernels/sampled.mjs: what
// gather-bound.mjs measures. Argument: { shapes, dtypes, widths, milliseconds }.
import { readFileSync } from "node:fs";
import { measureGatherBound, randomPattern, shapes } from "../gather-bound.mjs";
import { ceilings } from "./compile.mjs";

const task = JSON.parse(process.argv[2]);
const kernels = readFileSync(new URL("../../dist/edge/kernels.wasm", import.meta.url));
const gather = readFileSync(ceilings.gather);
for (const shape of task.shapes) {
  const pattern = randomPattern(shapes[shape]);
  for (const dtype of task.dtypes) {
    for (const k of task.widths) {
      const { milliseconds } = task;
      const bound = measureGatherBound({ kernels, gather, pattern, dtype, k, milliseconds });
      console.log(JSON.stringify({ shape, dtype, k, ...bound }));
    }
  }
}
