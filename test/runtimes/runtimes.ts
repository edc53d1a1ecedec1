// The runtimes that the package must give the same bits on, and how each one is started.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { testWith } from "../helpers/needs.js";
import { edgeRuntime } from "./edge.js";
import {
  type Browser,
  chromium,
  firefox,
  isolation,
  runInPage,
  versionOf,
  webKitGtk,
} from "./page.js";
import { bundle, deployedKernels, modules, type Runtime, type Script } from "./project.js";
import { serveWorker, workerdPath } from "./workerd.js";

/** Runtimes that are started as `program flags print-script.js`. */
function commandLine(
  name: string,
  program: string,
  flags: (script: Script) => string[] = () => [],
): Runtime {
  return {
    name,
    program: join(modules, program),
    async run({ folder }, script) {
      const command = [...flags(script), `print-${script}.js`];
      const { stdout } = await promisify(execFile)(this.program, command, { cwd: folder });
      return stdout;
    },
  };
}

const workerd: Runtime = {
  name: "workerd",
  program: workerdPath,
  lacks: ["workers"],
  async run(project, script) {
    await bundle(
      project,
      "worker.js",
      `import { answer } from "./${script}.js";
       export default { fetch: async () => new Response(JSON.stringify(await answer())) };`,
      { conditions: ["workerd"], external: ["*.wasm?module"] },
    );
    await copyFile(deployedKernels(script), join(project.folder, "kernels.wasm"));
    // A date before 2025-06-01: code generation from bytes is refused everywhere.
    const server = await serveWorker(project.folder, "2025-01-01");
    try {
      return await (await fetch(server.address)).text();
    } finally {
      server.stop();
    }
  },
};

/** A page of the browser, isolated, so that it may share memory where the browser can. */
const pageOf = (browser: Browser, lacks: Runtime["lacks"] = []): Runtime => ({
  name: browser.name,
  program: browser.program,
  lacks,
  version: () => versionOf(browser),
  async run(project, script) {
    const source = `globalThis.workerUrl = "/${script === "fit-threads" ? "fit" : "lora"}-worker.js";
      const { answer } = await import("./${script}.js");
      globalThis.answer = (async () => JSON.stringify(await answer()))();`;
    return runInPage(browser, project, source, isolation);
  },
});

export const runtimes: Runtime[] = [
  { ...commandLine("Node 20", "node20/bin/node"), lacks: ["relaxed SIMD"] },
  commandLine("Node 22", "node22/bin/node"),
  commandLine("Node 24", "node24/bin/node"),
  commandLine("Node 26", "node26/bin/node"),
  // Without permissions, but for workers whose program is a file.
  commandLine("Deno", "@deno/linux-x64-glibc/deno", (script) =>
    /^(lora|fit)-threads$/.test(script) ? ["run", "--allow-read"] : ["run"],
  ),
  commandLine("Bun", "@oven/bun-linux-x64-baseline/bin/bun"),
  workerd,
  edgeRuntime,
  pageOf(chromium),
  pageOf(firefox),
  pageOf(webKitGtk, ["shared memory", "relaxed SIMD"]),
];

/**
 * `test` for a runtime that is installed, one that is skipped and says so for others. Where
 * LOWRANK_ALL_RUNTIMES is set a missing runtime fails its test instead.
 */
export const testOn = ({ name, program }: Pick<Runtime, "name" | "program">) =>
  testWith(
    existsSync(program) || process.env.LOWRANK_ALL_RUNTIMES
      ? undefined
      : `${name} is not installed: npm run runtimes:install`,
  );

/** The runtimes that have what one lacks, and those that do not. */
export const having = (...needs: NonNullable<Runtime["lacks"]>) =>
  runtimes.filter(({ lacks = [] }) => !needs.some((need) => lacks.includes(need)));
export const lacking = (need: NonNullable<Runtime["lacks"]>[number]) =>
  runtimes.filter(({ lacks = [] }) => lacks.includes(need));
