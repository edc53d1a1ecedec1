import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as bounds from "../../src/bounds.js";
import * as federated from "../../src/federated.js";
import * as generative from "../../src/generative.js";
import * as lowrank from "../../src/index.js";
import * as theory from "../../src/theory.js";
import * as threads from "../../src/threads.js";
import { codeBlocks, runExample } from "../helpers/examples.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const docs = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .sort();
const pages = ["README.md", "CONTRIBUTING.md", ...docs.map((file) => `docs/${file}`)].map(
  (path) => ({
    path,
    text: readFileSync(join(repository, path), "utf8"),
  }),
);

describe("examples of the pages", () => {
  const start = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "lowrank-readme-"));
  // Files that an example writes must not land in the repository.
  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(start);
    rmSync(folder, { recursive: true });
  });

  const blocks = pages.flatMap(({ path, text }) =>
    codeBlocks(text).map(({ line, code }) => ({ path, line, code })),
  );
  test.each(blocks)("the code at $path:$line does what it says", ({ code }) =>
    runExample(
      code,
      {},
      {
        lowrank,
        "lowrank/bounds": bounds,
        "lowrank/federated": federated,
        "lowrank/generative": generative,
        "lowrank/theory": theory,
        "lowrank/threads": threads,
      },
    ),
  );
});

test.each(pages)("every link of $path to a file leads somewhere", ({ path, text }) => {
  const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(([, to]) => to);
  const broken = targets.filter((to) => !existsSync(join(repository, dirname(path), to)));
  expect(broken).toEqual([]);
});

test.each(pages)("every script that $path names is there", ({ text }) => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
