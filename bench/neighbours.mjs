// Question: what does a step of the neighbours' methods cost beside the same in NumPy, on one core?
//
//     npm run bench -- neighbours         LOWRANK_PYTHON=python3 names a Python that has NumPy
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { certification } from "../dist/bounds/index.js";
import {
  absolute,
  medianOfMeans,
  ReluGenerator,
  recover,
  squares,
} from "../dist/generative/index.js";
import * as core from "../dist/index.js";
import { processorMilliseconds } from "../lab/processor-time.mjs";
import { prototypeTask } from "../lab/prototypes.mjs";
import { median } from "../lab/statistics.mjs";
import { polarAir } from "./polar-air.mjs";

const { gd, Matrix, matmul } = core;
const rounds = 3;

/** The problem: latent vectors of one generator, Gaussian rows. */
function problem(sizes, measurements, output, dtype) {
  const generator = ReluGenerator.random({ sizes, output, dtype, seed: 1 });
  const z = Matrix.randomNormal(1, sizes[0], { seed: 2, dtype });
  const operator = Matrix.randomNormal(measurements, sizes.at(-1), { seed: 3, dtype });
  for (let i = 0; i < operator.data.length; i++) operator.data[i] /= Math.sqrt(measurements);
  const y = matmul(operator, generator.value(z), { transposeB: true }).data;
  return { generator, operator, measurements: y, restarts: 1 };
}
const robust = (loss) => (dtype) => ({ ...problem([5, 40, 100], 200, "linear", dtype), loss });
const expansive = (sizes, measurements) => (dtype) => ({
  ...problem(sizes, measurements, "relu", dtype),
  ...{ optimizer: gd({ learningRate: 0.5 }), negationCheck: true },
});

/** By the names of neighbours.py. */
const rows = {
  squares: { options: robust(squares()), steps: 800 },
  absolute: { options: robust(absolute()), steps: 800 },
  medianOfMeans: { options: robust(medianOfMeans({ blocks: 40 })), steps: 800 },
  "expansive-10": { options: expansive([10, 100], 60), steps: 400 },
  "expansive-80": { options: expansive([80, 800], 480), steps: 200 },
  "expansive-deep-40": { options: expansive([40, 200, 1000], 480), steps: 200 },
};

/** Microseconds of processor time of a step. */
function ours({ options, steps }, dtype) {
  const run = recover({ ...options(dtype), steps });
  run.next();
  const start = processorMilliseconds();
  for (const _ of run);
  return (1000 * (processorMilliseconds() - start)) / steps;
}

const python = spawn(
  process.env.LOWRANK_PYTHON ?? "python3",
  [fileURLToPath(new URL("neighbours.py", import.meta.url))],
  { stdio: ["pipe", "pipe", "ignore"] },
);
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
python.on("error", () => {});
python.stdin.on("error", () => {});

/** Microseconds of NumPy's step; undefined where there is no NumPy. */
async function theirs(row, steps) {
  python.stdin.write(`${JSON.stringify({ row, steps })}\n`);
  const { value } = await answers.next();
  return value && JSON.parse(value).microseconds;
}

/** Milliseconds of processor time of a step of `certify` in a subspace of 400 numbers, in f32 (A). */
function subspaceStep(samples, steps) {
  const options = { sizes: [64, 48, 10], dimension: 400, steps: steps + 50, tuningSteps: 0 };
  const run = certification(samples, options);
  for (let step = 0; step < 50; step++) run.next();
  const start = processorMilliseconds();
  for (let step = 0; step < steps; step++) run.next();
  return (processorMilliseconds() - start) / steps;
}

const number = (value) => (value === undefined ? "-" : value.toFixed(2)).padStart(9);
console.log("microseconds of a step    f32      f64    NumPy f64   f32/NumPy f64/NumPy");
for (const [name, row] of Object.entries(rows)) {
  const times = { f32: [], f64: [], numpy: [] };
  for (let round = 0; round < rounds + 4; round++) {
    const [single, double] = ["f32", "f64"].map((dtype) => ours(row, dtype));
    const other = await theirs(name, row.steps);
    // The first rounds warm up.
    if (round < 4) continue;
    times.f32.push(single);
    times.f64.push(double);
    if (other !== undefined) times.numpy.push(other);
  }
  const [single, double] = [median(times.f32), median(times.f64)];
  const other = times.numpy.length > 0 ? median(times.numpy) : undefined;
  const ratios = [single, double].map((value) => other && value / other);
  console.log(name.padEnd(20), ...[single, double, other, ...ratios].map(number));
}
const subspace = { lowrank: [], numpy: [] };
const samples = prototypeTask(core, 1)(10_000, 1);
for (let round = 0; round < rounds + 2; round++) {
  const own = subspaceStep(samples, 1000);
  const other = await theirs("subspace", 1000);
  if (round < 2) continue;
  subspace.lowrank.push(own);
  if (other !== undefined) subspace.numpy.push(other / 1000);
}
python.stdin.end();

console.log("\nmilliseconds                          lowrank      NumPy     ratio");
const air = polarAir({ python: process.env.LOWRANK_PYTHON, rounds });
const step = median(subspace.lowrank);
const numpyStep = subspace.numpy.length > 0 ? median(subspace.numpy) : undefined;
console.log(
  "a step in a subspace of 400, f32".padEnd(34),
  ...[step, numpyStep, numpyStep && step / numpyStep].map(number),
);
const [ms, numpyMs] = [air.lowrank, air.numpy];
console.log(air.work.padEnd(34), ...[ms, numpyMs, numpyMs && ms / numpyMs].map(number));
