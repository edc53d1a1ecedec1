// Several files of a folder that belong together: a reader sees all old ones or all new ones, also
// when the writer was killed between two renames. The new ones lie beside the old ones under
// temporary names; `.lowrank-commit.json`, which appears at once, says which stands for which, and
// from then on they count. Readers that do not know of it see the old names, which follow at once.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { stageFiles, writeFileAtomically } from "./atomic-file.js";

const commitName = ".lowrank-commit.json";
const temporaryName = /^\.lowrank-[0-9a-f]{16}\.tmp$/;

/**
 * Replaces files of a folder, all together.
 *
 * @throws FileError when one of them cannot be written: none is replaced then.
 */
export function commitFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  finishCommit(folder);
  const outputs = Array.from(files, ([name, bytes]) => ({ path: join(folder, name), bytes }));
  stageFiles(outputs, (staged) => {
    const temporaries = staged.map(({ temporary }) => basename(temporary));
    const names = [...files.keys()].map((name, i) => [name, temporaries[i]]);
    const commit = JSON.stringify(Object.fromEntries(names));
    writeFileAtomically(join(folder, commitName), new TextEncoder().encode(commit));
    for (const { temporary, target } of staged) renameSync(temporary, target);
    rmSync(join(folder, commitName));
  });
}

/** Where a file of the folder lies now, by its name. */
export function committedPaths(folder: string): (name: string) => string {
  const pending = readCommit(folder);
  return (name) => join(folder, pending.get(name) ?? name);
}

/**
 * Names of the folder's files, hidden ones left out.
 *
 * @throws what the file system throws when it is no folder that can be read.
 */
export function committedNames(folder: string): string[] {
  const names = [...readdirSync(folder), ...readCommit(folder).keys()];
  return [...new Set(names)].filter((name) => !name.startsWith(".")).sort();
}

/** Names of new files whose renaming was interrupted, with those under which they lie. */
function readCommit(folder: string): Map<string, string> {
  let commit: unknown;
  try {
    commit = JSON.parse(readFileSync(join(folder, commitName), "utf8"));
  } catch {
    return new Map();
  }
  const entries = Object.entries(commit ?? {}).filter(
    ([name, temporary]) =>
      basename(name) === name &&
      typeof temporary === "string" &&
      temporaryName.test(temporary) &&
      existsSync(join(folder, temporary)),
  );
  return new Map(entries as [string, string][]);
}

/** Renames what an interrupted writer has left to rename. */
function finishCommit(folder: string): void {
  for (const [name, temporary] of readCommit(folder)) {
    renameSync(join(folder, temporary), join(folder, name));
  }
  rmSync(join(folder, commitName), { force: true });
}
