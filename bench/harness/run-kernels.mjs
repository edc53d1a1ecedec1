// Runs one bench of bench/kernels and keeps what it measured.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { machineFacts } from "../../lab/machine.mjs";
import { markdown, results } from "../report.mjs";
import { openComparison } from "./compare.mjs";
import { compileCeilings } from "./compile.mjs";
import { beside, contenders } from "./contenders.mjs";
import { nodes } from "./pool.mjs";

export const kernelBenches = [
  "matmul",
  "shapes",
  "factorizations",
  "sampled",
  "optimizers",
  "threads",
  "startup",
];

export const loadBench = (name) => import(`../kernels/${name}.mjs`);

/**
 * @param options - what is narrowed: sizes, dtypes, only (contenders), runtimes, rounds, works (a
 * part of their names), beside (other checkouts). A narrowed run is printed and not kept.
 * @param around - called with each measurement as a function: a caller may keep the machine quiet
 * while it runs.
 * @returns the result as it is saved.
 */
export async function runKernels(name, options = {}, around = (measurement) => measurement()) {
  if (!Object.values(nodes).every(existsSync)) {
    throw new Error("bench: the peers are not installed: run npm run bench:install");
  }
  const bench = await loadBench(name);
  compileCeilings();
  const outcome = bench.run
    ? { measurements: await around(() => bench.run(options)) }
    : await compare(bench, options, around);
  const result = { name, question: bench.question, machine: machineFacts(), ...outcome };
  for (const table of bench.tables(result.measurements)) {
    if (table.rows.length > 0) console.log(markdown({ ...table, machine: result.machine.line }));
  }
  if (Object.keys(options).length === 0) {
    await mkdir(results, { recursive: true });
    await writeFile(
      new URL(`${name}.json`, results),
      `${JSON.stringify(rounded(result), null, 1)}\n`,
    );
  }
  return result;
}

async function compare(bench, { only, runtimes, rounds, works: part = "", ...options }, around) {
  const works = bench.works(options).filter(({ name }) => name.includes(part));
  const everybody = [...contenders, ...(options.beside ?? []).flatMap(beside)];
  const chosen = everybody
    .filter((contender) => contender.besides || bench.chosen(contender))
    .filter(({ name, besides }) => !only || besides || only.includes(name))
    .map((contender) => ({
      ...contender,
      runtimes: contender.runtimes.filter((each) => !runtimes || runtimes.includes(each)),
    }));
  const operations = [...new Set(works.map(({ operation }) => operation))];
  const comparison = await openComparison(chosen, operations, {
    rounds: rounds ?? bench.rounds,
  });
  try {
    const measurements = [];
    const start = performance.now();
    for (const [i, work] of works.entries()) {
      const given = { ...work, inputs: work.inputs() };
      measurements.push(...(await around(() => comparison.measure(given))));
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      console.error(`${work.name}: ${i + 1} of ${works.length}, ${seconds} s`);
    }
    return { versions: comparison.versions, absent: comparison.absent, measurements };
  } finally {
    await comparison.close();
  }
}

/** Times to four digits: more is noise, and a change of the file could not be read. */
function rounded(value) {
  return JSON.parse(
    JSON.stringify(value, (_, each) =>
      typeof each === "number" && !Number.isInteger(each) ? Number(each.toPrecision(4)) : each,
    ),
  );
}
