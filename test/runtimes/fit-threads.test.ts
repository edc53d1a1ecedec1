// Fits on threads on real runtimes: one hash for all of them, and for one thread and two.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromium, runInPage } from "./page.js";
import { createProject, type Project, removeProject } from "./project.js";
import { having, lacking, testOn } from "./runtimes.js";

let project: Project;
let expected: { onTwo: number[]; onOne: number[] };

beforeAll(async () => {
  project = await createProject();
  const options = { cwd: project.folder };
  const { stdout } = await promisify(execFile)(process.execPath, ["print-fit-threads.js"], options);
  expected = JSON.parse(stdout);
});

afterAll(() => removeProject(project));

test("two threads give the bytes of one", () => {
  expect(expected.onTwo).toHaveLength(2);
  expect(expected.onTwo).toEqual(expected.onOne);
});

for (const runtime of having("workers")) {
  testOn(runtime)(
    `${runtime.name} fits on two threads, to the same bytes as this Node`,
    async () => {
      expect(JSON.parse(await runtime.run(project, "fit-threads"))).toEqual(expected);
    },
  );
}

for (const runtime of lacking("workers")) {
  testOn(runtime)(`${runtime.name}, without workers, says so`, async () => {
    const { refused } = JSON.parse(await runtime.run(project, "fit-threads"));
    expect(refused).toMatch(/^UnsupportedError: .*worker/);
  });
}

testOn(chromium)("a page that may not share memory fits by messages", async () => {
  const source = `globalThis.workerUrl = "/fit-worker.js";
    const { answer } = await import("./fit-threads.js");
    globalThis.answer = (async () => JSON.stringify(await answer()))();`;
  expect(JSON.parse(await runInPage(chromium, project, source, {}))).toEqual(expected);
});
