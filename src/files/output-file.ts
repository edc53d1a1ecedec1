// Files on their way to the disk: checked before the work starts, then written whole under a
// temporary name beside the file that they will replace.
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, isAbsolute } from "node:path";
import { FileError } from "../formats/errors.js";
import { temporaryName } from "./process-identity.js";

export interface OutputFile {
  path: string;
  /** All of it, or one piece after the other: they are made while the file is written. */
  bytes: Uint8Array | Iterable<Uint8Array>;
}

/** A file that is on the disk, whole, beside the one that it will replace. */
export interface StagedFile {
  temporary: string;
  target: string;
}

const reasons: Record<string, string> = {
  EACCES: "it may not be written: permission denied",
  EDQUOT: "the quota of the disk is used up",
  EEXIST: "there is something of another kind by that name",
  EFBIG: "the file is larger than is allowed here",
  EISDIR: "it is a directory",
  ELOOP: "it is a loop of symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "no file can be made there",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is a file and not a folder",
  EPERM: "it may not be written: permission denied",
  EROFS: "the file system is read-only",
};

/** What a file system answers that cannot do what is asked; nothing is wrong with the file. */
const unsupported = new Set(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

/**
 * Does the work; what the file system says against it becomes one line about the path.
 *
 * @throws FileError for errors of the file system, anything else as it is.
 */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof FileError || !/^E[A-Z]+$/.test(code ?? "")) throw error;
    throw new FileError(path, reasons[code as string] ?? `it cannot be written (${code})`, code);
  }
}

/**
 * Refuses a path that cannot become a file: to be asked before the work starts.
 *
 * @throws FileError when its folder does not exist or no file can be made in it, or when the path
 *   is something other than a file that may be replaced.
 */
export function checkOutputPath(path: string): void {
  if (path === "") throw new FileError(path, "it is a directory: output must go to a file");
  writing(path, () => {
    const target = followLinks(path);
    const found = statSync(target, { throwIfNoEntry: false });
    if (found?.isDirectory() || path.endsWith("/")) {
      throw new FileError(path, "it is a directory: output must go to a file");
    }
    if (found && !found.isFile()) {
      throw new FileError(path, "it is not a regular file: output must go to a file");
    }
    const folder = dirname(target);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new FileError(path, `the folder ${folder} does not exist`);
    }
    if (found) checkWritable(path, target);
    probe(path, folder);
  });
}

/**
 * Refuses a path that cannot become a folder with files in it, as `checkOutputPath` does for files.
 *
 * @throws FileError
 */
export function checkOutputFolder(path: string): void {
  if (path === "") throw new FileError(path, "it is not a name of a folder");
  writing(path, () => {
    let folder = followLinks(path);
    let found = statSync(folder, { throwIfNoEntry: false });
    while (!found) {
      folder = dirname(folder);
      found = statSync(folder, { throwIfNoEntry: false });
    }
    if (!found.isDirectory()) {
      const what = folder === path ? "it" : folder;
      throw new FileError(path, `${what} is not a folder: output must go to a folder`);
    }
    probe(path, folder);
  });
}

/** Makes a folder and those above it, and gives the first one that was not there. */
export function makeFolder(path: string): string | undefined {
  return writing(path, () => mkdirSync(followLinks(path), { recursive: true }));
}

/** Takes folders away again that `makeFolder` made, as far as they are empty. */
export function removeEmptyFolders(path: string, first: string | undefined): void {
  if (first === undefined) return;
  try {
    const top = realpathSync(first);
    for (let folder = realpathSync(path); ; folder = dirname(folder)) {
      rmdirSync(folder);
      if (folder === top) return;
    }
  } catch {
    // Somebody else uses it.
  }
}

/**
 * Brings the files to the disk under temporary names.
 *
 * @throws FileError when one of them cannot be: no temporary file is left then.
 */
export function stageFiles(files: readonly OutputFile[]): StagedFile[] {
  const staged: StagedFile[] = [];
  try {
    for (const { path, bytes } of files) {
      checkOutputPath(path);
      writing(path, () => {
        const target = followLinks(path);
        const temporary = temporaryName(dirname(target));
        staged.push({ temporary, target });
        writeDurably(temporary, bytes, statSync(target, { throwIfNoEntry: false })?.mode);
      });
    }
    return staged;
  } catch (error) {
    removeStaged(staged);
    throw error;
  }
}

export function removeStaged(staged: readonly StagedFile[]): void {
  for (const { temporary } of staged) rmSync(temporary, { force: true });
}

/** Writes a new file and brings it to the disk; with the mode of the one that it will replace. */
export function writeDurably(path: string, bytes: OutputFile["bytes"], mode?: number): void {
  const file = openSync(path, "wx");
  try {
    if (mode !== undefined) whereSupported(() => fchmodSync(file, mode & 0o7777), "EPERM");
    for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) {
      for (let written = 0; written < piece.length; ) written += writeSync(file, piece, written);
    }
    whereSupported(() => fsyncSync(file));
  } finally {
    closeSync(file);
  }
}

/** Brings what was written to a file to the disk. */
export function bringToDisk(path: string): void {
  const file = openSync(path, "r+");
  try {
    whereSupported(() => fsyncSync(file));
  } finally {
    closeSync(file);
  }
}

/** Brings renames to the disk, where the folder may be opened and the file system knows how. */
export function syncFolder(path: string): void {
  // Windows cannot open a folder, and keeps its renames itself.
  if (process.platform === "win32") return;
  whereSupported(
    () => {
      const folder = openSync(path, "r");
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
    },
    "EACCES",
    "EPERM",
    "EBADF",
    "EISDIR",
  );
}

function whereSupported(work: () => void, ...others: string[]): void {
  try {
    work();
  } catch (error) {
    const code = codeOf(error) ?? "";
    if (!unsupported.has(code) && !others.includes(code)) throw error;
  }
}

/** Where a path leads: links are followed, also to a file that is not there yet. */
export function followLinks(path: string): string {
  let at = path.replace(/(?<=[^/])\/+$/, "");
  for (let links = 0; links < 40; links++) {
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (!found) return at;
    if (!found.isSymbolicLink()) return links === 0 ? at : realpathSync(at);
    const link = readlinkSync(at);
    at = isAbsolute(link) ? link : `${realpathSync(dirname(at))}/${link}`;
  }
  throw new FileError(path, reasons.ELOOP, "ELOOP");
}

/** A file that its owner protects is not replaced, although the folder would allow it. */
function checkWritable(path: string, target: string): void {
  try {
    accessSync(target, constants.W_OK);
  } catch (error) {
    if (codeOf(error) === "EROFS") throw error;
    throw new FileError(path, "the file is read-only: make it writable, or name another", "EACCES");
  }
}

/** Whether a file can be made is known when one was: modes and owners do not tell all. */
function probe(path: string, folder: string): void {
  const probed = temporaryName(folder);
  try {
    closeSync(openSync(probed, "wx"));
    rmSync(probed);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "EACCES" && code !== "EPERM" && code !== "ENOENT") throw error;
    throw new FileError(path, `the folder ${folder} may not be written`, code);
  }
}
