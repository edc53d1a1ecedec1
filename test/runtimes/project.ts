// A user's project in a temporary folder, with the conformance script compiled in it.
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

export const repository = fileURLToPath(new URL("../..", import.meta.url));
export const modules = fileURLToPath(new URL("node_modules", import.meta.url));

/** A folder that holds conformance.js and lowrank in node_modules, as a user's project does. */
export interface Project {
  folder: string;
}

export interface Runtime {
  name: string;
  /** Path of the program. */
  program: string;
  /** Runs the conformance script; returns the JSON that it printed or answered. */
  run(project: Project): Promise<string>;
}

/** Paths without a bundle resolve `lowrank` as the runtime does: through package.json's exports. */
export async function createProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "lowrank-runtimes-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(repository, join(folder, "node_modules/lowrank"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await compile("conformance.js", { entryPoints: [join(modules, "../conformance.ts")] }, folder);
  await writeFile(
    join(folder, "print.js"),
    'import { conformance } from "./conformance.js";\nconsole.log(JSON.stringify(conformance()));\n',
  );
  return { folder };
}

/** esbuild, blind to the repository's tsconfig.json, whose paths point into src/. */
export async function compile(outfile: string, options: BuildOptions, folder: string) {
  await build({
    format: "esm",
    target: "es2022",
    absWorkingDir: folder,
    outfile: join(folder, outfile),
    tsconfigRaw: {},
    ...options,
  });
}

/** A bundle of `source`, written in the project's folder. */
export function bundle(project: Project, outfile: string, source: string, options?: BuildOptions) {
  const stdin = { contents: source, resolveDir: project.folder };
  return compile(outfile, { stdin, bundle: true, ...options }, project.folder);
}
