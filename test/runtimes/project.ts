// A user's project in a temporary folder, with the scripts of the tests compiled in it.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const modules = fileURLToPath(new URL("node_modules", import.meta.url));

/** Modules of this folder that export `answer`, which may be asynchronous. */
const scripts = [
  "conformance",
  "relaxed",
  "threads",
  "fit-threads",
  "lora",
  "lora-threads",
] as const;
export type Script = (typeof scripts)[number];

/** A folder that holds the scripts and lowrank in node_modules, as a user's project does. */
export interface Project {
  folder: string;
}

export interface Runtime {
  name: string;
  /** Path of the program. */
  program: string;
  /** What the engine has not; the package says so where it would need it. */
  lacks?: readonly ("workers" | "shared memory" | "relaxed SIMD")[];
  /** Where test/runtimes/package.json does not fix it. */
  version?(): Promise<string>;
  /** Runs a script; returns its answer as JSON. */
  run(project: Project, script: Script): Promise<string>;
}

/** Paths without a bundle resolve `lowrank` as the runtime does: through package.json's exports. */
export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "lowrank-runtimes-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(repository, join(folder, "node_modules/lowrank"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  for (const script of [...scripts, "tiny-encoder"]) {
    const source = join(modules, `../${script}.ts`);
    await compile(`${script}.js`, { entryPoints: [source] }, folder);
  }
  for (const script of scripts) {
    await writeFile(join(folder, `print-${script}.js`), `console.log(${answerOf(script)});\n`);
  }
  return { folder };
}

/** The expression that a script's answer has as JSON. */
export const answerOf = (script: Script) =>
  `await import("./${script}.js").then(async ({ answer }) => JSON.stringify(await answer()))`;

/** Where the kernels lie that the export condition `workerd` imports for a script. */
export const deployedKernels = (script: Script) =>
  join(repository, "dist", script === "relaxed" ? "relaxed/edge" : "edge", "kernels.wasm");

/** esbuild, blind to the repository's tsconfig.json, whose paths point into src/. */
export async function compile(outfile: string, options: BuildOptions, folder: string) {
  await build({
    format: "esm",
    target: "es2022",
    absWorkingDir: folder,
    outfile: join(folder, outfile),
    tsconfigRaw: {},
    logLevel: "error",
    ...options,
  });
}

/** A bundle of `source`, written in the project's folder. */
export function bundle(project: Project, outfile: string, source: string, options?: BuildOptions) {
  const stdin = { contents: source, resolveDir: project.folder };
  return compile(outfile, { stdin, bundle: true, ...options }, project.folder);
}

/** Removes the project; browsers that were stopped may still be writing for a while. */
export const removeProject = ({ folder }: Project) =>
  rm(folder, { recursive: true, force: true, maxRetries: 100, retryDelay: 20 });
