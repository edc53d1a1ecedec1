// Several files of a folder that belong together: a reader sees all old ones or all new ones, also
// when the writer was killed between two renames. The new ones are written beside the old ones under
// temporary names; `.lowrank-commit.json`, which appears at once, says which stands for which, and
// from then on they count. Readers that do not know of it see the old names, which follow at once.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { FileError } from "../formats/errors.js";
import { pause, withFolderLock } from "./folder-lock.js";
import {
  followLinks,
  removeStaged,
  type StagedFile,
  syncFolder,
  writeDurably,
} from "./output-file.js";
import { isLeftBehind, temporaryName, temporaryPattern } from "./process-identity.js";
import { readFile } from "./read-file.js";

const commitName = ".lowrank-commit.json";
/** How long a reader tries to find a moment at which no writer is at work. */
const patience = 60_000;

/** A folder at one moment, as `readCommitted` shows it. */
interface CommittedFolder {
  /** Names of the files, hidden ones left out. */
  names(): string[];
  /** The path of a file at this moment, by its name. */
  at(name: string): string;
}

/**
 * Puts staged files of one folder in their places, all together.
 *
 * @throws what the file system throws. Nothing is changed then, and nothing left behind; only where
 *   a rename fails after another one the commit stands, for readers and the next writer.
 */
export function publishFiles(folder: string, staged: readonly StagedFile[]): void {
  let renamed = 0;
  const rename = () => {
    for (const { temporary, target } of staged) {
      renameSync(temporary, target);
      renamed++;
    }
  };
  try {
    // One file is in its place at once; only an older commit must not come after it.
    const isClean = !existsSync(join(folder, commitName)) && leftBehind(folder).length === 0;
    if (staged.length === 1 && isClean) rename();
    else {
      withFolderLock(folder, () => {
        finishCommit(folder);
        removeLeftBehind(folder);
        try {
          if (staged.length > 1) writeCommit(folder, staged);
          rename();
        } finally {
          if (renamed === 0 || renamed === staged.length) dropCommit(folder);
        }
      });
    }
  } catch (error) {
    if (renamed === 0) removeStaged(staged);
    throw error;
  }
  syncFolder(folder);
}

/**
 * Reads files of a folder as one writer has left them, while others may be writing: where something
 * was replaced meanwhile the reading is done again.
 *
 * @throws FileError when writers leave no moment to read in; what `read` throws.
 */
export function readCommitted<T>(folder: string, read: (files: CommittedFolder) => T): T {
  for (const until = performance.now() + patience; ; pause(5)) {
    const view = viewOf(folder);
    let outcome: () => T;
    try {
      const result = read(view);
      outcome = () => result;
    } catch (error) {
      outcome = () => {
        throw error;
      };
    }
    if (view.isCurrent()) return outcome();
    if (performance.now() > until) {
      throw new FileError(folder, "it is being written all the time: try again later");
    }
  }
}

/** `readFile` of a file to which a commit that was interrupted may have brought a newer one. */
export function readCommittedFile(path: string): Uint8Array {
  let target = path;
  try {
    target = followLinks(path);
  } catch {
    // The reader has the words for it.
  }
  const [folder, name] = [dirname(target), basename(target)];
  return readCommitted(folder, ({ at }) => {
    const now = at(name);
    return readFile(now === join(folder, name) ? path : now);
  });
}

function viewOf(folder: string): CommittedFolder & { isCurrent(): boolean } {
  const commit = commitText(folder);
  const pending = readCommit(folder, commit);
  const seen = new Map<string, string>();
  let listed: string | undefined;
  const list = () =>
    [...new Set([...readdirSync(folder), ...pending.keys()])]
      .filter((name) => !name.startsWith("."))
      .sort();
  return {
    names() {
      const names = list();
      listed = names.join("/");
      return names;
    },
    at(name) {
      const temporary = pending.get(name);
      const path = join(folder, temporary ?? name);
      // A temporary file that is gone has got its name meanwhile: no version of it is current.
      const missing = temporary === undefined ? "" : "renamed";
      if (!seen.has(path)) seen.set(path, versionOf(path) || missing);
      return path;
    },
    // The commit first: all that was seen before then, and is found unchanged after it, was there
    // at that moment.
    isCurrent() {
      try {
        return (
          commitText(folder) === commit &&
          [...seen].every(([path, version]) => versionOf(path) === version) &&
          (listed === undefined || list().join("/") === listed)
        );
      } catch {
        return false;
      }
    },
  };
}

/** Differs between a file and another that takes its name; "" where there is none. */
function versionOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return "";
  }
}

function commitText(folder: string): string {
  try {
    return readFileSync(join(folder, commitName), "utf8");
  } catch {
    return "";
  }
}

/**
 * Names of new files whose renaming was interrupted, with those under which they lie. A commit that
 * no writer can have made, or that cannot be finished, stands for nothing.
 */
function readCommit(folder: string, text: string): Map<string, string> {
  try {
    const entries: [string, string][] = Object.entries(JSON.parse(text));
    const sound = entries.every(
      ([name, temporary]) =>
        basename(name) === name &&
        temporaryPattern.test(temporary) &&
        !statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory(),
    );
    const pending = entries.filter(([, temporary]) => existsSync(join(folder, temporary)));
    return new Map(sound ? pending : []);
  } catch {
    return new Map();
  }
}

function writeCommit(folder: string, staged: readonly StagedFile[]): void {
  const names = staged.map(({ temporary, target }) => [basename(target), basename(temporary)]);
  const draft = temporaryName(folder);
  try {
    writeDurably(draft, new TextEncoder().encode(JSON.stringify(Object.fromEntries(names))));
    renameSync(draft, join(folder, commitName));
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** Temporary files of writers that were killed. */
function leftBehind(folder: string): string[] {
  return readdirSync(folder).filter(isLeftBehind);
}

/** Removes them while no commit names any: then none ever will. */
function removeLeftBehind(folder: string): void {
  for (const name of leftBehind(folder)) {
    try {
      rmSync(join(folder, name), { force: true });
    } catch {
      // Another user's, in a folder where each removes their own.
    }
  }
}

/** Renames what an interrupted writer has left to rename; what cannot be renamed is dropped. */
function finishCommit(folder: string): void {
  for (const [name, temporary] of readCommit(folder, commitText(folder))) {
    try {
      renameSync(join(folder, temporary), join(folder, name));
    } catch {
      rmSync(join(folder, temporary), { force: true });
    }
  }
  dropCommit(folder);
}

function dropCommit(folder: string): void {
  rmSync(join(folder, commitName), { recursive: true, force: true });
}
