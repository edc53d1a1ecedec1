// Compiles the kernels: node scripts/kernels.mjs baseline relaxed threads, or none for these and the
// modules of the tests. Writes the ABI first (scripts/abi.mjs).
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { writeAbi } from "./abi.mjs";

/** What each target of asconfig.json starts from. */
const sources = {
  baseline: "assembly/index.ts",
  relaxed: "assembly/index.ts",
  profile: "assembly/index.ts",
  threads: "assembly/threads.ts",
  test: "assembly/test-kernels.ts",
  "test-relaxed": "assembly/test-kernels.ts",
};

/** What a build makes. */
const everyday = ["baseline", "relaxed", "threads", "test", "test-relaxed"];

/** The optimizer's remark that another round would find more; it is so for every large module. */
const noise = /^Last converge was suboptimal\.\n?/gm;

/** Compiles one target of asconfig.json into build/; what the compiler has to say is an error. */
export async function compileKernels(target) {
  const { error, stdout, stderr } = await asc.main([sources[target], "--target", target]);
  const said = `${stdout}${stderr}`.replace(noise, "").trim();
  if (error || said) throw new Error(`${target}: ${said || error}`);
  if (target === "baseline") checkStaticData("build/kernels.wasm");
}

/** A job's own data starts behind the pages that the kernels need for theirs. */
function checkStaticData(path) {
  const pages = Number(/staticPages = (\d+)/.exec(readFileSync("src/wasm/job.ts", "utf8"))[1]);
  const memory = new WebAssembly.Memory({ initial: pages });
  const module = new WebAssembly.Module(readFileSync(path));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const needed = Math.ceil(exports.heapBase() / 65536);
  if (needed !== pages) throw new Error(`staticPages of src/wasm/job.ts must be ${needed}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeAbi();
  const targets = process.argv.slice(2);
  for (const target of targets.length > 0 ? targets : everyday) await compileKernels(target);
}
