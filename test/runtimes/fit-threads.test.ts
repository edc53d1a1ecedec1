// Fits on threads on real runtimes: one hash for all of them, and for one thread and two.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInChromium } from "./page.js";
import { createProject, type Project, removeProject } from "./project.js";
import { runtimes, testOn } from "./runtimes.js";

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

const edges = ["workerd", "edge-runtime"];
for (const runtime of runtimes) {
  const has = edges.includes(runtime.name)
    ? "without workers, says so"
    : "fits on two threads, to the same bytes as this Node";
  testOn(runtime)(`${runtime.name} ${has}`, async () => {
    const { refused, ...found } = JSON.parse(await runtime.run(project, "fit-threads"));
    if (edges.includes(runtime.name)) expect(refused).toMatch(/^UnsupportedError: .*worker/);
    else expect({ refused, ...found }).toEqual({ refused: undefined, ...expected });
  });
}

const chromium = runtimes.find(({ name }) => name === "Chromium");
if (chromium) {
  testOn(chromium)("a page that may not share memory fits by messages", async () => {
    const source = `globalThis.workerUrl = "/fit-worker.js";
      const { answer } = await import("./fit-threads.js");
      globalThis.answer = (async () => JSON.stringify(await answer()))();`;
    expect(JSON.parse(await runInChromium(project, source, {}))).toEqual(expected);
  });
}
