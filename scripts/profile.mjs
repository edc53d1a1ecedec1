// npm run profile -- SCRIPT [ARGUMENT...]: where a script that imports "lowrank" spends its time.
// It runs on kernels with a name section, so that a profile says gemm and not wasm-function[123].
// The script must lie in this repository, where "lowrank" is dist/.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileKernels } from "./kernels.mjs";

const script = process.argv.slice(2);
if (script.length === 0) {
  console.error("usage: npm run profile -- SCRIPT [ARGUMENT...]");
  process.exit(2);
}
await compileKernels("profile");
const folder = mkdtempSync(join(tmpdir(), "lowrank-profile-"));
const flags = ["--import", "./scripts/named-kernels.mjs", "--cpu-prof", `--cpu-prof-dir=${folder}`];
const { status } = spawnSync(process.execPath, [...flags, ...script], { stdio: "inherit" });
for (const file of readdirSync(folder)) print(JSON.parse(readFileSync(join(folder, file), "utf8")));
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;

/** The functions that took the most time by themselves, without what they call. */
function print({ nodes, samples, timeDeltas }) {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const file = url.split("/").at(-1);
      const place = url.startsWith("wasm") || url === "" ? "" : ` ${file}:${lineNumber + 1}`;
      return [id, `${functionName || "(anonymous)"}${place}`];
    }),
  );
  const times = new Map();
  let total = 0;
  samples.forEach((id, i) => {
    const name = names.get(id);
    times.set(name, (times.get(name) ?? 0) + timeDeltas[i]);
    total += timeDeltas[i];
  });
  const longest = [...times].sort(([, a], [, b]) => b - a).slice(0, 25);
  for (const [name, time] of longest) {
    const [share, milliseconds] = [(100 * time) / total, time / 1000];
    console.log(
      `${share.toFixed(1).padStart(5)} % ${milliseconds.toFixed(0).padStart(7)} ms  ${name}`,
    );
  }
}
