// Fine-tuning on several threads, as it is built: the workers are a file of the package.
import { describe, expect, test } from "vitest";
import {
  DeepLora,
  Finetuning,
  FullFineTuning,
  HeadOnly,
  Lora,
  loadEncoder,
} from "../../dist/lora/index.js";
import { ParallelFinetuning } from "../../dist/lora/threads.js";
import type { FinetuneOptions } from "../../src/lora/finetune-options.js";
import type { MethodName } from "../../src/lora/methods.js";
import { encoderFixtures } from "../helpers/encoders.js";
import { jsonBytes, tinyModel } from "../helpers/text-models.js";

const words = ["abc", "de fgh", "ij klm nop", "q", "rst uvw xyz ab c d e f g"];
const examples = Array.from({ length: 20 }, (_, i) => ({
  text: words[i % 5],
  pair: words[(i * i + 2) % 5],
  label: i % 2,
}));
const task = { kind: "classification", labels: ["no", "yes"] } as const;
const methods: Record<MethodName, () => object> = {
  lora: () => new Lora({ rank: 4, seed: 3 }),
  "deep-lora": () => new DeepLora({ rank: 4, seed: 3 }),
  full: () => new FullFineTuning(),
  head: () => new HeadOnly(),
};
const settings = (method: object): FinetuneOptions => ({
  ...{
    method: method as FinetuneOptions["method"],
    task,
    steps: 6,
    batchSize: 7,
    seed: 5,
    finalRateShare: 0.1,
    learningRate: 0.01,
  },
});

const { config } = encoderFixtures.find(({ family }) => family === "bert")!;
/** Whether something is dropped is the run's choice. */
const files = tinyModel("bert", {
  config: jsonBytes({ ...config, hidden_dropout_prob: 0.2, attention_probs_dropout_prob: 0.2 }),
});

async function parallel(
  options: FinetuneOptions,
  threads: number,
  dtype: "f32" | "f64" = "f32",
  weightStorage: "full" | "int8" = "full",
) {
  const model = loadEncoder(files, { dtype, weightStorage });
  const run = await ParallelFinetuning.create(model, examples, { ...options, threads });
  const losses: number[] = [];
  while (run.stepCount < options.steps) losses.push((await run.step()).loss);
  const scores = await run.predict(examples, 3);
  await run.terminate();
  return { losses, scores: scores.data, saved: run.save() };
}

