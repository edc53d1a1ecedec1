// Engines that lack what the kernels need: importing works, probes answer, and the first computation
// says in one named error what is missing.
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "vitest";
import { testWith } from "../helpers/needs.js";
import { runInPage, wpe } from "./page.js";
import { createProject, modules, removeProject } from "./project.js";

const core = new URL("../../dist/index.js", import.meta.url).href;
const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const program = `import { Matrix, matmul, supportsRelaxedSimd } from ${JSON.stringify(core)};
  const A = Matrix.from([[3]]);
  try { matmul(A, A); } catch (error) {
    console.log(JSON.stringify([supportsRelaxedSimd(), error.name, error.message]));
  }`;

const bun = join(modules, "@oven/bun-linux-x64-baseline/bin/bun");
const flagless = spawnSync(process.execPath, ["--no-enable-sse4-1", "-e", ""]).status === 0;
const needsFlag = flagless ? undefined : "this Node does not know --no-enable-sse4-1";
const needsBun = existsSync(bun) ? undefined : "Bun is not installed: npm run runtimes:install";

const engines: [string, string | undefined, string, string[], NodeJS.ProcessEnv, RegExp][] = [
  ["Node without JIT", undefined, process.execPath, ["--jitless"], {}, /no WebAssembly/],
  ["Node without SSE4.1", needsFlag, process.execPath, ["--no-enable-sse4-1"], {}, /without SIMD/],
  ["Bun without SIMD", needsBun, bun, [], { BUN_JSC_useWasmSIMD: "0" }, /without SIMD/],
  ["Bun without WebAssembly", needsBun, bun, [], { BUN_JSC_useWasm: "0" }, /no WebAssembly/],
];

for (const [name, missing, path, flags, variables, said] of engines) {
  testWith(missing)(`${name} is told what it lacks`, async () => {
    const inline = path === bun ? ["--eval", program] : ["--input-type=module", "--eval", program];
    const { stdout } = await promisify(execFile)(path, [...flags, ...inline], {
      env: { ...process.env, ...variables },
    });
    const [relaxed, error, message] = JSON.parse(stdout);
    expect([relaxed, error]).toEqual([false, "UnsupportedError"]);
    expect(message).toMatch(said);
    expect(message).toMatch(/^lowrank: this engine has [^\n]+$/);
  });
}

/** Sections of the conformance that end soon without SIMD. */
const computations = [
  ...["arithmetic", "decompositions", "pca", "matmul", "qr", "solvers", "eigh", "SparseMatrix"],
  ...["randomizedSvd", "StreamingSvd", "OnlineCompletion", "fitLowRank", "losses", "networks"],
];

for (const [name, missing, path, flags, variables] of engines) {
  testWith(missing)(`lowrank/portable gives the same bits on ${name}`, async () => {
    const project = await createProject();
    // Everything on one of them; trainings take minutes.
    const only = /SSE4/.test(name) ? "" : JSON.stringify(computations);
    const answer = `import { answer } from "./conformance.js";
      console.log(JSON.stringify(answer(${only})));`;
    await writeFile(join(project.folder, "plain.js"), answer);
    await writeFile(join(project.folder, "portable.js"), `import "lowrank/portable"; ${answer}`);
    const run = async (program: string, args: string[], env = {}) => {
      const options = { cwd: project.folder, env: { ...process.env, ...env } };
      return (await promisify(execFile)(program, args, options)).stdout;
    };
    expect(await run(path, [...flags, "portable.js"], variables)).toBe(
      await run(process.execPath, ["plain.js"]),
    );
    await removeProject(project);
  });
}

const wpeVersion = /WPE WebKit ([\d.]+)/.exec(
  spawnSync(wpe.program, ["--version"], { encoding: "utf8" }).stdout ?? "",
)?.[1];
const needsWpe = wpeVersion?.startsWith("2.38.")
  ? undefined
  : "cog with WPE WebKit 2.38, which is without SIMD, as in Debian 12";

testWith(needsWpe)("WPE WebKit is told what it lacks", async () => {
  const project = await createProject();
  const source = `import { Matrix, matmul } from "lowrank";
    const A = Matrix.from([[3]]);
    globalThis.answer = (async () => String(matmul(A, A)))();`;
  expect(await runInPage(wpe, project, source, {})).toMatch(
    /^UnsupportedError: lowrank: this engine has WebAssembly without SIMD[^\n]+$/,
  );
  await removeProject(project);
});

testWith(needsWpe)("lowrank/portable gives the same bits on WPE WebKit", async () => {
  const project = await createProject();
  const asked = `import { answer } from "./conformance.js";
    const here = JSON.stringify(answer(${JSON.stringify(computations)}));`;
  await writeFile(join(project.folder, "plain.js"), `${asked} process.stdout.write(here);`);
  const options = { cwd: project.folder };
  const { stdout } = await promisify(execFile)(process.execPath, ["plain.js"], options);
  const source = `import "lowrank/portable"; ${asked} globalThis.answer = Promise.resolve(here);`;
  expect(await runInPage(wpe, project, source, {})).toBe(stdout);
  await removeProject(project);
});

testWith(undefined)("where there is SIMD, lowrank/portable takes the kernels of lowrank", () => {
  const source = `import { Matrix, matmul } from "lowrank/portable"; import * as core from "lowrank";
    const Module = WebAssembly.Module;
    let sizes = [];
    WebAssembly.Module = class extends Module { constructor(b) { super(b); sizes.push(b.length); } };
    matmul(Matrix.from([[3]]), Matrix.from([[3]]));
    console.log(JSON.stringify([sizes.length, sizes[0] < 60000, core.Matrix === Matrix]));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    encoding: "utf8",
  });
  expect(JSON.parse(stdout)).toEqual([1, true, true]);
});

testWith(undefined)("the command says it in one line", () => {
  const { status, stderr } = spawnSync(process.execPath, ["--jitless", command, "complete"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^lowrank complete: lowrank: this engine has no WebAssembly[^\n]*\n$/m);
});
