// Question: what would a fit of a billion ratings, 40 million users by 10,000 items, take on 4, 8 and 16 machines?
// node bench/billion.mjs [part ...]: measures the terms of a model here, replays the exchanges of a sweep through a
// real Redis, and writes docs/evidence/billion.md. Parts: pattern, entries, redis. Needs redis-server.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Redis } from "ioredis";
import { machine } from "../lab/machine.mjs";
import { median } from "../lab/statistics.mjs";
import { largeRatings } from "./harness/large-ratings.mjs";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const self = path("billion.mjs");
const results = path("results/billion.json");
const page = path("../docs/evidence/billion.md");

const size = { rows: 40_000_000, cols: 10_000, entries: 1e9 };
/** Blocks of rows of such a matrix: 80,000 entries each. */
const blocks = Math.ceil(size.entries / (8 * size.cols));
const counts = [4, 8, 16];
/** What is not measured here: said on the page. */
const assumed = { threads: 16, efficiency: 0.7, dollarsAnHour: 0.8 };

async function sources() {
  const outfile = path("../build/bench/cluster-sources.mjs");
  await build({
    ...{ entryPoints: [path("harness/cluster-sources.ts")], outfile, bundle: true },
    ...{ format: "esm", platform: "node", target: "node20", logLevel: "warning" },
  });
  return import(outfile);
}

/** A matrix of a few hundred thousand ratings with as many columns. */
function smallMatrix({ SparseMatrix }, rows, perRow) {
  const [starts, cols, values] = [[0], [], []];
  let user;
  for (const { user: next, item, rating } of largeRatings(rows, size.cols, perRow)) {
    if (user !== undefined && next !== user) starts.push(cols.length);
    user = next;
    cols.push(Number(item.slice(1)));
    values.push(rating);
  }
  starts.push(cols.length);
  const arrays = [Int32Array.from(starts), Int32Array.from(cols), Float64Array.from(values)];
  return SparseMatrix.fromSorted(size.cols, ...arrays);
}

function settingsOf({ readCompletionOptions, settingsFor }, rows) {
  const options = readCompletionOptions("bench", { ranking: false, steps: 56 });
  return settingsFor("bench", options, rows, size.cols);
}

/** Every exchange of a fit: what it is of, and its bytes where there are so many blocks as of a billion. */
async function pattern() {
  const lib = await sources();
  const matrix = smallMatrix(lib, 4000, 100);
  const all = lib.RowBlocks.of(matrix);
  const cut = all.count >> 1;
  const shards = [
    [0, cut],
    [cut, all.count],
  ].map(([first, end]) => {
    const own = new lib.RowBlocks(all.starts, first, end);
    const [row, last] = [own.firstRow, own.firstRow + own.rows];
    const [from, to] = [matrix.rowStart[row], matrix.rowStart[last]];
    const rows = lib.SparseMatrix.fromSorted(
      size.cols,
      matrix.rowStart.slice(row, last + 1).map((start) => start - from),
      matrix.colIndices.slice(from, to),
      matrix.values.slice(from, to),
    );
    return lib.fitShard(() => rows, settingsOf(lib, matrix.rows), own);
  });
  const found = [];
  let steps = 0;
  let phase = "prepare";
  for (;;) {
    const next = shards.map((shard) => shard.next());
    if (next[0].done) break;
    if (!(next[0].value instanceof lib.Exchange)) {
      if (phase !== next[0].value.phase) console.error(`pattern: ${phase}, ${found.length}`);
      phase = next[0].value.phase;
      if (phase !== "biases") steps++;
      continue;
    }
    const parts = next.map(({ value }) => value.numbers);
    const sums = parts[0].map((number, i) => number + parts[1][i]);
    for (const part of parts) part.set(sums);
    const { length, BYTES_PER_ELEMENT: bytes } = parts[0];
    found.push({ step: steps, bytes: bytes * (length === all.count ? blocks : length) });
  }
  // Sweeps are alike: the last one is of the refit, with implicit terms.
  const sweep = found
    .filter(({ step }) => step > steps - 14 && step <= steps)
    .map((one) => one.bytes);
  const inSteps = found.filter(({ step }) => step > 0);
  const sum = (list) => list.reduce((total, { bytes }) => total + bytes, 0);
  return {
    steps,
    sweep,
    exchanges: found.length,
    before: found.length - inSteps.length,
    bytes: sum(found),
    bytesBefore: sum(found) - sum(inSteps),
  };
}

