// Compiles the kernels: node scripts/kernels.mjs baseline relaxed threads, or none for these and the
// modules of the tests. Writes the ABI first (scripts/abi.mjs). What has been made of the same files
// stays as it is, for compiling is most of a build.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

/** By target, the hash of what it was made of. */
const stampFile = "build/made-of.json";

/** The optimizer's remark that another round would find more; it is so for every large module. */
const noise = /^Last converge was suboptimal\.\n?/gm;

/** Compiles one target of asconfig.json into build/; what the compiler has to say is an error. */
export async function compileKernels(target) {
  // Before: what changes meanwhile is not in it.
  const made = madeOf();
  writeStamp(target, undefined);
  const { error, stdout, stderr } = await asc.main([sources[target], "--target", target]);
  const said = `${stdout}${stderr}`.replace(noise, "").trim();
  if (error || said) throw new Error(`${target}: ${said || error}`);
  if (target === "baseline") checkStaticData("build/kernels.wasm");
  writeStamp(target, made);
}

/** The hash of all that the kernels are made of, and by. */
function madeOf() {
  const compilers = ["assemblyscript", "binaryen"].map(
    (name) => `node_modules/${name}/package.json`,
  );
  const assembly = readdirSync("assembly", { recursive: true })
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => `assembly/${path}`);
  const hash = createHash("sha256");
  const own = ["asconfig.json", "scripts/kernels.mjs", "src/wasm/job.ts"];
  for (const path of [...compilers, ...own, ...assembly]) {
    hash.update(`${path}\n`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

const readStamps = () => (existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, "utf8")) : {});

function writeStamp(target, stamp) {
  mkdirSync("build", { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ ...readStamps(), [target]: stamp }));
}

/** Whether a target's files have been made of what is there now. */
function isMade(target) {
  const { targets } = JSON.parse(readFileSync("asconfig.json", "utf8"));
  const { outFile, textFile = outFile } = targets[target];
  return existsSync(outFile) && existsSync(textFile) && readStamps()[target] === madeOf();
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
  for (const target of targets.length > 0 ? targets : everyday) {
    if (!isMade(target)) await compileKernels(target);
  }
}
