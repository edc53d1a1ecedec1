// What a cold start costs: import, and the first product of two 64 x 64 matrices, which compiles the kernels,
// each time in a process of its own. Most of an import is reading JavaScript; engines that keep what they read
// (Deno by itself, Node where NODE_COMPILE_CACHE names a folder) do it once. npm run bench -- startup
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const processes = 21;
const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const runtime = (name) => path(`test/runtimes/node_modules/${name}`);
const node = (version) => runtime(`node${version}/bin/node`);
const deno = runtime("@deno/linux-x64-glibc/deno");
const folder = mkdtempSync(join(tmpdir(), "lowrank-startup-"));
const cache = { NODE_COMPILE_CACHE: join(folder, "node"), DENO_DIR: join(folder, "deno") };
const runtimes = [
  ["Node 20", node(20), []],
  ["Node 24", node(24), []],
  ["Node 24, compile cache", node(24), [], cache],
  ["Node 26", node(26), []],
  ["Node 26, compile cache", node(26), [], cache],
  ["Deno, first time", deno, ["run", "--no-code-cache"], cache],
  ["Deno", deno, ["run"], cache],
  ["Bun", runtime("@oven/bun-linux-x64-baseline/bin/bun"), ["run"]],
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

/** The three times of one process. */
function timesOf(program, args, env) {
  const options = { encoding: "utf8", env: { ...process.env, ...env } };
  const { stdout, stderr, status } = spawnSync(program, args, options);
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return JSON.parse(stdout);
}

console.log("| runtime | entry | import, ms | first product, ms | both, ms |");
console.log("|---|---|---|---|---|");
for (const [name, program, flags, env] of runtimes) {
  if (!existsSync(program)) {
    console.log(`| ${name} | | not installed: npm run runtimes:install | | |`);
    continue;
  }
  for (const [entry, file] of Object.entries(entries)) {
    const script = join(folder, `${entry.replace("/", "-")}.mjs`);
    writeFileSync(script, programOf(file));
    const run = () => timesOf(program, [...flags, script], env);
    // Fills the caches.
    for (let i = 0; i < 2; i++) run();
    const runs = Array.from({ length: processes }, run);
    const cells = [0, 1, 2].map((i) => median(runs.map((times) => times[i])).toFixed(1));
    console.log(`| ${name} | \`${entry}\` | ${cells.join(" | ")} |`);
  }
}
rmSync(folder, { recursive: true });
