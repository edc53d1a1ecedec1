import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/formats/errors.js";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { Finetuning, finetune } from "../../src/lora/finetune.js";
import type { FinetuneOptions } from "../../src/lora/finetune-options.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { mergeAdapter, unmergeAdapter } from "../../src/lora/merge.js";
import { loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { FullFineTuning, HeadOnly } from "../../src/lora/plain-methods.js";
import { useAdapter, useOwnHead } from "../../src/lora/use-adapter.js";
import { DivergenceError } from "../../src/optim/divergence-error.js";
import { tinyModel } from "../helpers/text-models.js";

const examples = Array.from({ length: 20 }, (_, i) => ({
  text: i % 2 ? "abc abd" : "xyz wxy",
  pair: i % 3 ? undefined : "mno",
  label: i % 2,
}));
const task = { kind: "classification", labels: ["odd", "even"] } as const;
const methods = {
  "peft's LoRA": new Lora({ rank: 4 }),
  "the paper's LoRA": new Lora({ rank: 4, init: "paper" }),
  "compressed Deep LoRA": new DeepLora({ rank: 4 }),
  "published Deep LoRA": new DeepLora({ rank: 4, published: true }),
  "narrow Deep LoRA": new DeepLora({ rank: 4, form: "narrow" }),
  "full-width Deep LoRA": new DeepLora({ form: "full" }),
  "full fine-tuning": new FullFineTuning(),
  "the head": new HeadOnly(),
};
type Case = [string, FinetuneOptions["method"]];
const cases = Object.entries(methods) as Case[];

const settings = (method: FinetuneOptions["method"], steps = 12): FinetuneOptions => ({
  ...{ method, task, steps, batchSize: 8, learningRate: 5e-3, headLearningRate: 5e-3, seed: 3 },
  // A rate that stays: a run may be made longer when it goes on.
  ...{ warmupShare: 0, finalRateShare: 1 },
});
function trained(method: FinetuneOptions["method"], steps = 12) {
  const model = loadEncoder(tinyModel());
  const run = new Finetuning(model, examples, settings(method, steps));
  const losses = Array.from({ length: steps }, () => run.step().loss);
  return { model, run, losses };
}
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length ? Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]))) : Number.NaN;

describe.each(cases)("with %s", (_, method) => {
  test("the loss falls, and the same seed gives the same bits", () => {
    const [one, two] = [trained(method, 30), trained(method, 30)];
    expect(one.losses).toEqual(two.losses);
    expect(one.losses[29]).toBeLessThan(one.losses[0]);
    expect(one.run.predict(examples).data).toEqual(two.run.predict(examples).data);
  });

  test("a run that is saved and resumed ends with the bits of one that was not", () => {
    const whole = trained(method);
    const first = trained(method, 5);
    const saved = first.run.save();
    const model = loadEncoder(tinyModel());
    const second = new Finetuning(model, examples, { ...settings(method), resume: saved });
    expect(second.stepCount).toBe(5);
    const losses = Array.from({ length: 7 }, () => second.step().loss);
    expect([...first.losses, ...losses]).toEqual(whole.losses);
    expect(second.save()).toEqual(whole.run.save());
  });
});

describe.each(cases.filter(([, { name }]) => name.includes("lora")))(
  "an adapter of %s",
  (_, method) => {
    const { model, run } = trained(method, 30);
    const scores = run.predict(examples).data.slice();
    const adapter = run.adapter();

    test("saved, loaded and put on the model again gives the same scores", () => {
      const again = loadAdapter(saveAdapter(adapter), "bert");
      expect(again.task).toEqual(task);
      expect(furthest(useAdapter(model, again).predict(examples).data, scores)).toBeLessThan(1e-5);
    });

    test("gives the same scores merged as beside the weights (K1), and can be taken out again", () => {
      const original = tinyModel();
      const files = mergeAdapter(model, adapter);
      const merged = {
        ...original,
        config: files.get("config.json")!,
        weights: new Map([["model.safetensors", files.get("model.safetensors")!]]),
      };
      const whole = loadEncoder(merged);
      const own = useOwnHead(whole);
      expect(own.adapter.task).toEqual(task);
      expect(furthest(own.predict(examples).data, scores)).toBeLessThan(1e-4);

      const back = decodeSafetensors(unmergeAdapter(whole, adapter).get("model.safetensors")!);
      const before = decodeSafetensors(original.weights.get("model.safetensors")!);
      for (const { name } of adapter.layers) {
        const [a, b] = [back, before].map(({ tensors }) => {
          const { bytes } = tensors.get(`bert.${name}.weight`)!;
          return new Float32Array(bytes.slice().buffer);
        });
        expect(furthest(a, b)).toBeLessThan(1e-6);
      }
    });

    test("written with its learned rank changes the scores by little", () => {
      const small = loadAdapter(
        new Map(
          [...saveAdapter(adapter, { rank: "learned" })].filter(([name]) => !/^deep/.test(name)),
        ),
        "bert",
      );
      expect(furthest(useAdapter(model, small).predict(examples).data, scores)).toBeLessThan(0.02);
    });
  },
);

