import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { encodeNpy } from "../../src/formats/npy.js";
import { supportsRelaxedSimd } from "../../src/index.js";
import { expectRefusal, lowrank, temporaryFolder } from "../helpers/cli.js";
import { groupedClicks } from "../helpers/interactions.js";

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };
const page = readFileSync(new URL("../../docs/reference/commands.md", import.meta.url), "utf8");
const commands = [
  ...[
    "train",
    "complete",
    "evaluate",
    "update",
    "recommend",
    "similar",
    "explain",
    "predict",
    "info",
  ],
  ...["export", "svd", "verify"],
];

test("--version prints the package's version", () => {
  expect(lowrank(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});

test("--help names every command, each command explains itself, the page every option", () => {
  const { status, stdout } = lowrank(["--help"]);
  expect(status).toBe(0);
  for (const command of commands) {
    expect(stdout).toContain(`\n  ${command} `);
    const help = lowrank([command, "--help"]);
    expect(help.status).toBe(0);
    expect(help.stdout).toContain(`Usage: lowrank ${command}`);
    for (const [option] of help.stdout.matchAll(/--(?!help)[a-z-]+/g)) {
      if (option !== "--count") expect(page).toContain(option);
    }
  }
});

test("no command, an unknown command and an unknown option are refused in one line", () => {
  expectRefusal(lowrank([]), "lowrank: ", "name a command");
  expectRefusal(lowrank(["complet"]), "lowrank: ", "unknown command 'complet'");
  expectRefusal(lowrank(["--json"]), "lowrank: ", "unknown option '--json'");
});

test("--relaxed computes, wherever it stands, or says what it needs", () => {
  const folder = temporaryFolder();
  const data = new Float64Array(30).map((_, k) => Math.sin(k));
  writeFileSync(folder.at("A.npy"), encodeNpy({ shape: [6, 5], data }));
  const command = ["svd", "A.npy", "--rank", "3", "--json"];
  const { singularValues } = JSON.parse(lowrank(command, folder.path).stdout);
  for (const args of [
    ["--relaxed", ...command],
    [...command, "--relaxed"],
  ]) {
    const outcome = lowrank(args, folder.path);
    if (supportsRelaxedSimd()) {
      const relaxed = JSON.parse(outcome.stdout).singularValues;
      relaxed.forEach((value: number, i: number) => {
        expect(Math.abs(value / singularValues[i] - 1)).toBeLessThan(1e-13);
      });
    } else expectRefusal(outcome, "lowrank", "--relaxed needs relaxed SIMD");
  }
  folder.remove();
});

test("the command's bundle is whole: no file of it reaches for another package", () => {
  const files = ["cli", "chunks"].flatMap((folder) => {
    const url = new URL(`../../dist/${folder}/`, import.meta.url);
    const names = readdirSync(url).filter((name) => name.endsWith(".js"));
    return names.map((name) => ({ name, code: readFileSync(new URL(name, url), "utf8") }));
  });
  const main = files.find(({ name }) => name === "main.js");
  expect(main?.code.startsWith("#!/usr/bin/env node\n")).toBe(true);
  const reached = files.flatMap(({ code }) =>
    [...code.matchAll(/(?:\bfrom|\bimport\(|\brequire\d*\()\s*"([^"]+)"/g)].map(([, name]) => name),
  );
  expect(reached.length).toBeGreaterThan(20);
  // What is between other quotes than a module's is no name of one.
  const modules = reached.filter((name) => /^[@\w][@\w./-]*$/.test(name));
  const others = new Set(modules.filter((name) => !isBuiltin(name)));
  // Who fits on machines installs these, and is told so.
  expect([...others].sort()).toEqual(["bullmq", "ioredis"]);
});

test("the notices name what bundled packages have bundled themselves", () => {
  const notices = readFileSync(
    new URL("../../dist/THIRD_PARTY_LICENSES.txt", import.meta.url),
    "utf8",
  );
  for (const name of ["d3-array", "internmap", "delaunator", "robust-predicates"]) {
    expect(notices).toMatch(new RegExp(`^${name} \\d\\S* \\(\\S+\\)\\n\\n\\S`, "m"));
  }
});

test("the commands that docs/reference/commands.md shows run as printed", () => {
  const folder = temporaryFolder();
  const cells = Array.from({ length: 144 }, (_, k) => [k % 12, Math.floor(k / 12)]);
  const id = (names: string[], index: number, rest: string) => names[index] ?? rest + index;
  const lines = cells
    .filter(([u, i]) => (u + i) % 3 > 0)
    .map(([u, i]) => `${id(["ann"], u, "u")},${id(["Brazil (1985)"], i, "f")},${1 + (u % 5)}\n`);
  writeFileSync(folder.at("ratings.csv"), lines.join(""));
  for (const [half, name] of ["2023.csv.gz", "2024.csv.gz"].entries()) {
    const some = lines.filter((_, k) => k % 2 === half).join("");
    writeFileSync(folder.at(name), gzipSync(some));
  }
  const { rowIds, colIds } = groupedClicks({ rows: 100, cols: 40, groups: 4, choices: 8 }, 1);
  const named = (text: string, from: string, to: string) => (text === from ? to : text);
  const clicks = rowIds.map(
    (row, k) => `${named(row, "row0", "ann")},${named(colIds[k], "col1", "tea")}\n`,
  );
  writeFileSync(folder.at("clicks.csv"), clicks.join(""));
  writeFileSync(folder.at("today.csv"), "ann,tea\nbea,tea\nbea,oolong\n");
  writeFileSync(folder.at("mine.csv"), "tea\ncol5\n");
  const data = new Float64Array(12 * 12).map((_, k) => (k * 7) % 11);
  writeFileSync(folder.at("A.npy"), encodeNpy({ shape: [12, 12], data }));
  const embeddings = new Float32Array(100 * 70).map((_, k) => (k * 7919) % 101);
  writeFileSync(folder.at("embeddings.npy"), encodeNpy({ shape: [100, 70], data: embeddings }));

  const shown = [...page.matchAll(/^npx lowrank ([^#\n]+)/gm)].map(([, line]) => line);
  expect(shown).toHaveLength(15);
  for (const line of shown) {
    const args = [...line.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
    const { status, stdout, stderr } = lowrank(args, folder.path);
    expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: "" });
    expect(stdout).not.toBe("");
  }
  expect(folder.names()).toEqual([
    ...["2023.csv.gz", "2024.csv.gz", "A.npy", "clicks.csv", "embeddings.npy", "factors"],
    ...[
      "mine.csv",
      "ratings.csv",
      "ratings.shards",
      "recommendations.csv",
      "report.html",
      "shop.model",
      "small",
      "tastes.model",
      "today.csv",
    ],
  ]);
  folder.remove();
});
