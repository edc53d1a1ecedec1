import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import type { Adaptation } from "../../src/lora/adaptation.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { Finetuning } from "../../src/lora/finetune.js";
import type { FinetuneOptions } from "../../src/lora/finetune-options.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { mergeAdapter, unmergeAdapter } from "../../src/lora/merge.js";
import { loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { FullFineTuning, HeadOnly } from "../../src/lora/plain-methods.js";
import type { TextModel } from "../../src/lora/text-model.js";
import { useAdapter } from "../../src/lora/use-adapter.js";
import { tinyModel } from "../helpers/text-models.js";

const words = ["abc", "abd bc", "xyz", "wxy z", "mno", "k", "hello there", "zebra"];
const examples = Array.from({ length: 24 }, (_, i) => ({
  text: words[i % 8],
  pair: words[(3 * i + 1) % 8],
  label: [0.9, -0.3, 0.4][i % 3],
}));
const task = { kind: "similarity" } as const;
const settings = (method: Adaptation, steps = 30): FinetuneOptions => ({
  ...{ method, task, steps, batchSize: 8, seed: 5 },
  learningRate: method.name === "full" ? 1e-3 : 5e-3,
  ...{ warmupShare: 0, finalRateShare: 1 },
});
function trained(method: Adaptation, steps = 30, model = loadEncoder(tinyModel())) {
  const run = new Finetuning(model, examples, settings(method, steps));
  const losses = Array.from({ length: steps }, () => run.step().loss);
  return { model, run, losses };
}
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length ? Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]))) : Number.NaN;

/** The cosines of the examples' embeddings, as a user would compute them. */
function cosines(model: TextModel): number[] {
  const [U, V] = [model.embed(examples.map(({ text }) => ({ text }))), model.embed(pairs())];
  return examples.map((_, i) => [...U.row(i)].reduce((sum, u, j) => sum + u * V.row(i)[j], 0));
}
const pairs = () => examples.map(({ pair }) => ({ text: pair }));

const methods: [string, Adaptation][] = [
  ["PEFT's LoRA", new Lora({ rank: 4 })],
  ["compressed Deep LoRA", new DeepLora({ rank: 4 })],
  ["full fine-tuning", new FullFineTuning()],
];

describe.each(methods)("%s", (_, method) => {
  test("brings embeddings towards their labels, from the model's own similarities", () => {
    const model = loadEncoder(tinyModel());
    const before = cosines(model);
    const { run, losses } = trained(method, 40, model);
    expect(losses[39]).toBeLessThan(0.9 * losses[0]);
    const scores = run.predict(examples, 5);
    expect([scores.rows, scores.cols]).toEqual([24, 1]);
    expect(furthest(scores.data, before)).toBeGreaterThan(0.05);
    // What was trained is what `embed` gives.
    expect(furthest(cosines(model), scores.data)).toBeLessThan(1e-5);
  });

  test("a run that is saved and resumed ends with the bits of one that was not", () => {
    const whole = trained(method, 12);
    const saved = trained(method, 5).run.save();
    const second = new Finetuning(loadEncoder(tinyModel()), examples, {
      ...settings(method, 12),
      resume: saved,
    });
    while (second.stepCount < 12) second.step();
    expect(second.save()).toEqual(whole.run.save());
  });
});

test.each(methods.slice(0, 2))(
  "an adapter of %s has no head, and PEFT's bare names",
  (_, method) => {
    const { model, run } = trained(method);
    const scores = run.predict(examples).data.slice();
    const adapter = run.adapter();
    expect(adapter.head.size).toBe(0);
    const files = saveAdapter(adapter);
    const config = JSON.parse(new TextDecoder().decode(files.get("adapter_config.json")));
    expect(config).toMatchObject({ task_type: "FEATURE_EXTRACTION", modules_to_save: null });
    const { tensors } = decodeSafetensors(files.get("adapter_model.safetensors")!);
    for (const name of tensors.keys()) expect(name).toMatch(/^base_model\.model\.encoder\.layer\./);

    const again = loadAdapter(files, "bert");
    expect(again.task).toEqual(task);
    const plain = new Map([...files].filter(([name]) => !/lowrank|deep/.test(name)));
    expect(loadAdapter(plain, "bert").task).toEqual(task);
    for (const one of [again, loadAdapter(plain, "bert")]) {
      expect(furthest(useAdapter(model, one).predict(examples).data, scores)).toBeLessThan(1e-5);
    }
  },
);

test.each(["beside a head", "alone"])("merged, an encoder %s keeps its names", (where) => {
  const whole = tinyModel();
  const { tensors } = decodeSafetensors(whole.weights.get("model.safetensors")!);
  const bare = [...tensors].flatMap(([name, tensor]) =>
    name.startsWith("bert.") ? [[name.slice(5), tensor] as const] : [],
  );
  const files =
    where === "alone"
      ? tinyModel("bert", { weights: new Map([["model.safetensors", encodeSafetensors(bare)]]) })
      : whole;
  const { model, run } = trained(new Lora({ rank: 4 }), 20, loadEncoder(files));
  const scores = run.predict(examples).data.slice();
  const merge = mergeAdapter(model, run.adapter());
  const weights = merge.get("model.safetensors")!;
  const merged = loadEncoder({
    ...files,
    config: merge.get("config.json")!,
    weights: new Map([["model.safetensors", weights]]),
  });
  expect(furthest(cosines(merged), scores)).toBeLessThan(1e-4);
  const names = (bytes: Uint8Array) => [...decodeSafetensors(bytes).tensors.keys()].sort();
  const original = files.weights.get("model.safetensors")!;
  expect(names(weights)).toEqual(names(original));
  const back = unmergeAdapter(merged, run.adapter()).get("model.safetensors")!;
  expect(names(back)).toEqual(names(original));
  const config = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
  expect(config(merge.get("config.json")!).architectures).toEqual(
    config(files.config).architectures,
  );
});

test("what cannot be compared or trained is refused by name", () => {
  const start = (method: Adaptation, data: object[]) => () =>
    new Finetuning(loadEncoder(tinyModel()), data as never, settings(method));
  const lora = new Lora({ rank: 2 });
  const alone = [{ text: "abc", label: 1 }];
  expect(start(lora, alone)).toThrow("finetune: example 0 has no pair: a similarity compares two");
  for (const label of [1.5, -2, Number.NaN]) {
    const data = [{ text: "a", pair: "b", label }];
    expect(start(lora, data)).toThrow(`has the label ${label}: it must be in [-1, 1]`);
  }
  expect(start(new HeadOnly(), examples)).toThrow("nothing is trained");
  const pooler = new DeepLora({ rank: 4, targets: [/./] });
  expect(start(pooler, examples)).toThrow("the task does not use pooler.dense");
  const { model, run } = trained(lora, 1);
  expect(() => useAdapter(model, run.adapter()).predict([{ text: "abc" }])).toThrow(
    "predict: text 0 has no pair",
  );
});
