// The opt-in modules, on real runtimes.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { supportsRelaxedSimd } from "../../src/index.js";
import { chromium, isolation, runInPage } from "./page.js";
import { createProject, type Project, removeProject } from "./project.js";
import { having, runtimes, testOn } from "./runtimes.js";

let project: Project;

beforeAll(async () => {
  project = await createProject();
});

afterAll(() => removeProject(project));

describe("lowrank/threads", () => {
  const threaded = having("workers", "shared memory");
  for (const runtime of threaded) {
    testOn(runtime)(
      `on ${runtime.name} gives the bits of matmul, and its idle pool lets the process end`,
      async () => {
        expect(JSON.parse(await runtime.run(project, "threads"))).toEqual({
          equal: Array(6).fill(true),
          ended: "TerminatedError",
        });
      },
    );
  }

  for (const runtime of runtimes.filter((one) => !threaded.includes(one))) {
    testOn(runtime)(`on ${runtime.name}, without ${runtime.lacks?.[0]}, says so`, async () => {
      const { refused } = JSON.parse(await runtime.run(project, "threads"));
      expect(refused).toMatch(/^UnsupportedError: ThreadPool.create: this runtime has no/);
    });
  }

  const page = (create: string) => `
    import { Matrix } from "lowrank";
    import { ThreadPool } from "lowrank/threads";
    globalThis.answer = (async () => {
      const pool = await ThreadPool.create(${create});
      const A = Matrix.from([[3]]);
      return String((await pool.matmul(A, A)).get(0, 0));
    })();`;

  testOn(chromium)("a page that is not isolated is told the headers", async () => {
    expect(await runInPage(chromium, project, page(""), {})).toMatch(
      /^UnsupportedError: ThreadPool.create: this page .*Cross-Origin-Opener-Policy: same-origin/,
    );
  });

  testOn(chromium)(
    "a page whose policy refuses workers from text may serve the program itself",
    async () => {
      const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
      const headers = { ...isolation, "content-security-policy": policy };
      expect(await runInPage(chromium, project, page(""), headers)).toMatch(
        /^UnsupportedError: ThreadPool.create: a worker did not start: .* workerUrl/,
      );
      expect(await runInPage(chromium, project, page('{ workerUrl: "/worker.js" }'), headers)).toBe(
        "9",
      );
    },
  );
});

describe("lowrank/relaxed", () => {
  // edge-runtime has the engine of the Node that runs it.
  for (const runtime of runtimes.filter(({ name }) => name !== "edge-runtime")) {
    testOn(runtime)(
      `on ${runtime.name} is accurate, or says that it cannot run there`,
      async () => {
        const { supported, distances, refused } = JSON.parse(await runtime.run(project, "relaxed"));
        expect(supported).toBe(!runtime.lacks?.includes("relaxed SIMD"));
        if (supported) for (const distance of distances) expect(distance).toBeLessThan(100);
        else expect(refused).toMatch(/^UnsupportedError: lowrank\/relaxed: .*"lowrank"/);
      },
    );
  }

  test("is supported where its kernels are valid", () => {
    const kernels = readFileSync(new URL("../../dist/relaxed/edge/kernels.wasm", import.meta.url));
    expect(supportsRelaxedSimd()).toBe(WebAssembly.validate(kernels));
  });
});
