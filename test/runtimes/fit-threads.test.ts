// Fits and decompositions on threads on real runtimes: one hash for all of them, and for one thread and two.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as threads from "../../src/threads.js";
import { chromium, runInPage } from "./page.js";
import { createProject, type Project, removeProject } from "./project.js";
import { having, lacking, testOn } from "./runtimes.js";

let project: Project;
let expected: Record<string, { onTwo: number; onOne: number }>;

beforeAll(async () => {
  project = await createProject();
  const options = { cwd: project.folder };
  const { stdout } = await promisify(execFile)(process.execPath, ["print-fit-threads.js"], options);
  expected = JSON.parse(stdout);
});

afterAll(() => removeProject(project));

test("two threads give the bytes of one, by every function of lowrank/threads", () => {
  // ThreadPool is a class, which variants.test.ts has.
  const functions = Object.keys(threads).filter((name) => /^[a-z]/.test(name));
  expect(Object.keys(expected).sort()).toEqual(functions.sort());
  for (const [name, { onTwo, onOne }] of Object.entries(expected)) {
    expect({ name, hash: onTwo }).toEqual({ name, hash: onOne });
    expect(onTwo).toBeGreaterThan(0);
  }
});

for (const runtime of having("workers")) {
  testOn(runtime)(
    `${runtime.name} fits and decomposes on two threads, to the same bytes as this Node`,
    async () => {
      expect(JSON.parse(await runtime.run(project, "fit-threads"))).toEqual(expected);
    },
  );
}

for (const runtime of lacking("workers")) {
  testOn(runtime)(`${runtime.name}, without workers, says so`, async () => {
    const answers = Object.entries(JSON.parse(await runtime.run(project, "fit-threads")));
    expect(answers.map(([name]) => name)).toEqual(Object.keys(expected));
    for (const [name, { refused }] of answers as [string, { refused: string }][]) {
      // It needs a model of its own build: there lowrank is another one, with classes of its own.
      if (name === "recommendAllParallel") continue;
      expect(`${name}: ${refused}`).toMatch(/^\w+: UnsupportedError: .*worker/);
    }
  });
}

testOn(chromium)("a page that may not share memory fits by messages", async () => {
  const source = `globalThis.workerUrl = "/fit-worker.js";
    const { answer } = await import("./fit-threads.js");
    globalThis.answer = (async () => JSON.stringify(await answer()))();`;
  expect(JSON.parse(await runInPage(chromium, project, source, {}))).toEqual(expected);
});
