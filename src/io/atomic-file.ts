// Files that are never seen half-written: each is written to a temporary file in the same folder,
// brought to the disk and renamed. A run that is killed leaves the old file, or the new one, and
// at worst a hidden `.lowrank-*.tmp` that nothing reads and no later run trips over.
import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { FileError } from "./errors.js";

export interface OutputFile {
  path: string;
  bytes: Uint8Array;
}

/** A file that is on the disk, whole, beside the one that it will replace. */
interface StagedFile {
  temporary: string;
  target: string;
}

/**
 * Refuses a path that cannot become a file: to be asked before the work starts.
 *
 * @throws FileError when its folder does not exist or may not be written, or when the path is
 *   something other than a file.
 */
export function checkOutputPath(path: string): void {
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new FileError(path, `the folder ${folder} does not exist`);
  }
  const target = path === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === "" || (target && !target.isFile())) {
    const kind = target?.isDirectory() ? "it is a directory" : "it is no regular file";
    throw new FileError(path, `${kind}: output must go to a file`);
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new FileError(path, `the folder ${folder} may not be written`);
  }
}

/**
 * Writes the files, each whole or not at all. None is replaced before all are safely on the disk,
 * so a full disk leaves every old file in place. Modes of replaced files are kept, symbolic links
 * followed.
 *
 * @throws FileError when a path cannot become a file; what the file system throws otherwise.
 *   Temporary files are removed.
 */
export function writeFilesAtomically(files: readonly OutputFile[]): void {
  stageFiles(files, (staged) => {
    for (const { temporary, target } of staged) renameSync(temporary, target);
  });
}

/**
 * Brings the files to the disk under temporary names and lets `publish` rename them.
 *
 * @throws as `writeFilesAtomically`; also what `publish` throws. Temporary files are removed.
 */
export function stageFiles(
  files: readonly OutputFile[],
  publish: (staged: readonly StagedFile[]) => void,
): void {
  const staged: StagedFile[] = [];
  try {
    for (const { path, bytes } of files) {
      checkOutputPath(path);
      const existing = statSync(path, { throwIfNoEntry: false });
      const target = existing ? realpathSync(path) : path;
      const temporary = join(dirname(target), `.lowrank-${randomBytes(8).toString("hex")}.tmp`);
      staged.push({ temporary, target });
      writeDurably(temporary, bytes, existing?.mode);
    }
    publish(staged);
  } catch (error) {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    throw error;
  }
  for (const folder of new Set(staged.map(({ target }) => dirname(target)))) syncFolder(folder);
}

/** `writeFilesAtomically` for one file. */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  writeFilesAtomically([{ path, bytes }]);
}

function writeDurably(path: string, bytes: Uint8Array, mode?: number): void {
  const file = openSync(path, "wx");
  try {
    if (mode !== undefined) fchmodSync(file, mode & 0o7777);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(file, bytes, written);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Brings renames to the disk. Windows cannot open a folder, and keeps its renames itself. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
