// npm run bench [-- name ... option ...]: runs the benches named, or all, each in a process of its
// own or in processes of its contenders, then writes docs/evidence/benchmarks.md from all results there are.
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { checkTargets } from "./harness/check.mjs";
import { writePage } from "./harness/page.mjs";
import { kernelBenches, runKernels } from "./harness/run-kernels.mjs";

const usage = `npm run bench -- [name ...] [option ...]
  names     ${kernelBenches.join(", ")}: the kernels, or all of these by "kernels";
            completion, ranking, scale, hundred-million, billion, recovery, beyond, neighbours,
            decompositions, sizes, startup, portable. Without a name: everything.
  --check   exit 1 where a target is missed (without a name: of the kernels)
  --saved   do not run: with --check, judge the results that are there
  --results where these are, if not in bench/results
  --tables  do not run: write docs/evidence/benchmarks.md from the results that are there
Options that narrow a bench of kernels; its result is then printed and not kept:
  --sizes 4,8  --dtypes f32  --works "SVD 5"  --rounds 3
  --only lowrank,NumPy  --runtimes "Node 20"  --beside /another/checkout (built; repeatable)`;

const scripts = [
  "completion",
  "ranking",
  "scale",
  "hundred-million",
  "billion",
  "recovery",
  "beyond",
  "neighbours",
  "decompositions",
  "sizes",
  "startup",
  "portable",
];
const { values, positionals } = parseArguments();
const { check, saved, tables, help, results, ...narrowing } = values;
if (help) {
  console.log(usage);
  process.exit();
}
const list = (text) => text?.split(",");
const options = Object.fromEntries(
  Object.entries({
    sizes: list(narrowing.sizes)?.map(Number),
    dtypes: list(narrowing.dtypes),
    works: narrowing.works,
    rounds: narrowing.rounds && Number(narrowing.rounds),
    only: list(narrowing.only),
    runtimes: list(narrowing.runtimes),
    beside: narrowing.beside,
  }).filter(([, value]) => value !== undefined),
);
for (const name of saved || tables ? [] : asked()) {
  if (kernelBenches.includes(name)) {
    await runKernels(name, options);
  } else {
    const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    const { status } = spawnSync(process.execPath, [script], { stdio: "inherit" });
    if (status !== 0) process.exit(status ?? 1);
  }
}
if (Object.keys(options).length === 0 && !saved) await writePage();
if (check) process.exitCode = await checkTargets(results && pathToFileURL(`${results}/`));

function asked() {
  const names = positionals.flatMap((name) => (name === "kernels" ? kernelBenches : [name]));
  if (names.length > 0) return names;
  return check ? kernelBenches : [...kernelBenches, ...scripts];
}

function parseArguments() {
  const text = { type: "string" };
  const flag = { type: "boolean" };
  try {
    const parsed = parseArgs({
      allowPositionals: true,
      options: {
        ...{ check: flag, saved: flag, tables: flag, help: flag },
        ...{ sizes: text, dtypes: text, works: text, rounds: text, only: text, runtimes: text },
        ...{ results: text, beside: { type: "string", multiple: true } },
      },
    });
    const known = [...kernelBenches, ...scripts, "kernels"];
    const unknown = parsed.positionals.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}`);
    return parsed;
  } catch (error) {
    console.error(`bench: ${error.message}\n${usage}`);
    process.exit(2);
  }
}
