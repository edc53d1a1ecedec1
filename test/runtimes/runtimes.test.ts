import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as lowrank from "../../src/index.js";
import { createProject, type Project } from "./project.js";
import { canRun, runtimes } from "./runtimes.js";

let project: Project;
let expected: unknown;

beforeAll(async () => {
  project = await createProject();
  const { stdout } = await promisify(execFile)(process.execPath, ["print-conformance.js"], {
    cwd: project.folder,
  });
  expected = JSON.parse(stdout);
});

afterAll(() => rm(project.folder, { recursive: true, force: true, maxRetries: 5 }));

const skipped = runtimes.filter((runtime) => !canRun(runtime)).map(({ name }) => name);
if (skipped.length > 0) {
  console.warn(`Skipped, not installed: ${skipped.join(", ")}. Install: npm run runtimes:install`);
}

for (const runtime of runtimes) {
  test.skipIf(!canRun(runtime))(
    `${runtime.name} gives the same bits as this Node for every public function`,
    async () => {
      expect(JSON.parse(await runtime.run(project, "conformance"))).toEqual(expected);
    },
  );
}

test("the conformance script calls every public function", async () => {
  const source = await readFile(new URL("conformance.ts", import.meta.url), "utf8");
  const body = source.slice(source.lastIndexOf('from "lowrank"'));
  // What does not compute: init.test.ts and relaxed.test.ts have it.
  const apart = ["init", "supportsRelaxedSimd"];
  const names = Object.keys(lowrank).filter((name) => !apart.includes(name));
  const missing = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(body));
  expect(missing).toEqual([]);
});
