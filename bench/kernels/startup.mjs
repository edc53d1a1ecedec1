// Question: how long until the first product of a fresh process, and how much is downloaded?
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { summary } from "../../lab/statistics.mjs";
import { contenders } from "../harness/contenders.mjs";
import { nodes } from "../harness/pool.mjs";
import { grid, milliseconds, under } from "../harness/tables.mjs";

export const question = "How long does it take to start?";

const script = fileURLToPath(new URL("../harness/first-product.mjs", import.meta.url));
const measured = [
  "lowrank",
  "lowrank/relaxed",
  "numpy-ts",
  "tfjs-backend-wasm",
  "jax-js",
  "ml-matrix",
];

/** One that never ends (numpy-ts on Node 24 was seen to hang, once) must not hold up the rest. */
function answerOf(node, args) {
  try {
    return JSON.parse(execFileSync(node, args, { encoding: "utf8", timeout: 30_000 }));
  } catch (error) {
    return { failure: error.code === "ETIMEDOUT" ? "did not end within 30 s" : error.message };
  }
}

/** Import, start and the first 64 x 64 product, each time in a process of its own. */
export async function run({ rounds = 15 }) {
  const entrants = contenders
    .filter(({ name }) => measured.includes(name))
    .flatMap(({ name, module, options = {}, runtimes, role = "peer", relaxed = false }) =>
      runtimes.map((runtime) => ({
        label: { contender: name, runtime, role, relaxed, work: "first product", form: "" },
        command: [nodes[runtime], [script, module, JSON.stringify(options)]],
        times: [],
      })),
    );
  for (let round = 0; round < rounds; round++) {
    for (const entrant of entrants.filter(({ failure }) => !failure)) {
      const answer = answerOf(...entrant.command);
      if (answer.failure) entrant.failure = answer.failure;
      else entrant.times.push(answer.seconds);
    }
  }
  return [
    ...entrants.map(({ label, times, failure }) =>
      failure ? { ...label, failure } : { ...label, seconds: summary(times), rounds },
    ),
    ...["", "relaxed/"].map((variant) => {
      const wasm = readFileSync(new URL(`../../dist/${variant}edge/kernels.wasm`, import.meta.url));
      return {
        work: "size",
        file: `${variant}kernels.wasm`,
        kibibytes: gzipSync(wasm, { level: 9 }).length / 1024,
      };
    }),
  ];
}

export function tables(measurements) {
  const first = [{ name: "first product", label: "ms" }];
  return [
    ...["Node 20", "Node 24"].map((runtime) =>
      grid(
        `Import, start and first 64 x 64 product, ${runtime}`,
        under(runtime, measurements),
        first,
        milliseconds,
      ),
    ),
    {
      title: "Size of the kernels",
      columns: ["file", "KiB, gzip"],
      rows: measurements
        .filter(({ work }) => work === "size")
        .map(({ file, kibibytes }) => [file, kibibytes.toFixed(1)]),
    },
  ];
}
