// Fine-tuning on real runtimes: in a browser's tab and in a worker of 128 MB among them.
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, type Project } from "./project.js";
import { canRun, runtimes } from "./runtimes.js";

let project: Project;
let expected: { losses: number[]; adapter: number; megabytes: number };

beforeAll(async () => {
  project = await createProject();
  const options = { cwd: project.folder };
  const { stdout } = await promisify(execFile)(process.execPath, ["print-lora.js"], options);
  expected = JSON.parse(stdout);
});

afterAll(() => rm(project.folder, { recursive: true, force: true, maxRetries: 5 }));

test("a few steps of fine-tuning lower the loss, in a fraction of a worker's 128 MB", () => {
  expect(expected.losses.at(-1)! / expected.losses[0]).toBeLessThan(1);
  expect(expected.megabytes).toBeLessThan(16);
});

for (const runtime of runtimes) {
  test.skipIf(!canRun(runtime))(
    `${runtime.name} fine-tunes to the same bits as this Node`,
    async () => {
      expect(JSON.parse(await runtime.run(project, "lora"))).toEqual(expected);
    },
  );
}
