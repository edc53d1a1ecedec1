// Question: what do pca, truncatedSvd and nmf cost beside scikit-learn held to AVX2, on one core?
//
//     npm run bench -- decompositions     LOWRANK_PYTHON=python3 names a Python that has scikit-learn
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Matrix, mapEntries, nmf, pca, SparseMatrix, truncatedSvd } from "../dist/index.js";
import { processorMilliseconds } from "../lab/processor-time.mjs";
import { median } from "../lab/statistics.mjs";

const rounds = 5;

/** Rows whose columns vary less and less, about a mean that is not 0: as embeddings. */
function embeddings(rows, cols) {
  const normal = Matrix.randomNormal(rows, cols, { seed: 1, dtype: "f32" });
  return mapEntries(normal, (x, _, j) => 1 + x / Math.sqrt(1 + j));
}

/** Word counts: one entry in a hundred. */
function counts(rows, cols) {
  const count = (rows * cols) / 100;
  const at = Matrix.randomNormal(2, count, { seed: 2 });
  const place = (i, size) => Math.floor(Math.abs(at.data[i]) * 1e6) % size;
  return SparseMatrix.fromTriplets({
    ...{ rows, cols, values: new Float32Array(count).fill(1) },
    rowIndices: Int32Array.from({ length: count }, (_, i) => place(i, rows)),
    colIndices: Int32Array.from({ length: count }, (_, i) => place(count + i, cols)),
  });
}

const table = embeddings(10_000, 384);
const wide = embeddings(2000, 1000);
const words = counts(5000, 5000);
const positive = mapEntries(embeddings(2000, 300), Math.abs);

/** By the names of decompositions.py; the targets are shares of scikit-learn's time. */
const rows = {
  "pca 10000 x 384 to 64": { run: () => pca(table, { components: 64 }), target: 1.5 },
  "pca 2000 x 1000 to 20": { run: () => pca(wide, { components: 20 }) },
  "truncatedSvd 5000 x 5000 sparse to 20": { run: () => truncatedSvd(words, { components: 20 }) },
  "nmf 2000 x 300 to 10": { run: () => nmf(positive, { components: 10, maxIterations: 50 }) },
};

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

function ours(run) {
  const start = processorMilliseconds();
  run();
  return processorMilliseconds() - start;
}

const number = (value, digits = 1) => (value?.toFixed(digits) ?? "-").padStart(9);
console.log(`${"milliseconds".padEnd(40)}  lowrank  scikit-learn  ratio`);
for (const [name, { run, target }] of Object.entries(rows)) {
  const times = { ours: [], theirs: [] };
  for (let round = 0; round < rounds + 1; round++) {
    const [mine, other] = [ours(run), await theirs(name)];
    // The first round warms up.
    if (round === 0) continue;
    times.ours.push(mine);
    if (other !== undefined) times.theirs.push(other);
  }
  const mine = median(times.ours);
  const other = times.theirs.length > 0 ? median(times.theirs) : undefined;
  const ratio = other && mine / other;
  const wanted = target === undefined ? "" : `  (wanted: at most ${target})`;
  console.log(name.padEnd(40), number(mine), number(other), number(ratio, 2), wanted);
}
python.stdin.end();