test("several adapters take turns on one model, and leave it as it was", () => {
  const model = loadEncoder(tinyModel());
  const before = model.embed(examples).data.slice();
  const runs = [methods["peft's LoRA"], methods["compressed Deep LoRA"]].map((method) => {
    const { run } = trained(method, 20);
    return { adapter: run.adapter(), scores: run.predict(examples).data.slice() };
  });
  for (const { adapter, scores } of [runs[0], runs[1], runs[0]]) {
    expect(furthest(useAdapter(model, adapter).predict(examples).data, scores)).toBeLessThan(1e-6);
  }
  model.encoder.reset();
  expect(model.embed(examples).data).toEqual(before);
});

test("with outer rate 0 the bases of Deep LoRA stay bit by bit (K4), and else they move", () => {
  const bases = (ratio: number, steps: number) => {
    const method = new DeepLora({ rank: 4, outerLearningRateRatio: ratio });
    const { factors } = trained(method, steps).run.adapter().layers[0];
    return [factors[0].data, factors.at(-1)!.data];
  };
  expect(bases(0, 10)).toEqual(bases(0, 0));
  expect(bases(0.01, 10)).not.toEqual(bases(0.01, 0));
});

test("a frozen head stays, a trained one moves", () => {
  const head = (trainHead: boolean, steps: number) => {
    const options = { ...settings(methods["peft's LoRA"]), trainHead };
    const run = new Finetuning(loadEncoder(tinyModel()), examples, options);
    for (let i = 0; i < steps; i++) run.step();
    return run.adapter().head.get("classifier.weight")!.data;
  };
  expect(head(false, 5)).toEqual(head(false, 0));
  expect(head(true, 5)).not.toEqual(head(true, 0));
});

test("a regression learns numbers", () => {
  const numbers = examples.map(({ text, label }) => ({ text, label: label ? 2 : -1 }));
  const options: FinetuneOptions = {
    ...settings(methods["compressed Deep LoRA"], 150),
    ...{ task: { kind: "regression" }, headLearningRate: 3e-2, finalRateShare: 0.1 },
  };
  const run = new Finetuning(loadEncoder(tinyModel()), numbers, options);
  const losses = Array.from({ length: 150 }, () => run.step().loss);
  expect(losses.at(-1)! / losses[0]).toBeLessThan(0.2);
});

test("finetune yields progress and returns the run", () => {
  const steps = finetune(loadEncoder(tinyModel()), examples, settings(methods["the head"], 3));
  const seen = [];
  let next = steps.next();
  for (; !next.done; next = steps.next()) seen.push(next.value.step);
  expect(seen).toEqual([1, 2, 3]);
  expect(next.value.stepCount).toBe(3);
});

test("a state of another run, or one that was changed, is refused by name", () => {
  const { run } = trained(methods["peft's LoRA"], 2);
  const saved = run.save();
  const resume = (bytes: Uint8Array, changes: Partial<FinetuneOptions> = {}, texts = examples) =>
    new Finetuning(loadEncoder(tinyModel()), texts, {
      ...settings(methods["peft's LoRA"]),
      ...changes,
      resume: bytes,
    });
  expect(() => resume(saved, { seed: 4 })).toThrow("it is of another run: seed was 3 and is 4");
  expect(() => resume(saved, { method: new HeadOnly() })).toThrow('method was "lora"');
  expect(() => resume(saved, {}, examples.slice(1))).toThrow("examples was");
  const changed = saved.slice();
  changed[changed.length - 100] ^= 1;
  expect(() => resume(changed)).toThrow("its checksum is wrong");
  expect(() => resume(saved.subarray(0, 500))).toThrow(FormatError);
});

test.each<[string, Partial<FinetuneOptions>, RegExp]>([
  ["no steps", { steps: -1 }, /^finetune: steps is -1/],
  ["an empty batch", { batchSize: 0 }, /batchSize is 0/],
  ["no rate", { learningRate: 0 }, /learningRate is 0/],
  ["one class", { task: { kind: "classification", labels: ["a"] } }, /there are 1 classes/],
  ["nothing to train", { method: new HeadOnly(), trainHead: false }, /nothing is trained/],
  ["a layer that is not there", { method: new Lora({ targets: ["q_proj"] }) }, /called "q_proj"/],
  [
    "too large a width",
    { method: new DeepLora({ rank: 40 }) },
    /rank is 40 and a layer is 24 x 24/,
  ],
])("Finetuning refuses %s", (_, changes, reason) => {
  const make = () =>
    new Finetuning(loadEncoder(tinyModel()), examples, {
      ...settings(methods["peft's LoRA"]),
      ...changes,
    });
  expect(make).toThrow(reason);
});

