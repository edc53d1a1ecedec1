// Tests that need more than every machine has: they say what, and are skipped without it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

const told = new Set<string>();

/**
 * `test`, or where something is missing a test that is skipped and says so: in its title, and once
 * on the terminal.
 *
 * @param missing - what is missing and how to get it; undefined where all is there.
 */
export function testWith(missing: string | undefined): typeof test {
  if (missing === undefined) return test;
  if (!told.has(missing)) console.warn(`Skipped: ${missing}`);
  told.add(missing);
  const skip = (title: string, ...rest: unknown[]) =>
    (test.skip as (...args: unknown[]) => void)(`${title} [skipped: ${missing}]`, ...rest);
  const each = (cases: never) => (title: string, body: never) =>
    test.skip.each(cases)(`${title} [skipped: ${missing}]`, body);
  return Object.assign(skip, { each }) as unknown as typeof test;
}

/** What keeps a file from being there, for `testWith`. */
export function missingFile(path: string, what = `${path} is not there`): string | undefined {
  return existsSync(path) ? undefined : what;
}

/** MiniLM's folder, and what to do where it is not there. */
export const minilm = fileURLToPath(new URL("../../bench/models/minilm", import.meta.url));
export const missingMiniLM = ["config.json", "tokenizer.json", "model.safetensors"]
  .map((name) => missingFile(join(minilm, name), "MiniLM: node bench/fetch-minilm.mjs fetches it"))
  .find((missing) => missing !== undefined);

const isRoot = process.getuid?.() === 0;

/** Words before a command that make a process's user one who is bound by the modes of files. */
export const asNobody = isRoot
  ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
  : [];

/** Why no process can be started that is bound by modes, and can read `path`. */
export function missingNobody(path: string): string | undefined {
  if (process.platform === "win32") return "files have no modes on Windows";
  if (!isRoot) return undefined;
  const [program, ...rest] = [...asNobody, process.execPath, "--check", path];
  return spawnSync(program, rest).status === 0
    ? undefined
    : "root is not bound by modes, and setpriv to a user who can read the package does not work";
}
