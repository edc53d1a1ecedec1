// npm run bench [-- name ...]: runs the benches named, or all, each in a process of its own, then
// writes docs/benchmarks.md from all results there are. With --tables it only writes.
import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { markdown, results } from "./report.mjs";

const here = new URL("./", import.meta.url);
const shared = new Set([
  "gather-bound.mjs",
  "run.mjs",
  "report.mjs",
  "low-rank-data.mjs",
  "ratings.mjs",
]);
const all = (await readdir(here))
  .filter((file) => file.endsWith(".mjs") && !shared.has(file))
  .map((file) => file.slice(0, -4));
const tablesOnly = process.argv[2] === "--tables";
const asked = tablesOnly ? [] : process.argv.slice(2);
const unknown = asked.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`bench: there is no ${unknown.join(", ")}: choose from ${all.join(", ")}`);
  process.exit(2);
}
for (const name of tablesOnly ? [] : asked.length > 0 ? asked : all) {
  const script = fileURLToPath(new URL(`${name}.mjs`, here));
  const { status } = spawnSync(process.execPath, [script], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const parts = [];
for (const file of (await readdir(results)).filter((f) => f.endsWith(".json")).sort()) {
  const { name, question, tables } = JSON.parse(await readFile(new URL(file, results), "utf8"));
  parts.push(`## ${question}\n\n\`npm run bench -- ${name}\`\n`, ...tables.map(markdown));
}
const head =
  "# Benchmarks\n\nMade by `npm run bench`, which reruns everything here; trust ratios within one " +
  "run more than absolute times.\n\n";
await writeFile(new URL("../docs/benchmarks.md", here), `${head}${parts.join("\n")}`);
