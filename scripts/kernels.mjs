// Compiles the kernels: node scripts/kernels.mjs baseline relaxed threads
import { pathToFileURL } from "node:url";
import asc from "assemblyscript/asc";

/** What each target of asconfig.json starts from. */
const sources = {
  baseline: "assembly/index.ts",
  relaxed: "assembly/index.ts",
  profile: "assembly/index.ts",
  threads: "assembly/threads.ts",
};

/** The optimizer's remark that another round would find more; it is so for every large module. */
const noise = /^Last converge was suboptimal\.\n?/gm;

/** Compiles one target of asconfig.json into build/; what the compiler has to say is an error. */
export async function compileKernels(target) {
  const { error, stdout, stderr } = await asc.main([sources[target], "--target", target]);
  const said = `${stdout}${stderr}`.replace(noise, "").trim();
  if (error || said) throw new Error(`${target}: ${said || error}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const target of process.argv.slice(2)) await compileKernels(target);
}
