// What a run makes small, as a caller asks for it.
import { expect, test } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.js";
import { Finetuning } from "../../src/lora/finetune.js";
import type { Example, FinetuneOptions } from "../../src/lora/finetune-options.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { mergeAdapter } from "../../src/lora/merge.js";
import { ParallelFinetuning } from "../../src/lora/parallel-finetuning.js";
import { loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { useAdapter, useOwnHead } from "../../src/lora/use-adapter.js";
import type { Loss } from "../../src/transformer/losses.js";
import { tinyModel } from "../helpers/text-models.js";

const words = ["abc", "abd bc", "xyz", "wxy z", "mno", "k", "hello there", "zebra"];
const pairs = words.map((text, i) => ({
  ...{ text, pair: words[(i + 1) % 8], negative: words[(i + 4) % 8] },
}));
const similarity = { kind: "similarity" } as const;
const classes = { kind: "classification", labels: ["a", "b", "c"] } as const;
const classified = words.map((text, i) => ({ text, label: i === 0 ? 0 : i === 1 ? 1 : 2 }));

function start(
  examples: readonly Example[],
  options: Pick<FinetuneOptions, "task"> & Partial<FinetuneOptions>,
) {
  const method = new Lora({ rank: 4 });
  const rest = { method, steps: 40, batchSize: 8, seed: 5, learningRate: 5e-3, ...options };
  return new Finetuning(loadEncoder(tinyModel()), examples, rest);
}
const run = (tuning: Finetuning, steps = 40) => {
  const losses = Array.from({ length: steps }, () => tuning.step().loss);
  return { first: losses[0], last: losses[steps - 1] };
};
const without = (key: "negative") => pairs.map(({ [key]: _, ...rest }) => rest);

test.each([
  ["triplet", pairs, { kind: "triplet" }],
  ["multiple negatives", without("negative"), { kind: "multiple-negatives" }],
  ["multiple negatives with a third text", pairs, { kind: "multiple-negatives", scale: 10 }],
  [
    "contrastive, cut to several sizes",
    without("negative").map((pair, i) => ({ ...pair, label: i % 2 })),
    { kind: "contrastive", margin: 0.4, dimensions: [24, 6] },
  ],
] as const)("%s is learned, and pairs are judged by their cosine", (_, examples, loss) => {
  const tuning = start(examples, { task: similarity, loss });
  const { first, last } = run(tuning);
  expect(last).toBeLessThan(0.85 * first);
  const judged = tuning.predict(without("negative"));
  expect([judged.rows, judged.cols]).toEqual([8, 1]);
  expect(Math.max(...judged.data.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-6);
});

test("what is left out of a loss is what sentence-transformers takes, but for triplets by cosines", () => {
  const lossOf = (examples: readonly Example[], kind: Loss["kind"]) =>
    start(examples, { task: similarity, loss: { kind } }).options.loss;
  const labelled = without("negative").map((pair) => ({ ...pair, label: 1 }));
  expect(lossOf(labelled, "contrastive")).toEqual({ kind: "contrastive", margin: 0.5 });
  expect(lossOf(pairs, "multiple-negatives")).toEqual({ kind: "multiple-negatives", scale: 20 });
  expect(lossOf(pairs, "triplet")).toEqual({ kind: "triplet", margin: 0.3 });
});

test("a run without labels that is saved and resumed ends with the bits of one that was not", () => {
  const options = { task: similarity, loss: { kind: "triplet" } } as const;
  const whole = start(pairs, options);
  run(whole, 8);
  const first = start(pairs, options);
  run(first, 3);
  const second = start(pairs, { ...options, resume: first.save() });
  run(second, 5);
  expect(second.save()).toEqual(whole.save());
  const other = {
    ...options,
    loss: { kind: "triplet", margin: 0.4 },
    resume: first.save(),
  } as const;
  expect(() => start(pairs, other)).toThrow("loss");
});

test("balanced classes weigh n / (classes count), and the loss is the weighted mean", () => {
  const balanced = start(classified, { task: classes, loss: { classWeights: "balanced" } });
  const { loss } = balanced.options;
  expect(loss).toEqual({ kind: "cross-entropy", classWeights: [8 / 3, 8 / 3, 8 / 18] });
  const plain = start(classified, { task: classes });
  const each = classified.map((example) => plain.lossOf([example]));
  const mean = (each[0] + each[1] + each.slice(2).reduce((a, b) => a + b) / 6) / 3;
  expect(balanced.lossOf(classified)).toBeCloseTo(mean, 6);
  // In batches, too.
  const small = start(classified, {
    task: classes,
    loss: { classWeights: "balanced" },
    batchSize: 3,
  });
  expect(small.lossOf(classified)).toBeCloseTo(mean, 6);
});

test("of several labels those that hold weigh as much as those that do not", () => {
  const task = { kind: "multi-label", labels: ["a", "b"] } as const;
  const examples = words.map((text, i) => ({ text, label: i < 2 ? [0, 1] : [1] }));
  const tuning = start(examples, { task, loss: { classWeights: "balanced" } });
  expect(tuning.options.loss).toEqual({
    ...{ kind: "binary-cross-entropy", classWeights: [3, 1 / 8] },
  });
});

test("a regression in a range stays inside, from the mean on, and so do its adapter and model", () => {
  const task = { kind: "regression", range: [1, 5] } as const;
  const examples = words.map((text, i) => ({ text, label: i < 4 ? 5 : 1 + (i % 2) }));
  const tuning = start(examples, { task, steps: 120, headLearningRate: 3e-2 });
  const mean = examples.reduce((sum, { label }) => sum + label, 0) / 8;
  for (const start of tuning.predict(examples).data)
    expect(Math.abs(start - mean)).toBeLessThan(0.2);
  run(tuning, 120);
  const predicted = [...tuning.predict(examples).data];
  expect(Math.min(...predicted)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...predicted)).toBeLessThanOrEqual(5);
  expect(predicted[0] - predicted[6]).toBeGreaterThan(1.5);

  const model = loadEncoder(tinyModel());
  const again = loadAdapter(saveAdapter(tuning.adapter()), "bert");
  expect(again.task).toEqual(task);
  const far = (a: ArrayLike<number>) => Math.max(...predicted.map((x, i) => Math.abs(x - a[i])));
  expect(far(useAdapter(model, again).predict(examples).data)).toBeLessThan(1e-4);
  model.encoder.reset();
  const files = mergeAdapter(model, again);
  const merged = loadEncoder({
    ...tinyModel(),
    config: files.get("config.json")!,
    weights: new Map([["model.safetensors", files.get("model.safetensors")!]]),
  });
  expect(decodeSafetensors(files.get("model.safetensors")!).tensors.size).toBeGreaterThan(10);
  const own = useOwnHead(merged);
  expect(own.adapter.task).toEqual(task);
  expect(far(own.predict(examples).data)).toBeLessThan(1e-4);
});

test("on two threads the parts of a step add up, whatever their classes weigh", async () => {
  const loss = { classWeights: [5, 1, 0.5], labelSmoothing: 0.1 };
  const options = { method: new Lora({ rank: 4 }), task: classes, loss, steps: 6, seed: 5 };
  const settings = { ...options, batchSize: 8, learningRate: 5e-3 };
  const alone = new Finetuning(loadEncoder(tinyModel()), classified, settings);
  const [left, right] = [0, 1].map((part) => alone.partOfStep(part, 2));
  const whole = alone.partOfStep(0, 1);
  expect(left.loss + right.loss).toBeCloseTo(whole.loss, 6);
  const far = whole.gradients.map((g: number, i: number) =>
    Math.abs(g - left.gradients[i] - right.gradients[i]),
  );
  expect(Math.max(...far)).toBeLessThan(1e-6);
  const negatives = {
    ...settings,
    task: similarity,
    loss: { kind: "multiple-negatives" },
  } as const;
  await expect(
    ParallelFinetuning.create(loadEncoder(tinyModel()), without("negative"), negatives),
  ).rejects.toThrow('threads is 2: it must be 1, for "multiple-negatives"');
});

test("what a loss cannot be is refused by name", () => {
  const wrong = (examples: readonly object[], task: FinetuneOptions["task"], loss: object) => () =>
    start(examples as readonly Example[], { task, loss });
  const labelled = without("negative").map((pair) => ({ ...pair, label: 1 }));
  const cases: [() => unknown, string][] = [
    [
      wrong(classified, classes, { kind: "triplet" }),
      'kind of loss is "triplet": it must be "cross-',
    ],
    [
      wrong(labelled, similarity, { kind: "mse" }),
      'kind of loss is "mse": it must be "cosine", "con',
    ],
    [wrong(classified, classes, { margin: 1 }), "takes no margin: it takes classWeights and label"],
    [wrong(classified, classes, { classWeights: [1, 2] }), "classWeights of loss has 2 entries"],
    [wrong(classified, classes, { classWeights: [1, 0, 2] }), "class weight 1 of loss is 0"],
    [wrong(classified, classes, { classWeights: "even" }), 'classWeights of loss is "even"'],
    [
      wrong(classified, classes, { labelSmoothing: 1 }),
      "labelSmoothing of loss is 1: it must be in",
    ],
    [wrong(labelled, similarity, { dimensions: [] }), "dimensions of loss is empty"],
    [wrong(labelled, similarity, { dimensions: [4.5] }), "dimensions of loss is holding 4.5"],
    [wrong(labelled, similarity, { dimensions: [25] }), "dimensions of loss holds 25: the vectors"],
    [wrong(labelled, similarity, { kind: "contrastive", margin: 0 }), "margin of loss is 0"],
    [
      wrong([{ text: "a", pair: "b", label: 0.5 }], similarity, { kind: "contrastive" }),
      "example 0 has the label 0.5: it must be 1 where the texts are alike, or 0",
    ],
    [
      wrong(labelled, similarity, { kind: "triplet" }),
      "negative of example 0 is undefined: it must",
    ],
    [
      wrong([{ ...pairs[0], label: 1 }], similarity, { kind: "triplet" }),
      'example 0 has the label 1: it must be left out: the loss "triplet" takes none',
    ],
    [
      wrong([pairs[0], without("negative")[1]], similarity, { kind: "multiple-negatives" }),
      "negative of example 1 is undefined: it must be a string, as all",
    ],
    [
      wrong([without("negative")[1], pairs[0]], similarity, { kind: "multiple-negatives" }),
      "negative of example 1 is",
    ],
    [wrong([{ ...pairs[0], label: 1 }], similarity, {}), "negative of example 0 is"],
    [
      wrong([{ text: "a", label: 7 }], { kind: "regression", range: [0, 5] }, {}),
      "example 0 has the label 7: it must be in the range [0, 5]",
    ],
    [
      wrong([{ text: "a", label: 7 }], { kind: "regression", range: [5, 0] }, {}),
      "range of task is Array: it must be two finite numbers, the smaller first",
    ],
    [wrong(classified, { ...classes, range: [0, 1] } as never, {}), "range of task is Array"],
  ];
  for (const [call, message] of cases) expect(call).toThrow(message);
});
