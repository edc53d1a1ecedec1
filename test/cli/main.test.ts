import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { expectRefusal, lowrank } from "../helpers/cli.js";

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };
const commands = ["svd"];

test("--version prints the package's version", () => {
  expect(lowrank(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

test("--help names every command, and each command explains itself", () => {
  const { status, stdout } = lowrank(["--help"]);
  expect(status).toBe(0);
  for (const command of commands) {
    expect(stdout).toContain(`\n  ${command} `);
    const help = lowrank([command, "--help"]);
    expect(help.status).toBe(0);
    expect(help.stdout).toContain(`Usage: lowrank ${command}`);
  }
});

test("no command, an unknown command and an unknown option are refused in one line", () => {
  expectRefusal(lowrank([]), "lowrank: ", "name a command");
  expectRefusal(lowrank(["complet"]), "lowrank: ", "unknown command 'complet'");
  expectRefusal(lowrank(["--json"]), "lowrank: ", "unknown option '--json'");
});

test("the command's bundle is whole: no file of it reaches for another package", () => {
  const main = readFileSync(new URL("../../dist/cli/main.js", import.meta.url), "utf8");
  expect(main.startsWith("#!/usr/bin/env node\n")).toBe(true);
  const imports = [...main.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, name]) => name);
  expect(imports.filter((name) => !/^(node:|\.)/.test(name))).toEqual([]);
});
