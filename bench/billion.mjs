// Question: what would a fit of a billion ratings, 40 million users by 10,000 items, take on 4, 8 and 16 machines?
// node bench/billion.mjs: counts the exchanges of a real fit with as many items, measures what one costs to compute,
// and replays them between processes over a real Redis. Needs redis-server. Nobody has run the fit itself.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Redis } from "ioredis";
import { uniform } from "../lab/random.mjs";
import { median } from "../lab/statistics.mjs";
import { startRedis } from "./harness/redis.mjs";
import { runParts } from "./report.mjs";

const question = "What would a fit of a billion ratings take on several machines?";
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const self = path("billion.mjs");

const size = { rows: 40_000_000, cols: 10_000, entries: 1e9 };
const perRow = size.entries / size.rows;
/** Two small fits of the same columns: what differs is the cost of ratings, what is left is that of columns. */
const smallRows = [8000, 24_000];
/** Exchanges of the sweeps between which they are timed. */
const timed = { first: 700, end: 1000 };
/** Blocks of rows of such a matrix: 8 ratings a column each. */
const allBlocks = size.entries / (8 * size.cols);
const counts = [4, 8, 16];
/** What is not measured here, and said in the table. */
const assumed = { threads: 16, efficiency: 0.7, dollarsAnHour: 0.8 };
/** Exchanges that are replayed, the last of the fit; those of sums by columns are large. */
const replayed = 200;
/** Integers or numbers of a block in one exchange, at most. */
const atMostOfBlock = 12;
const isLarge = (bytes) => bytes > 1e6;

const outfile = path("../build/bench/cluster-sources.mjs");
/** What was built for this process or the one that has started it. */
const sources = () => import(outfile);

function buildSources() {
  return build({
    ...{ entryPoints: [path("harness/cluster-sources.ts")], outfile, bundle: true },
    ...{ format: "esm", platform: "node", target: "node20", logLevel: "warning" },
  });
}

/** Users who rate as many different items each, popular ones more often, by two tastes and noise. */
function smallMatrix({ SparseMatrix }, rows) {
  const next = uniform(1);
  const tastes = [rows, size.cols].map((n) =>
    Float64Array.from({ length: 2 * n }, () => next() - 0.5),
  );
  const rowStart = Int32Array.from({ length: rows + 1 }, (_, row) => row * perRow);
  const colIndices = new Int32Array(rows * perRow);
  for (let row = 0; row < rows; row++) {
    const items = new Set();
    while (items.size < perRow) items.add(Math.floor(size.cols * next() ** 2));
    colIndices.set(
      [...items].sort((a, b) => a - b),
      row * perRow,
    );
  }
  const values = Float64Array.from(colIndices, (item, p) => {
    const user = Math.floor(p / perRow);
    const taste =
      tastes[0][2 * user] * tastes[1][2 * item] + tastes[0][2 * user + 1] * tastes[1][2 * item + 1];
    return Math.round(2 * (3.5 + 6 * taste + next() - 0.5)) / 2;
  });
  return SparseMatrix.fromSorted(size.cols, rowStart, colIndices, values);
}

/**
 * A fit by two shards in this process: the bytes of its exchanges, with as many blocks of rows as a billion ratings
 * have, and the seconds between two exchanges of the sweeps.
 *
 * @param most - exchanges after which it ends.
 */
