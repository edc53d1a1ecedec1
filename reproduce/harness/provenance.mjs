// Where a file comes from: every one that is written says it.
import { execFileSync } from "node:child_process";
import os from "node:os";
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

export function machine() {
  const model = os.cpus()[0]?.model.trim() ?? "unknown processor";
  return `${model}, one core, Node ${process.versions.node}, ${os.platform()} ${os.arch()}`;
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
