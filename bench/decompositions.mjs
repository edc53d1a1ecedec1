// Question: what do pca, truncatedSvd and nmf cost beside scikit-learn?
// npm run bench -- decompositions     LOWRANK_PYTHON=python3 names a Python that has scikit-learn
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as baseline from "../dist/index.js";
import * as relaxed from "../dist/relaxed/index.js";
import { processorMilliseconds } from "../lab/processor-time.mjs";
import { median } from "../lab/statistics.mjs";
import { runParts } from "./report.mjs";

const question = "What do pca, truncatedSvd and nmf cost beside scikit-learn?";
const rounds = 15;
/** Engines compile what runs often, in threads whose time counts; scikit-learn was compiled before. */
const warmUps = 20;

/** Rows whose columns vary less and less, about a mean that is not 0: as embeddings. */
function embeddings({ Matrix, mapEntries }, rows, cols) {
  const normal = Matrix.randomNormal(rows, cols, { seed: 1, dtype: "f32" });
  return mapEntries(normal, (x, _, j) => 1 + x / Math.sqrt(1 + j));
}

/** Word counts: one entry in a hundred. */
function counts({ Matrix, SparseMatrix }, rows, cols) {
  const count = (rows * cols) / 100;
  const at = Matrix.randomNormal(2, count, { seed: 2 });
  const place = (i, size) => Math.floor(Math.abs(at.data[i]) * 1e6) % size;
  return SparseMatrix.fromTriplets({
    ...{ rows, cols, values: new Float32Array(count).fill(1) },
    rowIndices: Int32Array.from({ length: count }, (_, i) => place(i, rows)),
    colIndices: Int32Array.from({ length: count }, (_, i) => place(count + i, cols)),
  });
}

/** What is timed, with one of the two entries, by the names of decompositions.py. */
function works(lowrank) {
  const { mapEntries, nmf, pca, truncatedSvd } = lowrank;
  const table = embeddings(lowrank, 10_000, 384);
  const wide = embeddings(lowrank, 2000, 1000);
  const words = counts(lowrank, 5000, 5000);
  const positive = mapEntries(embeddings(lowrank, 2000, 300), Math.abs);
  return {
    "pca 10000 x 384 to 64": () => pca(table, { components: 64 }),
    "pca 2000 x 1000 to 20": () => pca(wide, { components: 20 }),
    "truncatedSvd 5000 x 5000 sparse to 20": () => truncatedSvd(words, { components: 20 }),
    "nmf 2000 x 300 to 10": () => nmf(positive, { components: 10, maxIterations: 50 }),
  };
}

const worksBaseline = works(baseline);
/** Node 20 has no relaxed SIMD. */
const worksRelaxed = baseline.supportsRelaxedSimd() ? works(relaxed) : {};
/** Shares of scikit-learn's time. */
const targets = { "pca 10000 x 384 to 64": 1.5 };

const held = {
  OPENBLAS_CORETYPE: "Haswell",
  OPENBLAS_NUM_THREADS: "1",
  OMP_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
};
const python = spawn(
  process.env.LOWRANK_PYTHON ?? "python3",
  [fileURLToPath(new URL("decompositions.py", import.meta.url))],
  { stdio: ["pipe", "pipe", "ignore"], env: { ...process.env, ...held } },
);
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
python.on("error", () => {});
python.stdin.on("error", () => {});

/** Milliseconds of scikit-learn; undefined where there is none. */
async function theirs(name) {
  python.stdin.write(`${JSON.stringify(name)}\n`);
  const { value } = await answers.next();
  return value && JSON.parse(value);
}

/** Milliseconds of `run`, where there is one. */
function ours(run) {
  if (run === undefined) return undefined;
  const start = processorMilliseconds();
  run();
  return processorMilliseconds() - start;
}

const cell = (value, digits = 1) => value?.toFixed(digits) ?? "-";

async function decompositions() {
  const rows = [];
  for (const [name, run] of Object.entries(worksBaseline)) {
    const times = [[], [], []];
    for (let round = -warmUps; round < rounds; round++) {
      const found = [ours(run), ours(worksRelaxed[name]), await theirs(name)];
      if (round >= 0) for (const [i, list] of times.entries()) list.push(found[i]);
    }
    const medians = times.map((list) => (list.includes(undefined) ? undefined : median(list)));
    const ratios = medians.slice(0, 2).map((time) => time && medians[2] && time / medians[2]);
    const wanted = name in targets ? `≤ ${targets[name].toFixed(2)}` : "";
    const cells = [...medians.map((time) => cell(time)), ...ratios.map((ratio) => cell(ratio, 2))];
    rows.push([name, ...cells, wanted]);
  }
  python.stdin.end();
  return {
    title: "Decompositions beside scikit-learn held to AVX2, on one core",
    columns: [
      ...["work", "lowrank, ms", "lowrank/relaxed, ms", "scikit-learn, ms"],
      ...["lowrank / scikit-learn", "lowrank/relaxed / scikit-learn", "wanted"],
    ],
    rows,
    remarks:
      `f32. Time of the processor, all threads of the engine together; medians of ${rounds} in turn after ` +
      `${warmUps}. The fused multiply-add of lowrank/relaxed is what scikit-learn's products have, in vectors of twice the length.\n`,
  };
}

await runParts("decompositions", question, { decompositions }, process.argv.slice(2));