function smallFit(lib, rows, most) {
  const matrix = smallMatrix(lib, rows);
  const options = lib.readCompletionOptions("bench", { ranking: false });
  const settings = lib.settingsFor("bench", options, rows, size.cols);
  const blocks = lib.RowBlocks.of(matrix);
  const cut = blocks.count >> 1;
  const parts = [
    new lib.RowBlocks(blocks.starts, 0, cut),
    new lib.RowBlocks(blocks.starts, cut, blocks.count),
  ];
  const shards = parts.map((part) => {
    return lib.fitShard(lib.overUnitOf(matrix), settings, part);
  });
  const exchanges = [];
  const times = [];
  while (exchanges.length < most) {
    const [first, second] = shards.map((shard) => shard.next());
    if (first.done) break;
    if (!(first.value instanceof lib.Exchange)) continue;
    const [numbers, others] = [first.value.numbers, second.value.numbers];
    for (let i = 0; i < numbers.length; i++) numbers[i] += others[i];
    others.set(numbers);
    exchanges.push(bytesOf(numbers, blocks.count, settings.rank));
    times.push(performance.now());
  }
  const seconds = (times[timed.end] - times[timed.first]) / 1000 / (timed.end - timed.first);
  console.error(
    `${matrix.nonzeros} ratings: ${exchanges.length} exchanges, ${(1000 * seconds).toFixed(1)} ms each`,
  );
  return { entries: matrix.nonzeros, exchanges, seconds };
}

/** Of an exchange: numbers of blocks, alone or after sums, are as many as a billion ratings have. */
function bytesOf({ length, BYTES_PER_ELEMENT: bytes }, blockCount, rank) {
  const width = 4 * Math.ceil((rank + 2) / 4);
  for (const sums of [0, width * width, size.cols, width * size.cols]) {
    const ofBlock = (length - sums) / blockCount;
    if (Number.isInteger(ofBlock) && ofBlock >= 0 && ofBlock <= atMostOfBlock) {
      return bytes * (sums + ofBlock * allBlocks);
    }
  }
  return bytes * length;
}

/** How many exchanges of those between which time is taken are large. */
const largeOnes = (exchanges) => exchanges.slice(timed.first, timed.end).filter(isLarge).length;

/** A process that hands in, adds up and fetches as the worker of a shard does, and computes nothing. */
async function takePart(port, shard, machines, sizes) {
  const { RunStore, Frames, addUp, byShard } = await sources();
  const [redis, waiting] = [0, 1].map(() => new Redis({ port, maxRetriesPerRequest: null }));
  const store = new RunStore(redis, "billion");
  const frames = new Frames("0123456789abcdef");
  const token = `shard ${shard}`;
  const [word] = await store.hold(shard, token, machines);
  if (word !== "held") throw new Error(`shard ${shard} is not held: ${word}`);
  const milliseconds = [];
  for (const [i, bytes] of sizes.entries()) {
    const round = i + 1;
    const kind = isLarge(bytes) ? "int32" : "float64";
    const body = new Uint8Array(8 * Math.ceil(bytes / 8));
    const start = performance.now();
    const [answer, ...parts] = await store.handIn(
      shard,
      token,
      round,
      frames.encode({ kind, round, body }),
    );
    if (answer === "complete") {
      const all = [...byShard(parts)].map(([, part]) =>
        frames.decode(part, kind, round, "a shard"),
      );
      await store.publish(shard, token, round, frames.encode({ ...addUp(all), round }));
    } else {
      for (let known = new Map(); !known.has(round); )
        known = await store.sums(waiting, round, 1000);
    }
    milliseconds.push(performance.now() - start);
  }
  console.log(JSON.stringify(milliseconds));
  process.exit();
}

