import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as bounds from "../../src/bounds.js";
import * as federated from "../../src/federated.js";
import * as generative from "../../src/generative.js";
import * as lowrank from "../../src/index.js";
import { createProject, modules, type Project, type Runtime, removeProject } from "./project.js";
import { runtimes, testOn } from "./runtimes.js";

let project: Project;
let expected: unknown;

beforeAll(async () => {
  project = await createProject();
  const { stdout } = await promisify(execFile)(process.execPath, ["print-conformance.js"], {
    cwd: project.folder,
  });
  expected = JSON.parse(stdout);
});

const rows: string[] = [];

afterAll(async () => {
  await removeProject(project);
  // npm run test:runtimes asks for the table.
  const table = process.env.LOWRANK_RUNTIMES_TABLE;
  if (table !== undefined) await writeFile(table, rows.join("\n"));
});

for (const runtime of runtimes) {
  testOn(runtime)(
    `${runtime.name} gives the same bits as this Node for every public function`,
    async () => {
      const answer = JSON.parse(await runtime.run(project, "conformance"));
      rows.push(`| ${runtime.name} | ${await versionOf(runtime)} | ${answer.hash} |`);
      expect(answer).toEqual(expected);
    },
  );
}

/** As the program itself says, or test/runtimes/package.json fixes it. */
async function versionOf({ program, version }: Runtime): Promise<string> {
  if (version) return version();
  const [first, second] = program.slice(modules.length + 1).split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  return JSON.parse(await readFile(join(modules, name, "package.json"), "utf8")).version;
}

test("the conformance script calls every public function", async () => {
  const source = await readFile(new URL("conformance.ts", import.meta.url), "utf8");
  const body = source.slice(source.lastIndexOf('from "lowrank/generative"'));
  // What does not compute: init.test.ts and relaxed.test.ts have it.
  const notComputing = ["init", "supportsRelaxedSimd"];
  // Names of before, of functions that are called by their new ones.
  const deprecated = ["constant", "cosine"];
  const apart = [...notComputing, ...deprecated];
  const names = Object.keys({ ...lowrank, ...bounds, ...federated, ...generative }).filter(
    (name) => !apart.includes(name),
  );
  const missing = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(body));
  expect(missing).toEqual([]);
});
