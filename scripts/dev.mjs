// npm run dev: rebuilds what changes under assembly/ and src/ until it is stopped.
//   assembly/  the baseline kernels, then the text that src/wasm imports, then dist/
//   src/       dist/ without the declarations
// Tests of src/ need no build: vitest imports the sources.
import { spawnSync } from "node:child_process";
import { watch } from "node:fs";
import { writeAbi } from "./abi.mjs";
import { compileKernels } from "./kernels.mjs";

const pending = new Set();
let working = false;

async function rebuild() {
  if (working) return;
  working = true;
  while (pending.size > 0) {
    const kernels = pending.has("assembly");
    pending.clear();
    const start = Date.now();
    try {
      if (kernels) {
        writeAbi();
        await compileKernels("baseline");
      }
      const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "inherit" });
      const what = kernels ? "kernels and dist/" : "dist/";
      console.log(status === 0 ? `${what} built in ${Date.now() - start} ms` : "not built");
    } catch (error) {
      console.error(error.message);
    }
  }
  working = false;
}

for (const folder of ["assembly", "src"]) {
  watch(folder, { recursive: true }, (_, file) => {
    // The build writes these itself.
    if (/\.(hex|generated)\.ts$|^(index|test-kernels)\.ts$/.test(file ?? "")) return;
    pending.add(folder);
    // An editor saves in several steps.
    setTimeout(rebuild, 100);
  });
}
console.log("watching assembly/ and src/");
