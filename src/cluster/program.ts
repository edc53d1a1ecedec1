// What computes: workers take part in a run only with the very program of its coordinator, for the model's
// bytes depend on it.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { tasks } from "./tasks.js";

export interface Program {
  readonly version: string;
  /**
   * Hexadecimal digits of a hash of all that a shard is computed with: the files that the program is built of
   * have names with hashes of their contents, kernels included.
   */
  readonly hash: string;
}

export function thisProgram(): Program {
  const { version } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  const hash = createHash("sha256").update(version);
  for (const { url } of Object.values(tasks())) hash.update(readFileSync(url));
  return { version, hash: hash.digest("hex").slice(0, 16) };
}

/** How a message names this process. */
export const processName = (): string => `${hostname()}:${process.pid}`;
