// docs/evidence/benchmarks.md and its charts, from the results that are there.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { markdown, results } from "../report.mjs";
import { factorizationChart, matmulChart, overviewChart } from "./chart.mjs";
import { kernelBenches, loadBench } from "./run-kernels.mjs";
import { evaluate } from "./targets.mjs";

const docs = new URL("../../docs/evidence/", import.meta.url);

/** The saved results by name of the bench. @param folder - a URL that ends in a slash. */
export async function readResults(folder = results) {
  const found = {};
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".json")).sort()) {
    found[file.slice(0, -5)] = JSON.parse(await readFile(new URL(file, folder), "utf8"));
  }
  return found;
}

export async function writePage() {
  const saved = await readResults();
  const parts = [
    "# Benchmarks\n\nMade by `npm run bench` (after `npm run bench:install`), which reruns everything " +
      "here; trust ratios within one run more than absolute times.\n",
    ...(await kernelParts(saved)),
  ];
  for (const [name, { question, tables }] of Object.entries(saved)) {
    // What has no tables has a page of its own.
    if (kernelBenches.includes(name) || tables === undefined) continue;
    // Tables that follow one another on one machine name it once.
    const named = tables.map(({ machine, ...table }, i) =>
      markdown(machine === tables[i + 1]?.machine ? table : { ...table, machine }),
    );
    parts.push(heading(question, name), ...named);
  }
  await writeFile(new URL("benchmarks.md", docs), parts.join("\n"));
}

const heading = (question, name) => `## ${question}\n\n\`npm run bench -- ${name}\`\n`;

async function kernelParts(saved) {
  const kernels = kernelBenches.filter((name) => saved[name]);
  if (kernels.length === 0) return [];
  const parts = [method(saved)];
  if (["matmul", "factorizations", "startup", "sizes"].every((name) => saved[name])) {
    await writeFile(new URL("overview.svg", docs), overviewChart(saved));
    parts.unshift(inShort(saved), "![Speed and size beside other packages](overview.svg)\n");
  }
  if (saved.matmul) {
    await writeFile(new URL("matmul.svg", docs), matmulChart(saved.matmul.measurements));
    parts.push("![GFLOP/s of matmul over n](matmul.svg)\n");
  }
  if (saved.factorizations) {
    const chart = factorizationChart(saved.factorizations.measurements);
    await writeFile(new URL("factorizations.svg", docs), chart);
    parts.push("![Times of factorizations relative to NumPy](factorizations.svg)\n");
  }
  parts.push(targetTable(saved));
  for (const name of kernels) {
    const { question, machine, measurements, absent = [] } = saved[name];
    parts.push(heading(question, name));
    const { tables } = await loadBench(name);
    for (const table of tables(measurements)) {
      if (table.rows.length > 0) parts.push(markdown(table));
    }
    parts.push(`Measured on: ${machine.line}.\n`);
    const missing = absent.map(
      ({ contender, runtime, reason }) => `${contender} on ${runtime} (${reason})`,
    );
    if (missing.length > 0) parts.push(`Did not start: ${missing.join("; ")}.\n`);
  }
  return parts;
}

/** The answer, before how it was found. */
function inShort(saved) {
  const rows = evaluate(saved);
  const met = rows.filter(({ verdict }) => verdict === "met").length;
  const secondsOf = (name, contender) =>
    Math.min(
      ...saved.factorizations.measurements
        .filter((each) => each.work === name && each.contender === contender)
        .map((each) => each.seconds?.median ?? Infinity),
    );
  const times = (peer) => {
    const ratio = secondsOf("SVD 500 x 500", peer) / secondsOf("SVD 500 x 500", "lowrank");
    return ratio >= 1 ? `1/${Math.round(ratio)}` : (1 / ratio).toFixed(1);
  };
  return [
    `**In short.** An SVD of 500 x 500 takes ${times("NumPy")} times NumPy's time, ${times("ml-matrix")} of`,
    `ml-matrix's and ${times("numpy-ts")} of numpy-ts's; a page downloads ${saved.sizes.tables[0].rows[0][2]} KiB for it.`,
    `Of ${rows.length} targets that we set ourselves ${met} are met; the table below names the others.`,
    "",
  ].join("\n");
}

function method(saved) {
  const versions = Object.assign({}, ...Object.values(saved).map((each) => each.versions ?? {}));
  const named = Object.entries(versions)
    .filter(([, version]) => version)
    .map(([name, version]) => `${name} ${version}`);
  return [
    "Every contender runs in a process of its own, in its fastest public form: with typed arrays in",
    "and out, and, where it has arrays of its own, with these kept from one run to the next. Each",
    "result is checked before it is timed. In every round each contender runs once, in an order that",
    "rotates; figures are medians ± half of the width of the middle half. NumPy runs on one thread of",
    "OpenBLAS with its AVX2 kernels (`OPENBLAS_CORETYPE=Haswell`). The ceilings are loops in",
    "`bench/assembly`: multiply-adds on registers alone, and micro-kernels (rows x columns of the",
    "register tile) on panels that stay in the first cache.",
    "",
    `Versions: ${[...new Set(named)].join(", ")}; Node 20 and 24 as \`bench/package.json\` has them.`,
    "",
  ].join("\n");
}

function targetTable(saved) {
  const rows = evaluate(saved).map(
    ({ work, runtime, target, measured, bound, atMost, capped, verdict }) => [
      work,
      runtime,
      target,
      measured === null ? "" : measured.toFixed(2),
      `${atMost ? "≤" : "≥"} ${bound.toFixed(2)}${capped ? " (95 % of the ceiling)" : ""}`,
      verdict,
    ],
  );
  const title = "What must hold: `npm run bench -- --check`";
  const columns = ["work", "Node", "measured as", "measured", "to be", "verdict"];
  const line = saved[kernelBenches.find((name) => saved[name])].machine.line;
  return markdown({ title, columns, rows, machine: line });
}
