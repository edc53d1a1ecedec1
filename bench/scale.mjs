// Question: how much sooner are fits, decompositions and embeddings done on several threads, and are the
// results the same?
// node bench/scale.mjs [part ...] [--python python3]: the parts named below, or all; parts that are not run keep
// the tables of their last run. "peers" asks for a Python with implicit, scikit-surprise and pandas; also
//   node bench/scale.mjs fit KIND THREADS ENTRIES: one fit in this process, as a line of JSON.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { completeMatrix, Matrix, randomizedSvd, rankMatrix, svd } from "../dist/index.js";
import { ParallelEncoder } from "../dist/lora/threads.js";
import { completeMatrixParallel, rankMatrixParallel, ThreadPool } from "../dist/threads/index.js";
import { loadMiniLm, textsOf } from "../lab/minilm.mjs";
import { uniform } from "../lab/random.mjs";
import { median } from "../lab/statistics.mjs";
import { runParts } from "./report.mjs";
import { peers } from "./scale-peers.mjs";

const question = "How much sooner are fits, decompositions and embeddings done on several threads?";
const self = fileURLToPath(import.meta.url);
const shapes = {
  100000: { rows: 2000, cols: 1500 },
  1000000: { rows: 20_000, cols: 4000 },
  10000000: { rows: 100_000, cols: 10_000 },
};

/** Ratings of six tastes and noise; some users rate much, and few items get most of the ratings. */
function ratings(entries) {
  const { rows, cols } = shapes[entries];
  const tastes = 6;
  const next = uniform(1);
  const about = () => next() + next() + next() - 1.5;
  const [P, Q] = [rows, cols].map((size) => Float64Array.from({ length: size * tastes }, about));
  const rowIds = new Int32Array(entries);
  const colIds = new Int32Array(entries);
  const values = new Float64Array(entries);
  for (let p = 0; p < entries; p++) {
    const row = Math.floor(rows * next() ** 1.5);
    const col = Math.floor(cols * next() ** 2);
    let value = 3 + 1.5 * about();
    for (let c = 0; c < tastes; c++) value += 1.2 * P[row * tastes + c] * Q[col * tastes + c];
    [rowIds[p], colIds[p], values[p]] = [row, col, Math.round(2 * value) / 2];
  }
  return { rowIds, colIds, values };
}

/** Who rated what at 4 or more: what is rated is chance, what is liked is taste. */
function likes(rowIds, colIds, values) {
  const liked = (_, p) => values[p] >= 4;
  return { rowIds: rowIds.filter(liked), colIds: colIds.filter(liked) };
}

async function fit(kind, threads, entries) {
  const { rowIds, colIds, values } = ratings(entries);
  const start = performance.now();
  let model;
  if (kind === "completion") {
    const data = { rowIds, colIds, values };
    model = threads ? await completeMatrixParallel(data, { threads }) : completeMatrix(data);
  } else {
    const data = likes(rowIds, colIds, values);
    model = threads ? await rankMatrixParallel(data, { threads }) : rankMatrix(data);
  }
  const seconds = (performance.now() - start) / 1000;
  const hash = createHash("sha256").update(model.save()).digest("hex").slice(0, 8);
  console.log(JSON.stringify({ seconds, hash }));
}

/** Rounds of the function of one thread and of fits on threads, in turn. */
function compare(kind, entries, rounds) {
  const kinds = [0, 1, 2];
  const runs = kinds.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const threads of kinds) {
      const args = [self, "fit", kind, String(threads), String(entries)];
      runs[threads].push(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })));
      console.error(kind, entries, threads, runs[threads].at(-1).seconds.toFixed(1));
    }
  }
  const seconds = runs.map((list) => median(list.map((run) => run.seconds)));
  const same = new Set(runs.flat().map(({ hash }) => hash)).size === 1;
  return [
    kind,
    entries.toLocaleString("en"),
    ...seconds.map((value) => value.toFixed(2)),
    (seconds[0] / seconds[2]).toFixed(2),
    same ? "yes" : "no",
  ];
}

const columns = [
  ...["fit", "entries", "no threads, s", "1 thread, s", "2 threads, s"],
  ...["no threads / 2 threads", "same bytes"],
];

/** Work without threads and on two, in turn, in this process; warmed up once. */
async function compareHere(name, rounds, without, on) {
  const works = [without, on];
  const times = [[], []];
  const hashes = new Set();
  for (let round = -1; round < rounds; round++) {
    for (const [q, work] of works.entries()) {
      const start = performance.now();
      const data = await work();
      if (round >= 0) times[q].push(performance.now() - start);
      hashes.add(createHash("sha256").update(data).digest("hex"));
    }
  }
  const [alone, two] = times.map(median);
  console.error(name, alone.toFixed(0), two.toFixed(0));
  const same = hashes.size === 1 ? "yes" : "no";
  return [name, alone.toFixed(0), two.toFixed(0), (alone / two).toFixed(2), same];
}

async function pool() {
  const threads = await ThreadPool.create({ threads: 2 });
  const tall = Matrix.randomNormal(4000, 500, { seed: 1 });
  const square = Matrix.randomNormal(1000, 1000, { seed: 2 });
  const sketch = { rank: 50, seed: 3 };
  const texts = textsOf(Array.from({ length: 1000 }, (_, i) => 8 + (i % 5) * 6)).map(
    ({ text }) => text,
  );
  const encoder = loadMiniLm();
  const replicas = await ParallelEncoder.create(encoder, { threads: 2 });
  try {
    const rows = [
      await compareHere(
        "randomizedSvd, 4000 x 500, rank 50",
        9,
        () => randomizedSvd(tall, sketch).U.data,
        async () => (await threads.randomizedSvd(tall, sketch)).U.data,
      ),
      await compareHere(
        "svd, 1000 x 1000",
        3,
        () => svd(square).U.data,
        async () => (await threads.svd(square)).U.data,
      ),
      await compareHere(
        "embeddings of 1,000 texts of 8 to 32 tokens, MiniLM",
        3,
        () => encoder.embed(texts).data,
        async () => (await replicas.embed(texts)).data,
      ),
    ];
    return {
      title: "Decompositions and embeddings on threads",
      columns: ["work", "no threads, ms", "2 threads, ms", "ratio", "same bytes"],
      rows,
      remarks: "f64 matrices; medians of nine and of three, in turn.",
    };
  } finally {
    await Promise.all([replicas.terminate(), threads.terminate()]);
  }
}

const remarks =
  "Synthetic ratings, defaults; each fit in a process of its own, in turn; medians of three, of completions of a " +
  "million ratings and more one each. The clicks of a ranking are the ratings of 4 and more. " +
  "Of two threads that may be used a fit of 100,000 ratings starts one (entriesPerThread).";

const parts = {
  threads: () => ({
    title: "Fits on threads",
    columns,
    rows: [
      compare("completion", 100_000, 3),
      compare("completion", 1_000_000, 1),
      compare("ranking", 1_000_000, 3),
      compare("ranking", 10_000_000, 3),
    ],
    remarks,
  }),
  large: () => ({
    title: "A fit of ten million ratings on threads",
    columns,
    rows: [compare("completion", 10_000_000, 1)],
    remarks,
  }),
  pool,
  peers: () => peers(python),
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: "string", default: "python3" } },
});
const { python } = flags;
const [mode, kind, threads, entries] = positionals;
if (mode === "fit") await fit(kind, Number(threads), Number(entries));
else await runParts("scale", question, parts, positionals);
