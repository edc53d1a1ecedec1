// Where a file comes from: every one that is written says it.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
/** What a figure can depend on. */
const sources = ["assembly", "src", "reproduce", "package-lock.json"];

/** The commit of the sources, marked where they were changed since. */
export function currentCommit() {
  const git = (...args) => execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
  try {
    const changed = git("status", "--porcelain", "--", ...sources) !== "";
    return git("rev-parse", "HEAD") + (changed ? " with changes" : "");
  } catch {
    return "unknown (no git)";
  }
}

/** The lines that every file carries. */
export function provenanceLines({ command, seed, commits, machine }) {
  return [
    `command: ${command}`,
    `seed: ${seed}`,
    `commit: ${commits.join(", ")}`,
    `machine: ${machine}`,
  ];
}
