// Fine-tuning on real runtimes: in a browser's tab and in a worker of 128 MB among them.
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProject, type Project, type Runtime, removeProject } from "./project.js";
import { having, lacking, runtimes, testOn } from "./runtimes.js";

let project: Project;
/** What this Node prints. */
async function print(program: string) {
  const options = { cwd: project.folder };
  return JSON.parse((await promisify(execFile)(process.execPath, [program], options)).stdout);
}

let expected: {
  losses: number[];
  adapter: number;
  megabytes: number;
  search: { losses: number[]; learningRate?: number };
  certified: { file: number[]; checksum: number; error: number; bound: number }[];
};

beforeAll(async () => {
  project = await createProject();
  expected = await print("print-lora.js");
});

afterAll(() => removeProject(project));

test("a few steps of fine-tuning lower the loss, in a fraction of a worker's 128 MB", () => {
  expect(expected.losses.at(-1)! / expected.losses[0]).toBeLessThan(1);
  expect(expected.megabytes).toBeLessThan(16);
});

test("a rate is searched before a run that is long enough", () => {
  expect(expected.search.losses.length).toBeGreaterThan(20);
  expect(expected.search.learningRate).toBeGreaterThan(0);
});

test("certificates of adapters are some hundred bytes", () => {
  expect(expected.certified.map(({ file }) => file.length < 200)).toEqual([true, true, true]);
});

for (const runtime of runtimes) {
  testOn(runtime)(`${runtime.name} fine-tunes to the same bits as this Node`, async () => {
    expect(JSON.parse(await runtime.run(project, "lora"))).toEqual(expected);
  });
}

const onTwo = async (runtime: Runtime) => JSON.parse(await runtime.run(project, "lora-threads"));

/** What this Node gives on two threads; it is asked once. */
let expectedOnTwo: Promise<{ losses: number[]; adapter: number }> | undefined;
const hereOnTwo = () => {
  expectedOnTwo ??= print("print-lora-threads.js");
  return expectedOnTwo;
};

for (const runtime of having("workers")) {
  testOn(runtime)(
    `${runtime.name} fine-tunes on two threads, to the same bits as this Node`,
    async () => {
      const { losses, adapter, refused } = await onTwo(runtime);
      expect(refused).toBeUndefined();
      expect({ losses, adapter }).toEqual(await hereOnTwo());
      // Sums in another order than one thread's: near its losses, not equal to them.
      losses.forEach((loss: number, i: number) => {
        expect(Math.abs(loss / expected.losses[i] - 1)).toBeLessThan(1e-4);
      });
    },
  );
}

/** Scores of texts by a worker, and by the calling thread alone, on kernels that `init` was given. */
const sharedKernels = `
  import { readFileSync } from "node:fs";
  import { init } from "lowrank";
  import { Finetuning } from "lowrank/lora";
  import { ParallelFinetuning } from "lowrank/lora/threads";
  import { examples, options, tinyModel } from "./tiny-encoder.js";
  const [, , kernels] = process.argv;
  if (kernels) init(readFileSync(new URL(import.meta.resolve(kernels))));
  const run = await ParallelFinetuning.create(tinyModel(), examples, { ...options, threads: 2 });
  const texts = examples.slice(0, 16);
  const worker = (await run.predict(texts)).data.slice(16);
  await run.terminate();
  const own = new Finetuning(tinyModel(), examples, options).predict(texts.slice(8)).data;
  console.log(JSON.stringify([[...worker], [...own]]));`;

const [node24] = runtimes.filter(({ name }) => name === "Node 24");
testOn(node24)("workers compute with the kernels that init was given", async () => {
  await writeFile(join(project.folder, "shared-kernels.js"), sharedKernels);
  const scores = async (...args: string[]) => {
    const command = ["shared-kernels.js", ...args];
    const { stdout } = await promisify(execFile)(node24.program, command, { cwd: project.folder });
    return JSON.parse(stdout);
  };
  const [worker, own] = await scores();
  expect(worker).toEqual(own);
  const [relaxedWorker, relaxedOwn] = await scores("lowrank/relaxed/kernels.wasm");
  expect(relaxedWorker).toEqual(relaxedOwn);
  expect(relaxedWorker).not.toEqual(worker);
});

for (const runtime of lacking("workers")) {
  testOn(runtime)(`${runtime.name}, without workers, says so`, async () => {
    expect((await onTwo(runtime)).refused).toMatch(/^UnsupportedError: .*worker/);
  });
}