test("a rate that is far too large is a DivergenceError, and never an adapter of NaN", () => {
  const start = (learningRate: number) =>
    new Finetuning(loadEncoder(tinyModel()), examples, {
      ...{ ...settings(methods["peft's LoRA"]), learningRate },
    });
  const run = start(1e25);
  const all = () => {
    for (let i = 0; i < 12; i++) run.step();
  };
  expect(all).toThrow(DivergenceError);
  expect(all).toThrow(
    /^Finetuning: the loss is NaN after \d+ steps at learning rate 1e\+25: take a smaller/,
  );
  // Beyond f32: the first update itself is infinite, and no loss has shown it yet.
  const last = start(1e39);
  last.step();
  expect(() => last.adapter()).toThrow(DivergenceError);
});

test("Finetuning refuses labels that are no classes, and no examples", () => {
  const make = (texts: { text: string; label: number }[]) => () =>
    new Finetuning(loadEncoder(tinyModel()), texts, settings(methods["the head"]));
  expect(make([{ text: "a", label: 2 }])).toThrow("example 0 has the label 2");
  expect(make([{ text: "a", label: Number.NaN }])).toThrow("label NaN");
  expect(make([])).toThrow("no examples");
});

test("the rate falls evenly to its final share, which must be one", () => {
  const run = (finalRateShare: number) => {
    const model = loadEncoder(tinyModel());
    const options = { ...settings(methods["the head"]), steps: 3, finalRateShare };
    const tuning = new Finetuning(model, examples, options);
    return [tuning.step(), tuning.step(), tuning.step()].map(({ loss }) => loss);
  };
  const [constant, falling] = [run(1), run(0)];
  // The first rate is the whole one: the runs part with the second.
  expect(falling.slice(0, 2)).toEqual(constant.slice(0, 2));
  expect(falling[2]).not.toBe(constant[2]);
  expect(() => run(1.5)).toThrow("finalRateShare is 1.5: it must be in [0, 1]");
});

test("by default the rate rises over a tenth of the steps and falls to 0, whatever is resumed", () => {
  const { warmupShare: _, finalRateShare: __, ...usual } = settings(methods["the head"], 20);
  const run = (options: Partial<FinetuneOptions>) =>
    new Finetuning(loadEncoder(tinyModel()), examples, { ...usual, ...options });
  const losses = (tuning: Finetuning) => Array.from({ length: 20 }, () => tuning.step().loss);
  const expected = losses(run({}));
  expect(losses(run({ warmupShare: 0.1, finalRateShare: 0 }))).toEqual(expected);
  expect(losses(run({ warmupShare: 0, finalRateShare: 0 }))[1]).not.toBe(expected[1]);
  // The first of two steps of warm-up is at half the rate.
  const half = run({
    warmupShare: 0,
    finalRateShare: 1,
    learningRate: 2.5e-3,
    headLearningRate: 2.5e-3,
  });
  expect([half.step().loss, half.step().loss]).toEqual(expected.slice(0, 2));
  const resume = run({}).save();
  expect(() => run({ resume, steps: 30 })).toThrow("steps was 20 and is 30");
  expect(() => run({ warmupShare: 2 })).toThrow("finetune: warmupShare is 2: it must be in [0, 1]");
});

test("Lora and DeepLora refuse options out of range", () => {
  expect(() => new Lora({ rank: 0 })).toThrow("Lora: rank is 0");
  expect(() => new Lora({ alpha: -1 })).toThrow("Lora: alpha is -1");
  expect(() => new DeepLora({ gradientExamples: 0 })).toThrow("DeepLora: gradientExamples is 0");
  expect(() => new DeepLora({ bases: "x" as never })).toThrow('DeepLora: bases is "x"');
  expect(() => new DeepLora({ published: 1 as never })).toThrow("DeepLora: published is 1");
  expect(() => new DeepLora({ depth: 1 })).toThrow("DeepLora: depth is 1");
  expect(() => new DeepLora({ scale: 2 })).toThrow("DeepLora: scale is 2");
  expect(() => new DeepLora({ outerLearningRateRatio: -1 })).toThrow(
    "outerLearningRateRatio is -1",
  );
});
