// Batch systems and containers limit virtual memory, of which engines reserve gigabytes for each
// WebAssembly memory.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { testWith } from "../helpers/needs.js";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const core = new URL("../../dist/index.js", import.meta.url).href;
const limited = (...args: string[]) =>
  spawnSync("sh", ["-c", 'ulimit -v 8000000; exec "$0" "$@"', process.execPath, ...args], {
    encoding: "utf8",
  });

/** Node 24 and newer take less where there is little. */
function missingNeed(): string | undefined {
  if (process.platform !== "linux") return "only Linux limits address space";
  const memory = "new WebAssembly.Memory({ initial: 1, maximum: 65536 })";
  if (limited("-e", "").status !== 0) return "this Node does not start in 8 GB of address space";
  return limited("-e", memory).status === 0 ? "this Node needs little address space" : undefined;
}

testWith(missingNeed())("too little address space is one line", () => {
  const program = `import { Matrix, svd } from "${core}";
    try { svd(Matrix.identity(2, 2)); } catch (error) { console.log(error.name); }`;
  expect(limited("--input-type=module", "-e", program).stdout.trim()).toBe("OutOfMemoryError");
  const { status, stderr } = limited(command, "complete", "--json");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^lowrank complete: out of memory: .*ulimit -v.*\n$/);
});
