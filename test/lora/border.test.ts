// What the functions of lowrank/lora refuse at the border: everything that is no model, no text, no
// task, no adapter, by name, before anything is computed.
import { describe, expect, test } from "vitest";
import * as lora from "../../src/lora.js";
import { ParallelFinetuning } from "../../src/lora-threads.js";
import { tinyModel } from "../helpers/text-models.js";

const model = lora.loadEncoder(tinyModel());
const examples = [
  { text: "abc", label: 0 },
  { text: "x", label: 1 },
];
const task = { kind: "classification", labels: ["no", "yes"] } as const;
const method = new lora.Lora({ rank: 2 });
const options = { method, task, steps: 1 };
const adapter = new lora.Finetuning(model, examples, options).adapter();
const [texts, pairs] = [[{ text: "abc" }], [{ text: "abc", pair: "x" }]];

/** What a caller without types may hand over instead of anything. */
const nonsense = [undefined, null, 5, "lora", Symbol("x"), () => 1, Object.create(null), [null]];
/** The same where undefined stands for the default. */
const given = nonsense.slice(1);

// biome-ignore lint/suspicious/noExplicitAny: the point is what the types forbid
type Anything = any;
const tune = (changes: object) =>
  new lora.Finetuning(model, examples, { ...options, ...changes } as Anything);
const calls: Record<string, { values?: unknown[]; call: (value: Anything) => unknown }> = {
  "the model of Finetuning": { call: (x) => new lora.Finetuning(x, examples, options) },
  "its examples": { call: (x) => new lora.Finetuning(model, x, options) },
  "one of them": { call: (x) => new lora.Finetuning(model, [examples[0], x], options) },
  "a text": { call: (text) => tune({}).predict([{ text }]), values: nonsense.filter(notText) },
  "a pair": {
    call: (pair) => tune({}).predict([{ text: "a", pair }]),
    values: given.filter(notText),
  },
  "a label": { call: (label) => new lora.Finetuning(model, [{ text: "a", label }], options) },
  "the options": { call: (x) => new lora.Finetuning(model, examples, x) },
  "the method": { call: (x) => tune({ method: x }) },
  "the task": { call: (x) => tune({ task: x }) },
  "the kind of task": { call: (kind) => tune({ task: { kind } }) },
  "the labels of the task": { call: (labels) => tune({ task: { ...task, labels } }) },
  "the steps": {
    call: (steps) => tune({ steps }),
    values: [...nonsense.filter((x) => x !== 5), -1, 0.5],
  },
  dropout: { call: (x) => tune({ dropout: x }), values: given },
  trainHead: { call: (x) => tune({ trainHead: x }), values: given },
  "the layers to adapt": {
    call: (targets) => tune({ method: new lora.DeepLora({ rank: 2, targets }) }),
    values: given,
  },
  "the texts of predict": { call: (x) => tune({}).predict(x), values: nonsense.filter(notText) },
  "the batch of predict": {
    call: (x) => tune({}).predict(texts, x),
    values: [null, 0, -1, 0.5, "8"],
  },
  "the texts of embed": { call: (x) => model.embed(x), values: nonsense.filter(notText) },
  "the options of embed": {
    call: (x) => model.embed(texts, { batchSize: x }),
    values: [null, 0, -1, 0.5, "8"],
  },
  normalize: { call: (x) => model.embed(texts, { normalize: x }), values: given },
  "the text of tokenize": { call: (x) => model.tokenize(x), values: nonsense.filter(notText) },
  "the files of loadEncoder": { call: (x) => lora.loadEncoder(x) },
  config: { call: (config) => lora.loadEncoder({ ...tinyModel(), config }) },
  weights: { call: (weights) => lora.loadEncoder({ ...tinyModel(), weights }) },
  "a file of weights": {
    call: (x) => lora.loadEncoder({ ...tinyModel(), weights: new Map([["a", x]]) }),
  },
  tokenizer: { call: (x) => lora.loadEncoder({ ...tinyModel(), tokenizer: x }), values: given },
  dtype: { call: (dtype) => lora.loadEncoder(tinyModel(), { dtype }), values: [...given, "f16"] },
  recompute: { call: (x) => lora.loadEncoder(tinyModel(), { recompute: x }), values: given },
  "the adapter of saveAdapter": { call: (x) => lora.saveAdapter(x) },
  "its rank": {
    call: (rank) => lora.saveAdapter(adapter, { rank }),
    values: [null, 0, -1, 0.5, "8"],
  },
  "the files of loadAdapter": { call: (x) => lora.loadAdapter(x, "bert") },
  "the family of loadAdapter": { call: (x) => lora.loadAdapter(lora.saveAdapter(adapter), x) },
  "the model of useAdapter": { call: (x) => lora.useAdapter(x, adapter) },
  "the adapter of useAdapter": { call: (x) => lora.useAdapter(model, x) },
  "the model of useOwnHead": { call: (x) => lora.useOwnHead(x) },
  "the model of mergeAdapter": { call: (x) => lora.mergeAdapter(x, adapter) },
  "the adapter of mergeAdapter": { call: (x) => lora.mergeAdapter(model, x) },
  "the adapter of unmergeAdapter": { call: (x) => lora.unmergeAdapter(model, x) },
  "the layer of plainLora": { call: (x) => lora.plainLora(x) },
  "the layer of singularValues": { call: (x) => lora.singularValues(x) },
  rankStabilized: { call: (x) => new lora.Lora({ rankStabilized: x }), values: given },
  "the truth of a metric": { call: (x) => lora.accuracy(x, [1]), values: [null, undefined, 5, {}] },
  "the predictions of a metric": {
    call: (x) => lora.pearson([1, 2], x),
    values: [null, undefined, 5, {}],
  },
};

function notText(value: unknown): boolean {
  return typeof value !== "string";
}

/** "name: what is ...: it must be ...", not what an engine says when a property is missing. */
const explained = /: (it|there) must be /;

describe.each(Object.entries(calls))("%s", (_, { call, values = nonsense }) => {
  test.each(values.map((value, i) => [i, value]))("refuses nonsense %i by name", (_i, value) => {
    let refusal: unknown;
    try {
      call(value);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Error);
    expect((refusal as Error).message).toMatch(explained);
    expect((refusal as Error).message.length).toBeLessThan(300);
  });
});

test("what is right is taken", () => {
  expect(() => tune({}).predict(texts)).not.toThrow();
  expect(tune({}).predict([]).rows).toBe(0);
  expect(model.embed([]).rows).toBe(0);
  expect(() => tune({ task: { kind: "regression" } }).predict(pairs, 1)).not.toThrow();
  expect(() => lora.useAdapter(model, adapter).predict(texts)).not.toThrow();
});

test("ParallelFinetuning refuses by the same words", async () => {
  const create = (...args: unknown[]) =>
    (ParallelFinetuning.create as Anything)(...args) as Promise<unknown>;
  await expect(create(model, examples)).rejects.toThrow("options is undefined: it must be");
  await expect(create(null, examples, options)).rejects.toThrow("model is null: it must be");
  await expect(create(model, [5], options)).rejects.toThrow("example 0 is 5: it must be");
});
