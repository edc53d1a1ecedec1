import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pages, repository } from "../helpers/pages.js";

/** What cspell does not know in these files, by `scripts/cspell.json`. */
async function unknownWords(files: string[]): Promise<string> {
  const cspell = join(repository, "node_modules/cspell/bin.mjs");
  const options = ["--config", join(repository, "scripts/cspell.json"), "--no-progress"];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cspell, "lint", ...options, "--no-summary", ...files],
    { cwd: repository },
  ).catch((error) => error);
  return stdout;
}

test("the pages are spelt as dictionaries have it, or as scripts/cspell.json does", async () => {
  expect(await unknownWords([...pages.map(({ path }) => path), "CHANGELOG.md"])).toBe("");
});

test("a word that is misspelt is found", async () => {
  expect(await unknownWords(["test/docs/misspelt.txt"])).toContain("recomender");
});