function alone(
  options: FinetuneOptions,
  dtype: "f32" | "f64" = "f32",
  weightStorage: "full" | "int8" = "full",
) {
  const run = new Finetuning(loadEncoder(files, { dtype, weightStorage }), examples, options);
  const losses: number[] = [];
  while (run.stepCount < options.steps) losses.push(run.step().loss);
  return { losses, scores: run.predict(examples, 3).data, saved: run.save() };
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

describe.each(Object.keys(methods) as (keyof typeof methods)[])("%s", (name) => {
  test("on two and three threads ends where one thread does, up to rounding", async () => {
    const expected = alone(settings(methods[name]()), "f64");
    for (const threads of [2, 3]) {
      const { losses, scores } = await parallel(settings(methods[name]()), threads, "f64");
      expect(furthest(losses, expected.losses)).toBeLessThan(1e-9);
      expect(furthest(scores, expected.scores)).toBeLessThan(1e-8);
    }
    expect(expected.losses.at(-1)).not.toBe(expected.losses[0]);
  });

  test("on any number of threads gives the bits of one", async () => {
    const one = await parallel(settings(methods[name]()), 1);
    for (const threads of [2, 3, 5]) {
      expect(await parallel(settings(methods[name]()), threads)).toEqual(one);
    }
  });
});

test("a saved run goes on with more threads to the same bits", async () => {
  const options = settings(methods["deep-lora"]());
  const whole = await parallel(options, 2);
  const model = loadEncoder(files);
  const half = await ParallelFinetuning.create(model, examples, options);
  for (let step = 0; step < 3; step++) await half.step();
  const resume = half.save();
  await half.terminate();
  const rest = await parallel({ ...options, resume }, 3);
  expect(rest.losses).toEqual(whole.losses.slice(3));
  expect(rest.saved).toEqual(whole.saved);
});

test.each(Object.keys(methods) as (keyof typeof methods)[])(
  "a rate that is not given is searched by all threads to the one that one thread finds: %s",
  async (name) => {
    const { learningRate: _, ...rest } = settings(methods[name]());
    const options = { ...rest, steps: 60 };
    const one = new Finetuning(loadEncoder(files), examples, options);
    const found: unknown[] = [];
    for (const threads of [1, 2, 4]) {
      const run = await ParallelFinetuning.create(loadEncoder(files), examples, {
        ...options,
        threads,
      });
      expect(run.learningRate).toBe(one.learningRate);
      const { phase, learningRate } = await run.step();
      expect([phase, learningRate]).toEqual(["training", one.learningRate]);
      found.push(run.save());
      await run.terminate();
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  },
);

test("more threads than texts have nothing to do, and do it", async () => {
  const options = { ...settings(methods.lora()), batchSize: 2 };
  const { losses } = await parallel(options, 4, "f64");
  expect(furthest(losses, alone(options, "f64").losses)).toBeLessThan(1e-9);
});

test("pairs that are compared are shared out as texts are", async () => {
  const alike = examples.map(({ text }, i) => ({ text, pair: words[(i + 2) % 5], label: i / 20 }));
  const options = { ...settings(methods.lora()), task: { kind: "similarity" } as const };
  const create = () => loadEncoder(files, { dtype: "f64" });
  const one = new Finetuning(create(), alike, options);
  const two = await ParallelFinetuning.create(create(), alike, { ...options, threads: 2 });
  for (let step = 0; step < 3; step++) {
    expect(Math.abs((await two.step()).loss - one.step().loss)).toBeLessThan(1e-9);
  }
  const scores = await two.predict(alike, 3);
  await two.terminate();
  expect(furthest(scores.data, one.predict(alike, 3).data)).toBeLessThan(1e-8);
});

test("workers hold the weights as the caller does", async () => {
  const options = settings(methods["deep-lora"]());
  const expected = alone(options, "f64", "int8");
  const { losses } = await parallel(options, 2, "f64", "int8");
  expect(furthest(losses, expected.losses)).toBeLessThan(1e-9);
  expect(furthest(losses, alone(options, "f64").losses)).toBeGreaterThan(1e-6);
});

test("dropout drops other entries in each part, the same ones in every run", async () => {
  const options = { ...settings(methods.lora()), dropout: true };
  const [first, second] = [await parallel(options, 2), await parallel(options, 2)];
  expect(first.losses).toEqual(second.losses);
  expect(first.losses).not.toEqual((await parallel({ ...options, dropout: false }, 2)).losses);
});

test("what cannot start says why, and a run that was terminated too", async () => {
  const model = loadEncoder(files);
  const options = settings(methods.lora());
  const create = (more: object) =>
    ParallelFinetuning.create(model, examples, { ...options, ...more });
  await expect(create({ threads: 0 })).rejects.toThrow("threads is 0");
  const nowhere = new URL("nowhere.js", import.meta.url);
  await expect(create({ workerUrl: nowhere })).rejects.toThrow(/a worker stopped: .*nowhere/);
  await expect(create({ learningRate: -1 })).rejects.toThrow("learningRate is -1");
  const run = await create({});
  await run.terminate();
  await expect(run.step()).rejects.toThrow("the run was terminated");
});

test("calls that overlap wait for their turn, and give what calls one after the other give", async () => {
  const options = settings(methods.lora());
  const create = () => ParallelFinetuning.create(loadEncoder(files), examples, options);
  const [one, two] = [await create(), await create()];
  const apart = [await one.step(), await one.predict(examples, 3), await one.step()];
  const texts = examples.slice();
  const together = [two.step(), two.predict(texts, 3), two.step()];
  texts.length = 0; // they were taken at the call
  expect(await Promise.all(together)).toEqual(apart);
  expect(two.save()).toEqual(one.save());
  await Promise.all([one.terminate(), two.terminate()]);
});

test("a call that fails leaves its turn to the next one, and the workers ready for it", async () => {
  const options = settings(methods.lora());
  const run = await ParallelFinetuning.create(loadEncoder(files), examples, options);
  const calls = [
    run.predict([{ text: "abc" }, { text: 7 as never }]),
    run.predict(examples, 0),
    run.step(),
    run.predict(examples, -1),
    run.step(),
  ];
  const outcomes = (await Promise.allSettled(calls)).map(({ status }) => status);
  expect(outcomes).toEqual(["rejected", "rejected", "fulfilled", "rejected", "fulfilled"]);
  expect(run.stepCount).toBe(2);
  await run.terminate();
});

test.each([
  [1, false],
  [2, false],
  [2, true],
  [3, true],
])(
  "terminate, twice at once, settles every call on %i threads, also when one is under way: %s",
  async (threads, underWay) => {
    const options = { ...settings(methods.lora()), threads };
    const run = await ParallelFinetuning.create(loadEncoder(files), examples, options);
    const calls = [run.step(), run.predict(examples), run.step()];
    const outcomes = Promise.allSettled(calls);
    if (underWay) await Promise.resolve().then(() => {});
    await Promise.all([run.terminate(), run.terminate()]);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { message: "ParallelFinetuning: the run was terminated" },
      });
    }
    await expect(run.predict(examples)).rejects.toThrow("the run was terminated");
    expect(run.adapter().layers.length).toBeGreaterThan(0);
  },
);
