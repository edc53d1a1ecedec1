// Question: what memory do four workers need for a hundred million ratings, a million users by 10,000 items?
// node bench/hundred-million.mjs: puts the ratings into shards, and fits them on four workers of one thread over a
// Redis of its own, all on this machine: some twelve minutes on two cores, and 5 GB of disk. Needs redis-server and Linux.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fitShards, status } from "../dist/cluster/index.js";
import { uniform } from "../lab/random.mjs";
import { startRedis } from "./harness/redis.mjs";
import { runParts } from "./report.mjs";

const question = "What memory do workers need for a hundred million ratings?";
const size = { users: 1_000_000, items: 10_000, perUser: 100 };
const workers = 4;
/** One sweep for each candidate: more take longer, and no more memory. */
const options = { steps: 14, outliers: "keep", ranking: false };
const limit = { worker: 1.3, coordinator: 0.3 };

const lowrank = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const start = (args, stdio) => spawn(process.execPath, [lowrank, ...args], { stdio });

/** Lines of a thousand users at a time: popular items are rated more often, by two tastes and noise. */
function* lines() {
  const next = uniform(1);
  const taste = Float64Array.from({ length: 2 * size.items }, () => next() - 0.5);
  let text = "user,item,rating\n";
  for (let user = 0; user < size.users; user++) {
    const [a, b] = [12 * (next() - 0.5), 12 * (next() - 0.5)];
    const items = new Set();
    while (items.size < size.perUser) items.add(Math.floor(size.items * next() ** 2));
    for (const item of items) {
      const value = 3.5 + a * taste[2 * item] + b * taste[2 * item + 1] + next() - 0.5;
      text += `${user},${item},${Math.round(2 * value) / 2}\n`;
    }
    if (user % 1000 < 999) continue;
    yield text;
    text = "";
  }
}

async function shard(folder) {
  const child = start(["shard", "-", "--out", folder], ["pipe", "ignore", "inherit"]);
  const ended = once(child, "close");
  for (const text of lines()) if (!child.stdin.write(text)) await once(child.stdin, "drain");
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`lowrank shard ended with ${code}`);
}

const gigabytes = (kilobytes) => (1024 * kilobytes) / 1e9;

/** Memory of a process, in gigabytes: now, and at most so far. */
function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const of = (name) => gigabytes(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)[1]));
  return { now: of("VmRSS"), most: of("VmHWM") };
}

async function fit(data, checkpoints) {
  const redis = await startRedis();
  const connection = `redis://127.0.0.1:${redis.port}`;
  const children = Array.from({ length: workers }, () =>
    start(["worker", "--queue", connection, "--threads", "1"], ["ignore", "ignore", "inherit"]),
  );
  try {
    const began = performance.now();
    const run = fitShards(data, { ...options, connection, shards: workers, checkpoints });
    let [watching, sweeping, last] = [0, 0];
    for (let next = await run.next(); !next.done; next = await run.next()) {
      watching = Math.max(watching, memoryOf(process.pid).now);
      sweeping = Math.max(sweeping, ...children.map(({ pid }) => memoryOf(pid).now));
      const [found] = (await status({ connection })).runs;
      if (found) last = found;
    }
    const most = children.map(({ pid }) => memoryOf(pid).most);
    return { seconds: (performance.now() - began) / 1000, watching, sweeping, most, ...last };
  } finally {
    for (const child of children) child.kill("SIGKILL");
    redis.stop();
  }
}

async function memory() {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-hundred-million-"));
  try {
    const data = join(folder, "ratings.shards");
    await shard(data);
    console.error("in shards");
    const { seconds, watching, sweeping, most, exchanges, bytes } = await fit(data, folder);
    const worst = Math.max(...most);
    const row = (what, value, wanted) => [
      ...[what, value.toFixed(2), wanted === undefined ? "" : `≤ ${wanted.toFixed(2)}`],
      wanted === undefined ? "" : value <= wanted ? "met" : "missed",
    ];
    return {
      title: "A hundred million ratings, a million users by 10,000 items, on four workers",
      columns: ["memory", "GB", "wanted", ""],
      rows: [
        row("a worker while it sweeps, at most", sweeping),
        row("a worker at its peak", worst, limit.worker),
        row("the coordinator while it watches", watching, limit.coordinator),
      ],
      remarks:
        `Resident memory as Linux counts it. Workers of one thread, with checkpoints; ${JSON.stringify(options)}. ` +
        `The fit took ${(seconds / 60).toFixed(1)} minutes with all of them, Redis and the coordinator on this machine, ` +
        `in ${exchanges.toLocaleString("en")} exchanges of ${(bytes / 1e9).toFixed(2)} GB in all.\n`,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await runParts("hundred-million", question, { memory }, process.argv.slice(2));
