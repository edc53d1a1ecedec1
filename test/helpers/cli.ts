// The command as its users start it: a process of its own.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

export const cliPath = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `lowrank ...args`, piped, in `cwd`. */
export function lowrank(args: readonly string[], cwd?: string): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cliPath, ...args], {
    encoding: "utf8",
    cwd,
  });
  return { status, stdout, stderr };
}

/** `lowrank ... --json`, which must succeed: the object that it prints. */
// biome-ignore lint/suspicious/noExplicitAny: each command has its own keys, which the tests check
export function lowrankJson(args: readonly string[], cwd?: string): any {
  const { status, stdout, stderr } = lowrank([...args, "--json"], cwd);
  // Training starts a head of its own, and says so.
  const told = stderr.replace(/^lowrank finetune: a new head begins at random: [^\n]*\n/, "");
  expect({ status, told }).toEqual({ status: 0, told: "" });
  return JSON.parse(stdout);
}

/** Exit code 2, one line on stderr that begins with `start` and holds `reason`, nothing printed. */
export function expectRefusal(outcome: Outcome, start: string, reason: string): void {
  expect(outcome.stderr).toContain(reason);
  expect(outcome.stderr.startsWith(start)).toBe(true);
  expect(outcome.stderr).toMatch(/^[^\n]+\n$/);
  expect(outcome.stdout).toBe("");
  expect(outcome.status).toBe(2);
}

/** Starts the command and kills it after `milliseconds`, if it still runs; and how long it ran. */
export function killAfter(
  args: readonly string[],
  milliseconds: number,
): Promise<{ killed: boolean; elapsed: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [cliPath, ...args], { stdio: "ignore" });
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    child.on("exit", (_, signal) => {
      clearTimeout(timer);
      done({ killed: signal === "SIGKILL", elapsed: performance.now() - start });
    });
  });
}

/** A fresh folder, and how to remove it. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "lowrank-"));
  return {
    path,
    at: (...names: string[]) => join(path, ...names),
    /** The names in it, sorted. */
    names: () => readdirSync(path).sort(),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
