// What a cold start costs: import, and the first product of two 64 x 64 matrices, which compiles the kernels,
// each time in a process of its own. npm run bench -- startup
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const processes = 21;
const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const runtime = (name) => path(`test/runtimes/node_modules/${name}`);
const evaluated = ["--input-type=module", "--eval"];
const runtimes = [
  ["Node 20", runtime("node20/bin/node"), evaluated],
  ["Node 24", runtime("node24/bin/node"), evaluated],
  ["Node 26", runtime("node26/bin/node"), evaluated],
  ["Deno", runtime("@deno/linux-x64-glibc/deno"), ["eval", "--ext=mjs"]],
  ["Bun", runtime("@oven/bun-linux-x64-baseline/bin/bun"), ["--eval"]],
];
const entries = { lowrank: "dist/index.js", "lowrank/portable": "dist/portable/index.js" };

const programOf = (entry) => `
  const start = performance.now();
  const { Matrix, matmul } = await import(${JSON.stringify(new URL(`../${entry}`, import.meta.url))});
  const imported = performance.now();
  const A = Matrix.identity(64);
  matmul(A, A);
  const computed = performance.now();
  console.log(JSON.stringify([imported - start, computed - imported, computed - start]));`;

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

console.log("| runtime | entry | import, ms | first product, ms | both, ms |");
console.log("|---|---|---|---|---|");
for (const [name, program, flags] of runtimes) {
  if (!existsSync(program)) {
    console.log(`| ${name} | | not installed: npm run runtimes:install | | |`);
    continue;
  }
  for (const [entry, file] of Object.entries(entries)) {
    const runs = Array.from({ length: processes }, () => {
      const { stdout, stderr, status } = spawnSync(program, [...flags, programOf(file)], {
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      return JSON.parse(stdout);
    });
    const [imported, computed, both] = [0, 1, 2].map((i) => median(runs.map((run) => run[i])));
    const cells = [imported, computed, both].map((value) => value.toFixed(1));
    console.log(`| ${name} | \`${entry}\` | ${cells.join(" | ")} |`);
  }
}
