import { printable } from "../check/describe.js";
import { FileError, FormatError } from "../formats/errors.js";

/** Bad usage, or input that makes no sense: one line on stderr and exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * The library's complaints about its arguments are about what the user gave: those of the named
 * functions become a UsageError, anything else stays what it is.
 */
export function asUsageError(error: unknown, ...names: readonly string[]): unknown {
  const pattern = new RegExp(`^(?:${names.join("|")}): (.*)$`, "s");
  const complaint = error instanceof Error ? pattern.exec(error.message) : null;
  return complaint ? new UsageError(complaint[1]) : error;
}

/** What a file system says when the machine, not the path that it was given, is at fault. */
const faults = new Set(["EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC"]);

/** 2 for what the user can mend (usage, input, output paths), 1 for everything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  if (error instanceof FileError && faults.has(error.code ?? "")) return 1;
  const mendable =
    error instanceof UsageError || error instanceof FormatError || error instanceof FileError;
  return mendable ? 2 : 1;
}

/** A message on one line, without characters that terminals act on. */
export function oneLine(text: string): string {
  return printable(text.trim().replace(/\s*[\r\n]+\s*/g, " "));
}

/** What is worth a word, though nothing is wrong: a line each on stderr. */
export function remark(command: string, remarks: readonly string[]): void {
  for (const text of remarks) process.stderr.write(`lowrank ${command}: ${oneLine(text)}\n`);
}
