// What the pages that lead through a task say to write and to run: their blocks in order, the files
// with their names in the first line, and the package as it is packed.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { repository } from "./pages.js";

export const run = promisify(execFile);

/** The packed package, in a folder that `remove` takes away. */
export async function pack(): Promise<{ tarball: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "lowrank-packed-"));
  // Not prepare's build: it would replace dist/ under the feet of the tests beside this one.
  const flags = ["--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout } = await run("npm", ["pack", ...flags], { cwd: repository });
  return {
    tarball: join(folder, JSON.parse(stdout)[0].filename),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The command that installs it without a registry. */
export const install = (tarball: string) => `npm install --offline --no-audit --no-fund ${tarball}`;

/** The blocks of a page; `file` is that of a program. */
export function blocksOf(page: string): { language: string; code: string; file?: string }[] {
  const text = readFileSync(join(repository, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => {
    const file = /^(?:\/\/|#) (\S+\.\w+)\n/.exec(code)?.[1];
    return { language, code, ...(file ? { file } : {}) };
  });
}

/** Writes a program of a page into a folder. */
export function writeProgram(folder: string, { file, code }: { file?: string; code: string }) {
  if (file === undefined) throw new Error(`a program without its file's name:\n${code}`);
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), code);
}
