// The head of a model's own files: what transformers computes with it, and which are refused.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Tape } from "../../src/autograd/tape.js";
import { FormatError } from "../../src/formats/errors.js";
import type { ModelFiles } from "../../src/formats/model-files.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, type StoredTensor, toFloat32 } from "../../src/formats/stored-tensor.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { mergeAdapter } from "../../src/lora/merge.js";
import { taskOfConfig } from "../../src/lora/own-head.js";
import { loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { FullFineTuning, HeadOnly } from "../../src/lora/plain-methods.js";
import { useAdapter, useOwnHead } from "../../src/lora/use-adapter.js";
import { packBatch } from "../../src/transformer/batch.js";
import { encoderConfig } from "../../src/transformer/config.js";
import { Encoder } from "../../src/transformer/encoder.js";
import { addGradients } from "../../src/transformer/encoder-training.js";
import { Head, meanPool } from "../../src/transformer/head.js";
import { encoderFixtures, encoderOf } from "../helpers/encoders.js";
import { jsonBytes, tinyModel } from "../helpers/text-models.js";

interface Heads {
  ids: number[][];
  labels: number[][];
  several: { family: string; probabilities: number[]; loss: number }[];
  settings: {
    family: string;
    changes: Record<string, unknown>;
    ids: number[];
    mean: number[];
  }[];
  architectures: { family: string; name: string; tensors: Record<string, number[]> }[];
}
// Made by transformers: test/fixtures/text_heads.py.
const heads: Heads = JSON.parse(
  readFileSync(new URL("../fixtures/text-heads.json", import.meta.url), "utf8"),
);
/** Those of heads.ids. */
const inputs = ["e z g", "", "ejk c d"].map((text) => ({ text }));

const fixtureOf = (family: string) => encoderFixtures.find((one) => one.family === family)!;
const configOf = (family: string) => fixtureOf(family).config;
const withConfig = (family: string, changes: object, more: Partial<ModelFiles> = {}) =>
  tinyModel(family, {
    folder: "m",
    config: jsonBytes({ ...configOf(family), ...changes }),
    ...more,
  });
const labels = { id2label: { 0: "late", 1: "cold", 2: "rude" }, label2id: undefined };
const several = { ...labels, problem_type: "multi_label_classification" };

function distance(found: ArrayLike<number>, wanted: readonly number[]): number {
  return found.length === wanted.length
    ? Math.max(...wanted.map((x, i) => Math.abs(x - found[i])))
    : Number.NaN;
}

test.each(heads.several)("a $family of several labels gives each its probability", (one) => {
  const { adapter, predict } = useOwnHead(loadEncoder(withConfig(one.family, several)));
  expect(adapter.task).toEqual({ kind: "multi-label", labels: ["late", "cold", "rude"] });
  for (const batchSize of [1, 32]) {
    expect(distance(predict(inputs, batchSize).data, one.probabilities)).toBeLessThan(1e-5);
  }
});

test.each(heads.several)("the loss of several labels is that of transformers: $family", (one) => {
  const { config, weights } = encoderOf(fixtureOf(one.family));
  const encoder = new Encoder(config, weights, { dtype: "f64" });
  const head = new Head(encoder, { outputs: 3, seed: 0, weights });
  const batch = packBatch(
    config,
    heads.ids.map((ids) => ({ ids })),
  );
  const loss = addGradients(encoder, head, batch, heads.labels.flat(), {
    kind: "binary-cross-entropy",
  });
  expect(Math.abs(loss - one.loss)).toBeLessThan(1e-6);
});

test.each(heads.settings)("a $family with $changes computes what transformers does", (one) => {
  const { weights } = encoderOf(fixtureOf(one.family));
  const config = encoderConfig({ ...configOf(one.family), ...one.changes });
  const encoder = new Encoder(config, weights, { dtype: "f64" });
  const batch = packBatch(config, [{ ids: one.ids }]);
  const tape = new Tape(encoder.job, "f64", { recording: false });
  const mean = meanPool(tape, encoder, batch);
  expect(distance(mean.read(), one.mean)).toBeLessThan(1e-6);
});

/** A model of another architecture: the tiny encoder, and zeros for its head. */
function architecture(name: string, changes: object = {}) {
  const { family, tensors } = heads.architectures.find((one) => one.name === name)!;
  const own = encoderOf(fixtureOf(family)).weights;
  const stored = Object.entries(tensors).map(([tensor, shape]): [string, StoredTensor] => {
    const length = shape.reduce((product, size) => product * size, 1);
    const data = own.get(tensor)?.shape.join() === shape.join() ? own.get(tensor)!.data : undefined;
    return [tensor, fromFloat32(shape, data ?? new Float32Array(length))];
  });
  const weights = new Map([["model.safetensors", encodeSafetensors(stored)]]);
  return withConfig(family, { architectures: [name], ...changes }, { weights });
}

test.each(heads.architectures)("a $name judges no texts, and embeds and trains as ever", (one) => {
  const model = loadEncoder(architecture(one.name));
  expect(() => useOwnHead(model)).toThrow(FormatError);
  expect(() => useOwnHead(model)).toThrow(
    `m/config.json: architectures is the string "${one.name}": a model of another task cannot`,
  );
  const plain = loadEncoder(tinyModel(one.family));
  expect(model.embed(inputs).data).toEqual(plain.embed(inputs).data);
  const task = { kind: "classification", labels: ["a", "b"] } as const;
  const examples = inputs.map((input, i) => ({ ...input, label: i % 2 }));
  const run = new Finetuning(model, examples, { method: new HeadOnly(), task, steps: 1 });
  expect(run.newTensors).toContain(
    /bert/i.test(one.family) && one.family !== "roberta"
      ? "classifier.weight"
      : "classifier.out_proj.weight",
  );
  expect(run.newTensors.includes("pooler.dense.weight")).toBe(
    one.family === "bert" && !("bert.pooler.dense.weight" in one.tensors),
  );
  run.step();
});

test.each(heads.architectures)("a $name that does not say what it is judges no texts", (one) => {
  const model = loadEncoder(
    architecture(one.name, { architectures: undefined, id2label: undefined }),
  );
  expect(() => useOwnHead(model)).toThrow(FormatError);
  expect(() => useOwnHead(model)).toThrow(/is missing|holds no classifier|has 1 output/);
});

const dropped = (family: string, name: string) => {
  const { tensors } = decodeSafetensors([...tinyModel(family).weights.values()][0]);
  if (!tensors.delete(name)) throw new Error(`there is no ${name}`);
  return new Map([["model.safetensors", encodeSafetensors(tensors)]]);
};

test.each([
  ["bert", "bert.pooler.dense.weight"],
  ["bert", "classifier.bias"],
  ["roberta", "classifier.dense.weight"],
  ["roberta", "classifier.out_proj.weight"],
  ["mpnet", "classifier.dense.bias"],
  ["distilbert", "pre_classifier.weight"],
  ["distilbert", "classifier.weight"],
])("a head of a %s without %s is refused by the tensor's name", (family, name) => {
  const model = loadEncoder(withConfig(family, {}, { weights: dropped(family, name) }));
  const short = name.replace(/^bert\./, "");
  expect(() => useOwnHead(model)).toThrow(`m/model.safetensors: ${short} is missing`);
  expect(() => useOwnHead(model)).toThrow(FormatError);
});

test("an adapter whose head is not whole is refused by the tensor's name", () => {
  const model = loadEncoder(tinyModel("roberta"));
  const examples = inputs.map((input, i) => ({ ...input, label: i % 2 }));
  const task = { kind: "classification", labels: ["a", "b"] } as const;
  const run = new Finetuning(model, examples, { method: new HeadOnly(), task, steps: 1 });
  const adapter = run.adapter();
  const head = new Map([...adapter.head].filter(([name]) => name !== "classifier.dense.weight"));
  expect(() => useAdapter(model, { ...adapter, head })).toThrow(
    "classifier.dense.weight of the adapter is missing",
  );
});

const config = (changes: object) => ({ ...labels, ...changes });

test.each<[string, object, number, string]>([
  ["fewer names than outputs", config({}), 4, "id2label names 3 classes, and the classifier has 4"],
  ["names from 1", config({ id2label: { 1: "a", 2: "b" } }), 2, "the name of class 0 is missing"],
  ["a hole", config({ id2label: { 0: "a", 2: "b" } }), 2, "the name of class 1 is missing"],
  ["odd numbers", config({ id2label: { "00": "a", "01": "b" } }), 2, "name of class 0 is missing"],
  [
    "a name that is not text",
    config({ id2label: { 0: "a", 1: null } }),
    2,
    "name of class 1 is null",
  ],
  [
    "a name twice",
    config({ id2label: { 0: "a", 1: "b", 2: "a" } }),
    3,
    'id2label calls the classes 0 and 2 "a": names must differ',
  ],
  ["names in a list", config({ id2label: ["a", "b"] }), 2, "id2label is an array"],
  [
    "label2id that says otherwise",
    config({ label2id: { late: 1, cold: 0, rude: 2 } }),
    3,
    'label2id says the number "1" for "late", and id2label says 0',
  ],
  [
    "an id in label2id that has no number",
    config({ label2id: { late: { toString: {} } } }),
    3,
    'label2id says an object for "late", and id2label says 0',
  ],
  ["no names for three", config({ id2label: undefined }), 3, "num_labels and id2label are missing"],
  ["another num_labels", { num_labels: 2 }, 3, 'num_labels is the number "2", and the classifier'],
  ["a regression of several", config({ problem_type: "regression" }), 3, "with 3 outputs"],
  [
    "one class",
    { num_labels: 1, problem_type: "single_label_classification" },
    1,
    "single_label_classification with 1 class",
  ],
  ["an unknown problem", config({ problem_type: "ranking" }), 3, 'problem_type is the string "ran'],
])("%s is refused by its key", (_, json, outputs, reason) => {
  const task = () => taskOfConfig(json as Record<string, unknown>, outputs, "m/config.json");
  expect(task).toThrow(FormatError);
  expect(task).toThrow(reason);
  expect(task).toThrow(/^m\/config.json: [^\n]{1,200}$/);
});

test.each<[string, object, number, object]>([
  ["three names", labels, 3, { kind: "classification", labels: ["late", "cold", "rude"] }],
  [
    "numbers as names",
    { id2label: { 0: 1, 1: 2 } },
    2,
    { kind: "classification", labels: ["1", "2"] },
  ],
  ["nothing", {}, 2, { kind: "classification", labels: ["LABEL_0", "LABEL_1"] }],
  ["null", { id2label: null, problem_type: null, num_labels: 3 }, 3, { kind: "classification" }],
  [
    "label2id left as it was",
    { ...labels, label2id: { LABEL_0: 0 } },
    3,
    { kind: "classification" },
  ],
  ["label2id of texts", { ...labels, label2id: { cold: "1" } }, 3, { kind: "classification" }],
  ["one output", { id2label: { 0: "LABEL_0" } }, 1, { kind: "regression" }],
  [
    "one label",
    { ...several, id2label: { 0: "late" } },
    1,
    { kind: "multi-label", labels: ["late"] },
  ],
])("%s in config.json are the task that transformers makes of it", (_, json, outputs, task) => {
  expect(taskOfConfig(json as Record<string, unknown>, outputs, "config.json")).toMatchObject(task);
});

const examples = [
  { text: "abc", label: [0] },
  { text: "xyz", label: [1, 2] },
  { text: "abc xyz", label: [2, 0, 1] },
  { text: "mno", label: [] },
];
const task = { kind: "multi-label", labels: ["late", "cold", "rude"] } as const;
const holds = (row: ArrayLike<number>) => Array.from(row, (p) => p > 0.5);
const wanted = examples.map(({ label }) => [0, 1, 2].map((i) => label.some((one) => one === i)));

test("several labels are learned, none among them, and survive both kinds of files", () => {
  const model = loadEncoder(tinyModel());
  const method = new FullFineTuning();
  const options = { method, task, steps: 60, learningRate: 3e-3, headLearningRate: 1e-2 };
  const run = new Finetuning(model, examples, options);
  while (run.stepCount < 60) run.step();
  const scores = run.predict(examples);
  expect(wanted.map((_, i) => holds(scores.row(i)))).toEqual(wanted);
  // The whole model: problem_type is in its config.json.
  const merged = mergeAdapter(model, run.adapter());
  const files = tinyModel("bert", {
    config: merged.get("config.json")!,
    weights: new Map([["model.safetensors", merged.get("model.safetensors")!]]),
  });
  const json = JSON.parse(Buffer.from(files.config).toString());
  expect(json.problem_type).toBe("multi_label_classification");
  expect(json.id2label).toEqual({ 0: "late", 1: "cold", 2: "rude" });
  const whole = useOwnHead(loadEncoder(files));
  expect(distance(whole.predict(examples).data, Array.from(scores.data))).toBeLessThan(1e-6);
  // An adapter: the task is in ours, the head in PEFT's.
  const fresh = loadEncoder(tinyModel());
  const headRun = new Finetuning(fresh, examples, { ...options, method: new HeadOnly() });
  while (headRun.stepCount < 60) headRun.step();
  const before = Array.from(headRun.predict(examples).data);
  const adapter = loadAdapter(saveAdapter(headRun.adapter()), "bert");
  expect(adapter.task).toEqual(task);
  expect(distance(useAdapter(fresh, adapter).predict(examples).data, before)).toBeLessThan(1e-6);
});

test("a run of several labels goes on to the same bits, and not with other labels", () => {
  const model = loadEncoder(tinyModel());
  const options = { method: new HeadOnly(), task, steps: 8, dropout: true };
  const run = new Finetuning(model, examples, options);
  for (let i = 0; i < 4; i++) run.step();
  const resume = run.save();
  for (let i = 0; i < 4; i++) run.step();
  const end = run.save();
  const again = new Finetuning(model, examples, { ...options, resume });
  expect(again.newTensors).toEqual([]);
  for (let i = 0; i < 4; i++) again.step();
  expect(again.save()).toEqual(end);
  const others = examples.map((one) => ({ ...one, label: [0] }));
  expect(() => new Finetuning(model, others, { ...options, resume })).toThrow("of another run");
});

test.each<[unknown, string]>([
  [1, "example 0 has the label 1: it must be an array of the numbers of its labels"],
  [
    [3],
    "example 0 has the label Array: it must be an array of the numbers of its labels, each in 0",
  ],
  [[0.5], "it must be an array"],
  [["late"], "it must be an array"],
  [undefined, "it must be an array"],
])("the labels %j of a text are refused", (label, reason) => {
  const model = loadEncoder(tinyModel());
  const made = () =>
    new Finetuning(model, [{ text: "a", label: label as number }], {
      ...{ method: new HeadOnly(), task, steps: 1 },
    });
  expect(made).toThrow(reason);
});

test("several labels for a text of one class are refused", () => {
  const one = { kind: "classification", labels: ["a", "b"] } as const;
  const made = () =>
    new Finetuning(loadEncoder(tinyModel()), [{ text: "a", label: [1] }], {
      ...{ method: new HeadOnly(), task: one, steps: 1 },
    });
  expect(made).toThrow("example 0 has the label Array: it must be a number");
});

/** The tiny model with weights so large that sums overflow, from a layer on. */
function overflowing(pattern: RegExp): ModelFiles {
  const { tensors } = decodeSafetensors([...tinyModel().weights.values()][0]);
  for (const [name, tensor] of tensors) {
    if (!pattern.test(name)) continue;
    const data = toFloat32(tensor, name, "test").map((x) => 1e38 * x);
    tensors.set(name, fromFloat32(tensor.shape, data));
  }
  return tinyModel("bert", {
    weights: new Map([["model.safetensors", encodeSafetensors(tensors)]]),
  });
}

test("scores and vectors that are not finite name the text", () => {
  const body = loadEncoder(overflowing(/layer\.1.*(query|key|value|output\.LayerNorm)\.weight$/));
  expect(() => body.embed(inputs)).toThrow(/^embed: text 0: its vector holds (NaN|-?Infinity)/);
  expect(() => useOwnHead(body).predict(inputs)).toThrow(
    /^predict: text 0: its row of scores holds/,
  );
  const similarity = { kind: "similarity" } as const;
  const adapter = { method: "lora", task: similarity, family: "bert", layers: [] } as const;
  const judge = useAdapter(body, { ...adapter, head: new Map(), tensors: new Map() });
  expect(() => judge.predict([{ text: "abc", pair: "xyz" }])).toThrow("predict: text 0: its row");
});

test.each(heads.architectures)("a $name merged with a new head is of that head alone", (one) => {
  const model = loadEncoder(architecture(one.name, { dtype: "float16" }));
  const task = { kind: "classification", labels: ["a", "b"] } as const;
  const examples = inputs.map((input, i) => ({ ...input, label: i % 2 }));
  const run = new Finetuning(model, examples, { method: new HeadOnly(), task, steps: 1 });
  run.step();
  const scores = run.predict(inputs).data;
  const merged = mergeAdapter(model, run.adapter());
  const files = tinyModel(one.family, {
    config: merged.get("config.json")!,
    weights: new Map([["model.safetensors", merged.get("model.safetensors")!]]),
  });
  const json = JSON.parse(Buffer.from(files.config).toString());
  expect([json.dtype, json.torch_dtype]).toEqual(["float32", "float32"]);
  const names = [...decodeSafetensors([...files.weights.values()][0]).tensors.keys()];
  const others = names.filter((name) => !name.startsWith(`${one.family}.`)).sort();
  expect(others).toEqual([...run.head.names].filter((name) => !/^pooler/.test(name)).sort());
  const whole = loadEncoder(files);
  expect(distance(useOwnHead(whole).predict(inputs).data, Array.from(scores))).toBeLessThan(1e-6);
});
