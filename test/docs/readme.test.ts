import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { budgets } from "../../scripts/budgets.mjs";
import { anchorsOf, linksOf } from "../../site/docs/links.js";
import * as bounds from "../../src/bounds.js";
import * as federated from "../../src/federated.js";
import * as generative from "../../src/generative.js";
import * as lowrank from "../../src/index.js";
import * as lora from "../../src/lora.js";
import * as loraNode from "../../src/lora-node.js";
import * as node from "../../src/node.js";
import * as theory from "../../src/theory.js";
import * as threads from "../../src/threads.js";
import { codeBlocks, runExample } from "../helpers/examples.js";
import { pages, repository } from "../helpers/pages.js";
import { writeTinyModel } from "../helpers/text-models.js";

const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));

describe("examples of the pages", () => {
  const start = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "lowrank-readme-"));
  // Files that an example writes must not land in the repository.
  beforeAll(() => {
    process.chdir(folder);
    writeTinyModel("all-MiniLM-L6-v2");
  });
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
        "lowrank/lora": lora,
        "lowrank/lora/node": loraNode,
        "lowrank/node": node,
        "lowrank/theory": theory,
        "lowrank/threads": threads,
      },
    ),
  );
});

test.each(pages)("every link of $path leads to a file, and to a heading of it", (page) => {
  const broken = linksOf(page).filter(({ path, hash }) => {
    if (!existsSync(join(repository, path))) return true;
    if (hash === "" || !path.endsWith(".md")) return false;
    return !anchorsOf(readFileSync(join(repository, path), "utf8")).has(hash);
  });
  expect(broken).toEqual([]);
});

test("the README has no link that only a clone can follow", () => {
  const readme = pages.find(({ path }) => path === "README.md")!.text;
  expect(readme.match(/\]\((?!https:)[^)]*\)/g)).toBeNull();
});

test("the README's badges are true", () => {
  const readme = pages.find(({ path }) => path === "README.md")!.text;
  const badges = [...readme.matchAll(/img\.shields\.io\/badge\/([^)]*)-2660c4/g)].map(([, text]) =>
    decodeURIComponent(text).replaceAll("_", " "),
  );
  const svd = budgets.find(({ imports, from }) => imports === "svd" && from === "lowrank")!;
  const licence = readFileSync(join(repository, "LICENSE"), "utf8");
  expect(badges).toEqual([
    `dependencies-${Object.keys(manifest.dependencies ?? {}).length}`,
    `node-${manifest.engines.node.replace(">=", "≥ ")}`,
    `an SVD in a page-< ${svd.limit} KiB gzip`,
    `types-${manifest.types ? "included" : "missing"}`,
    `licence-${licence.startsWith(manifest.license) ? manifest.license : "unknown"}`,
  ]);
});

test.each(pages)("every script that $path names is there", ({ text }) => {
  const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
});