/** Nanoseconds of one core for an entry in a step, with implicit terms. */
async function entries() {
  const lib = await sources();
  const matrix = smallMatrix(lib, 20_000, 100);
  const run = lib.fitShard(() => matrix, settingsOf(lib, matrix.rows), lib.RowBlocks.of(matrix));
  const times = [];
  let last;
  for (let next = run.next(); !next.done; next = run.next()) {
    const now = performance.now();
    if (next.value.phase === "refit" && last !== undefined) times.push(now - last);
    last = now;
    // Three sweeps say it.
    if (times.length >= 42) break;
  }
  return { nanoseconds: (1e6 * times.reduce((a, b) => a + b, 0)) / times.length / matrix.nonzeros };
}

async function ownRedis() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  const given = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const redis = spawn("redis-server", given, { stdio: "ignore" });
  const client = new Redis({ port, maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on("error", () => {});
  await client.ping();
  return {
    port,
    client,
    stop() {
      client.disconnect();
      redis.kill("SIGKILL");
    },
  };
}

/** A process that takes part in the exchanges of a sweep, and sleeps where it would compute. */
async function takePart(port, shard, milliseconds, sizes) {
  const { RunStore, Frames, addUp, byShard } = await sources();
  const [redis, waiting] = [0, 1].map(() => new Redis({ port, maxRetriesPerRequest: null }));
  const store = new RunStore(redis, "billion");
  const frames = new Frames("0123456789abcdef");
  const token = `shard ${shard}`;
  await store.hold(shard, token);
  const compute = milliseconds / sizes.length;
  const done = [];
  for (const [i, bytes] of sizes.entries()) {
    if (compute > 0) await new Promise((resolve) => setTimeout(resolve, compute));
    const round = i + 1;
    const kind = bytes % 8 === 0 && bytes < 1e6 ? "float64" : "int32";
    const mine = frames.encode({ kind, round, body: new Uint8Array(bytes) });
    const start = performance.now();
    const [word, ...parts] = await store.handIn(shard, token, round, mine);
    if (word === "complete") {
      const all = [...byShard(parts)].map(([, part]) =>
        frames.decode(part, kind, round, "a shard"),
      );
      await store.publish(shard, token, round, frames.encode({ ...addUp(all), round }));
    } else {
      for (let known = new Map(); !known.has(round); )
        known = await store.sums(waiting, round, 1000);
    }
    done.push(performance.now() - start);
  }
  console.log(JSON.stringify(done));
  process.exit();
}

/** A sweep's exchanges between so many processes. Returns seconds, and the median of large and of small exchanges. */
async function replay(machines, seconds, sizes) {
  const redis = await ownRedis();
  const record = ["state", "running", "round", "1", "shards", machines, "expiry", "600000"];
  await redis.client.hset("lowrank:{billion}:run", ...record);
  const start = performance.now();
  const children = Array.from({ length: machines }, (_, shard) => {
    const args = [self, "shard", redis.port, shard, 1000 * seconds, JSON.stringify(sizes)];
    return spawn(process.execPath, args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
  });
  const told = await Promise.all(
    children.map(async (child) => {
      let text = "";
      for await (const chunk of child.stdout) text += chunk;
      return JSON.parse(text);
    }),
  );
  const elapsed = (performance.now() - start) / 1000;
  redis.stop();
  const of = (large) =>
    median(told.flatMap((times) => times.filter((_, i) => sizes[i] > 1e6 === large)));
  return { machines, synthetic: seconds, elapsed, large: of(true), small: of(false) };
}

async function redis({ sweep }, nanoseconds) {
  const runs = [];
  for (const machines of counts) {
    const exchanging = await replay(machines, 0, sweep);
    const computing = await replay(machines, 14 * stepSeconds(machines, nanoseconds), sweep);
    runs.push({ ...exchanging, withCompute: computing.elapsed, synthetic: computing.synthetic });
    console.error(runs.at(-1));
  }
  return runs;
}

const stepSeconds = (machines, nanoseconds) =>
  (1e-9 * nanoseconds * size.entries) / (machines * assumed.threads * assumed.efficiency);

function pageOf({ pattern: p, entries: e, redis: runs, machine: where }) {
  const isLarge = (bytes) => bytes > 1e6;
  const [large, small] = [
    p.sweep.filter(isLarge).length,
    p.sweep.filter((b) => !isLarge(b)).length,
  ];
  const sweeps = p.steps / 14;
  const exchanged = p.sweep.reduce((sum, bytes) => sum + bytes, 0);
  const rows = runs.map(({ machines, large: big, small: little }) => {
    const compute = p.steps * stepSeconds(machines, e.nanoseconds);
    const exchange = (sweeps * (large * big + small * little) + p.before * little) / 1000;
    const hours = (compute + exchange) / 3600;
    const bytes = sweeps * exchanged + p.bytesBefore;
    const perThread = size.entries / machines / assumed.threads;
    const memory = 40 * perThread + 1500 * (size.rows / machines / assumed.threads);
    const price = (machines + 1) * hours * assumed.dollarsAnHour;
    return [
      machines,
      `${(compute / 60).toFixed(0)} min`,
      `${(exchange / 60).toFixed(0)} min`,
      `${(60 * hours).toFixed(0)} min`,
      `${((2 * bytes) / 1e9).toFixed(1)} GB`,
      `${((2 * bytes * machines) / 1e9).toFixed(0)} GB`,
      `${(memory / 1e9).toFixed(1)} GB`,
      `$${price.toFixed(2)}`,
    ];
  });
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const table = (head, body) => [line(head), line(head.map(() => "---")), ...body.map(line)];
  return [
    "# A billion ratings",
    "",
    "What [a fit on several machines](../how-to/cluster.md) of 10^9 ratings, 40 million users by 10,000 items, would take. Nobody",
    "has run it here: it is a model, whose terms are measured, and a replay of its exchanges. `node bench/billion.mjs`",
    "makes this page.",
    "",
    ...table(
      [
        "machines",
        "compute",
        "exchanges",
        "together",
        "bytes, each machine",
        "through Redis",
        "memory, each thread",
        "cost",
      ],
      rows,
    ),
    "",
    "## The model",
    "",
    "T = steps x C x ratings / (machines x threads x efficiency) + sum over the exchanges of their time, one machine a shard.",
    "",
    `- A fit: ${p.steps} steps (${sweeps} sweeps: the search and the fit on all ratings) and ${p.exchanges} exchanges, counted in a`,
    "  fit of 400,000 ratings with as many columns; more rows change the length of some messages and not their number.",
    `- A sweep: ${large} exchanges of columns, ${(Math.max(...p.sweep) / 1e6).toFixed(2)} MB each way, and ${small} of sums by blocks of rows, of which there are ${blocks.toLocaleString("en")}`,
    `  (${((8 * blocks) / 1e3).toFixed(0)} kB).`,
    `- C = ${e.nanoseconds.toFixed(1)} ns for a rating in a step on one core, measured on 2 million ratings.`,
    `- Assumed: ${assumed.threads} threads a machine at ${100 * assumed.efficiency} % of a core alone; $${assumed.dollarsAnHour} an hour for a machine and for that of Redis.`,
    "- Memory: 40 bytes per rating and 1.5 KB per row of a thread, in its fullest phase.",
    "",
    "## The replay",
    "",
    "A real Redis on loopback, a process for each machine that encodes, sends, adds up and waits as workers do, with messages of",
    "the real sizes, and sleeps where it would compute. All of them share this machine's cores with Redis, and loopback is not a network.",
    "",
    ...table(
      [
        "machines",
        "columns, ms",
        "sums, ms",
        "a sweep without computing, s",
        "synthetic compute, s",
        "a sweep with it, s",
      ],
      runs.map((run) => [
        run.machines,
        run.large.toFixed(0),
        run.small.toFixed(1),
        run.elapsed.toFixed(1),
        run.synthetic.toFixed(1),
        run.withCompute.toFixed(1),
      ]),
    ),
    "",
    `Measured on: ${where}.`,
    "",
    "## What stands in the way",
    "",
    "- Each thread draws the order of all ratings to hold some out: 4 bytes each, 4 GB in a thread, for a moment.",
    `- Redis keeps the sums of all exchanges until the end: ${((sweeps * exchanged + p.bytesBefore) / 1e9).toFixed(1)} GB.`,
    "- The model comes together in one process: 7.7 GB of factors and 4 GB of places. Its file would be larger than a `Uint8Array`",
    "  may be in Node 20.",
    "- A folder of shards has less than 2^31 ratings, and the ranking head, which needs all of them in every thread, must be left out.",
    "",
  ].join("\n");
}

const [mode, ...args] = process.argv.slice(2);
if (mode === "shard") {
  const [port, shard, milliseconds, sizes] = args;
  await takePart(Number(port), Number(shard), Number(milliseconds), JSON.parse(sizes));
} else {
  const known = (() => {
    try {
      return JSON.parse(readFileSync(results, "utf8"));
    } catch {
      return {};
    }
  })();
  const asked = mode === undefined ? ["pattern", "entries", "redis"] : [mode, ...args];
  await mkdir(path("results"), { recursive: true });
  for (const part of asked) {
    if (part === "pattern") known.pattern = await pattern();
    else if (part === "entries") known.entries = await entries();
    else if (part === "redis") known.redis = await redis(known.pattern, known.entries.nanoseconds);
    else if (part !== "page")
      throw new Error(`there is no part ${part}: pattern, entries, redis, page`);
    known.machine = machine();
    await writeFile(results, `${JSON.stringify(known, null, 2)}\n`);
  }
  if (known.pattern && known.entries && known.redis) await writeFile(page, pageOf(known));
}