/** The medians, in milliseconds, of large and small exchanges between so many processes. */
async function replay(machines, sizes) {
  const redis = await startRedis();
  try {
    const record = ["state", "running", "round", "1", "shards", machines, "expiry", "600000"];
    await redis.client.hset("lowrank:{billion}:run", ...record);
    const children = Array.from({ length: machines }, (_, shard) => {
      const args = [self, "shard", redis.port, shard, machines, JSON.stringify(sizes)];
      return spawn(process.execPath, args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
    });
    const all = await Promise.all(
      children.map(async (child) => {
        let text = "";
        for await (const chunk of child.stdout) text += chunk;
        return JSON.parse(text);
      }),
    );
    const of = (large) =>
      median(all.flatMap((times) => times.filter((_, i) => isLarge(sizes[i]) === large)));
    const found = { machines, large: of(true), small: of(false) };
    console.error(found);
    return found;
  } finally {
    redis.stop();
  }
}

async function machines() {
  await buildSources();
  const lib = await sources();
  const small = smallFit(lib, smallRows[0], Number.POSITIVE_INFINITY);
  const larger = smallFit(lib, smallRows[1], timed.end + 1);
  const { exchanges } = small;
  // Sums that are made once more, on another grid, are not the same ones, but few.
  const [one, other] = [small, larger].map((fit) => largeOnes(fit.exchanges));
  if (Math.abs(one - other) > 0.05 * one) {
    throw new Error(`the exchanges of two fits differ: ${one} and ${other} of sums by columns`);
  }
  const entry = (larger.seconds - small.seconds) / (larger.entries - small.entries);
  // Of two shards that one process computes in turn.
  const columns = Math.max(0, small.seconds - entry * small.entries) / 2;
  const large = exchanges.filter(isLarge);
  const bytes = exchanges.reduce((sum, one) => sum + one, 0);
  const rows = [];
  for (const count of counts) {
    const { large: long, small: short } = await replay(count, exchanges.slice(-replayed));
    const share = size.entries / (count * assumed.threads * assumed.efficiency);
    const compute = exchanges.length * (columns + entry * share);
    const exchanging = (large.length * long + (exchanges.length - large.length) * short) / 1000;
    const hours = (compute + exchanging) / 3600;
    const dollars = (count + 1) * hours * assumed.dollarsAnHour;
    rows.push([
      ...[
        count,
        `${(compute / 60).toFixed(0)} min`,
        `${long.toFixed(0)} ms, ${short.toFixed(1)} ms`,
      ],
      ...[`${(exchanging / 60).toFixed(0)} min`, `${(60 * hours).toFixed(0)} min`],
      ...[`${((2 * bytes) / 1e9).toFixed(1)} GB`, `${((2 * bytes * count) / 1e9).toFixed(0)} GB`],
      `$${dollars.toFixed(2)}`,
    ]);
  }
  return {
    title: "A billion ratings, 40 million users by 10,000 items: a model with measured terms",
    columns: [
      ...["machines", "computing", "an exchange of columns, of other sums", "all exchanges"],
      ...["together", "bytes, each machine", "bytes through Redis", "cost"],
    ],
    rows,
    remarks:
      `Nobody has run it. A fit of ${small.entries.toLocaleString("en")} ratings with as many items and as many ` +
      `ratings per user has ${exchanges.length.toLocaleString("en")} exchanges: ${large.length.toLocaleString("en")} of sums by columns, ` +
      `${(Math.max(...exchanges) / 1e6).toFixed(2)} MB each way, and the others mostly of sums by blocks of rows, of which a ` +
      `billion ratings have ${allBlocks.toLocaleString("en")} (${((8 * allBlocks) / 1e3).toFixed(0)} kB). Between two exchanges a rating costs ` +
      `${(1e9 * entry).toFixed(1)} ns of one core and the columns ${(1e3 * columns).toFixed(1)} ms, by two fits of ` +
      `${small.entries.toLocaleString("en")} and ${larger.entries.toLocaleString("en")} ratings. ` +
      `The times of exchanges are medians of a replay of the last ${replayed} over a Redis on loopback, a process a machine, all on this machine: ` +
      "they share its cores with Redis, and loopback is not a network. " +
      `Assumed: ${assumed.threads} threads a machine, each ${100 * assumed.efficiency} % of a core alone; $${assumed.dollarsAnHour.toFixed(2)} an hour ` +
      "for a machine and for that of Redis; more ratings do not change the number of exchanges.\n",
  };
}

const [mode, ...args] = process.argv.slice(2);
if (mode === "shard") {
  const [port, shard, count, sizes] = args;
  await takePart(Number(port), Number(shard), Number(count), JSON.parse(sizes));
} else {
  await runParts("billion", question, { machines }, process.argv.slice(2));
}
