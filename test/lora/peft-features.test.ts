// One adapter of PEFT for each thing that its configuration can say: applied as PEFT applies it, or
// refused by the key.
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { Tape } from "../../src/autograd/tape.js";
import { FormatError } from "../../src/formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, type StoredTensor } from "../../src/formats/stored-tensor.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { mergeAdapter, unmergeAdapter } from "../../src/lora/merge.js";
import { adapterNames, loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import type { TextModel } from "../../src/lora/text-model.js";
import { type AdaptedModel, useAdapter, useOwnHead } from "../../src/lora/use-adapter.js";
import { packBatch } from "../../src/transformer/batch.js";
import type { EncoderFamily } from "../../src/transformer/config.js";
import { scoresOf } from "../../src/transformer/encoder-training.js";
import { Head, meanPool } from "../../src/transformer/head.js";
import { encoderFixtures } from "../helpers/encoders.js";
import { jsonBytes, tinyModel } from "../helpers/text-models.js";

interface Case {
  family: EncoderFamily;
  head: boolean;
  config: Record<string, unknown>;
  tensors: string;
  outputs: number[][];
}
// Made by PEFT: test/fixtures/peft_features.py.
const place = new URL("../fixtures/peft-features.json", import.meta.url);
const { common, read, refused } = JSON.parse(readFileSync(place, "utf8")) as {
  common: Record<string, unknown>;
  read: Record<string, Case>;
  refused: Record<string, Case>;
};
const cases = Object.entries(read);

const weightsOf = ({ tensors }: Case) =>
  new Uint8Array(inflateSync(Buffer.from(tensors, "base64")));
const filesOf = (one: Case, changes: Record<string, unknown> = {}) =>
  new Map([
    [adapterNames.config, jsonBytes({ ...common, ...one.config, ...changes })],
    [adapterNames.weights, weightsOf(one)],
  ]);

/** What PEFT was asked for: scores of the fixture's tokens, or means of their hidden states. */
function outputsOf({ encoder }: TextModel, family: string, judge?: AdaptedModel): number[] {
  const { ids, types } = encoderFixtures.find((one) => one.family === family)!;
  const texts = ids.map((text, i) => (types ? { ids: text, types: types[i] } : { ids: text }));
  const batch = packBatch(encoder.config, texts);
  if (judge) {
    const { head: weights } = judge.adapter;
    const head = new Head(encoder, { outputs: 3, trained: false, seed: 0, weights });
    return Array.from(scoresOf(encoder, head, batch));
  }
  const tape = new Tape(encoder.job, encoder.dtype, { recording: false });
  return Array.from(meanPool(tape, encoder, batch).read());
}

function furthest(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - b[i]))) : Number.NaN;
}

test.each(cases)("read as PEFT reads it: %s", (_, one) => {
  const model = loadEncoder(tinyModel(one.family));
  const before = outputsOf(model, one.family);
  const judge = useAdapter(model, loadAdapter(filesOf(one), one.family));
  const found = outputsOf(model, one.family, one.head ? judge : undefined);
  expect(furthest(found, one.outputs.flat())).toBeLessThan(1e-4);
  // And the model is itself again when the adapter goes.
  model.encoder.reset();
  expect(outputsOf(model, one.family)).toEqual(before);
});

test.each(cases)("saved and loaded again, it is the same: %s", (_, one) => {
  const model = loadEncoder(tinyModel(one.family));
  const adapter = loadAdapter(filesOf(one), one.family);
  const judge = useAdapter(model, loadAdapter(saveAdapter(adapter), one.family));
  const found = outputsOf(model, one.family, one.head ? judge : undefined);
  expect(furthest(found, one.outputs.flat())).toBeLessThan(1e-4);
});

test.each(cases)("merged into its model, it is the same: %s", (_, one) => {
  const files = tinyModel(one.family);
  const merged = mergeAdapter(loadEncoder(files), loadAdapter(filesOf(one), one.family));
  const model = loadEncoder({
    ...files,
    config: merged.get("config.json")!,
    weights: new Map([["model.safetensors", merged.get("model.safetensors")!]]),
  });
  const found = outputsOf(model, one.family, one.head ? useOwnHead(model) : undefined);
  expect(furthest(found, one.outputs.flat())).toBeLessThan(1e-4);
});

/** The error of loading and using. */
function errorOf(files: ReadonlyMap<string, Uint8Array>, family: EncoderFamily = "bert"): Error {
  try {
    useAdapter(loadEncoder(tinyModel(family)), loadAdapter(files, family, "a"));
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was taken");
}

test.each(Object.entries(refused))("refused by its key: %s", (key, one) => {
  const error = errorOf(filesOf(one));
  expect(error).toBeInstanceOf(FormatError);
  expect(error.message).toContain(key);
  expect(error.message).toMatch(/^a\/[^\n]{1,400}$/);
});

const plain = read.plain;
test.each<[string, unknown]>([
  ["peft_type", "IA3"],
  ["peft_type", undefined],
  ["task_type", "TOKEN_CLS"],
  ["task_type", "CAUSAL_LM"],
  ["task_type", 7],
  ["init_lora_weights", "pissa_niter_4"],
  ["init_lora_weights", "olora"],
  ["init_lora_weights", "corda"],
  ["init_lora_weights", "loftq"],
  ["init_lora_weights", "lora_ga"],
  ["init_lora_weights", "a start of the future"],
  ["bias", "some"],
  ["use_rslora", "yes"],
  ["use_qalora", true],
  ["alora_invocation_tokens", [1, 2]],
  ["target_parameters", ["experts.gate"]],
  ["megatron_config", { a: 1 }],
  ["arrow_config", { top_k: 1 }],
  ["kasa_config", { beta: 1 }],
  ["use_bdlora", { nblocks: 2 }],
  ["a_key_of_the_future", 3],
  ["auto_mapping", { base_model_class: "BertForTokenClassification" }],
  ["r", 0],
  ["r", 2.5],
  ["r", null],
  ["r", true],
  ["r", 3],
  ["lora_alpha", "6"],
  ["lora_alpha", null],
  ["rank_pattern", [1]],
  ["rank_pattern", { query: "2" }],
  ["rank_pattern", { "(?<=a)query": 2 }],
  ["rank_pattern", { "(query": 2 }],
  ["alpha_pattern", { "query)|(value": 2 }],
  ["alpha_pattern", { query: null }],
  ["alpha_pattern", { "(a{999}){999}": 2 }],
  ["target_modules", ["key", "query"]],
  ["target_modules", ["query", "value", "key"]],
  ["target_modules", ["query"]],
  ["target_modules", "(query"],
  ["target_modules", 3],
  ["target_modules", [3]],
  ["exclude_modules", ["query"]],
  ["exclude_modules", ".*layer.0.*"],
  ["layers_to_transform", [0]],
  ["layers_to_transform", ["0"]],
  ["layers_pattern", "a|b"],
  ["modules_to_save", ["classifier", "LayerNorm"]],
  ["modules_to_save", ["(classifier"]],
])("refused: %s of %j", (key, value) => {
  const { message } = errorOf(filesOf(plain, { [key]: value }));
  const word = {
    r: "rank|r is",
    exclude_modules: "target_modules",
    layers_to_transform: "target_modules|layers_to",
  }[key];
  expect(message).toMatch(new RegExp(word ?? key));
  expect(message).toMatch(/^a\/[^\n]{1,400}$/);
});

const harmless = { lora_dropout: 0.5, qalora_group_size: 4, eva_config: { rho: 2 }, unknown: null };
test("what does not concern the numbers is taken", () => {
  const model = loadEncoder(tinyModel());
  const files = filesOf(plain, { ...harmless, revision: "main", auto_mapping: null });
  const judge = useAdapter(model, loadAdapter(files, "bert"));
  expect(furthest(outputsOf(model, "bert", judge), plain.outputs.flat())).toBeLessThan(1e-4);
});

test("the first key of the file that matches counts, in the file's order", () => {
  const scales = (alpha_pattern: object) =>
    loadAdapter(filesOf(plain, { alpha_pattern }), "bert").layers.map(({ scale }) => scale);
  expect(new Set(scales({ ".*": 2, query: 4 }))).toEqual(new Set([1]));
  expect(new Set(scales({ query: 4, ".*": 2 }))).toEqual(new Set([2, 1]));
});

const root = "base_model.model.";
const layer0 = `${root}bert.encoder.layer.0.attention`;
type Change = (tensors: Map<string, StoredTensor>) => void;
const put = (name: string, shape: number[], value = 0): Change => {
  const length = shape.reduce((product, size) => product * size, 1);
  return (tensors) => tensors.set(name, fromFloat32(shape, new Float32Array(length).fill(value)));
};
const rename = (from: string, to: string): Change => {
  return (tensors) => {
    tensors.set(to, tensors.get(from)!);
    tensors.delete(from);
  };
};
const drop =
  (name: string): Change =>
  (tensors) =>
    tensors.delete(name);

test.each<[string, Change, string]>([
  ["a tensor of no module", put(`${root}bert.decoder.weight`, [2, 2]), "decoder"],
  [
    "another family",
    put(`${root}roberta.encoder.layer.0.output.dense.bias`, [24]),
    "of no part of a bert",
  ],
  [
    "a layer that the model lacks",
    put(`${root}bert.encoder.layer.2.output.dense.bias`, [24]),
    "layer.2",
  ],
  [
    "a layer beyond all models",
    put(`${root}bert.encoder.layer.9999.output.dense.bias`, [24]),
    "9999",
  ],
  ["a magnitude", put(`${layer0}.self.query.lora_magnitude_vector`, [24]), "magnitude"],
  ["a bias of B", put(`${layer0}.self.query.lora_B.bias`, [24]), "lora_B.bias"],
  [
    "an adapter of another name",
    rename(`${layer0}.self.query.lora_A.weight`, `${layer0}.self.query.lora_A.other.weight`),
    "other",
  ],
  ["factors of a norm", put(`${layer0}.output.LayerNorm.lora_A.weight`, [2, 24]), "LayerNorm"],
  ["the weight below factors", put(`${layer0}.self.query.weight`, [24, 24]), "self.query.weight"],
  [
    "a base layer without factors",
    put(`${layer0}.self.key.base_layer.bias`, [24]),
    "self.key.base_layer",
  ],
  ["a copy alone", put(`${root}bert.pooler.dense.modules_to_save.bias`, [24]), "beside it"],
  ["a copy that differs", put(`${root}classifier.modules_to_save.bias`, [3], 7), "not equal"],
  ["a head half there", drop(`${root}classifier.bias`), "classifier"],
  [
    "no head at all",
    (tensors) => {
      drop(`${root}classifier.bias`)(tensors);
      drop(`${root}classifier.weight`)(tensors);
    },
    "classifier",
  ],
  ["a head of another width", put(`${root}classifier.weight`, [3, 25]), "classifier.weight"],
  ["a head without columns", put(`${root}classifier.weight`, [20_000_000, 0]), "classifier.weight"],
  ["a head on its side", put(`${root}classifier.weight`, [24, 3]), "classifier"],
  ["a bias of another length", put(`${root}classifier.bias`, [4]), "classifier.bias"],
  ["a norm of another width", put(`${layer0}.output.LayerNorm.weight`, [25]), "LayerNorm"],
  ["a norm that is a matrix", put(`${layer0}.output.LayerNorm.weight`, [1, 24]), "LayerNorm"],
  ["infinity in a bias", put(`${layer0}.output.dense.bias`, [24], Infinity), "Infinity"],
  ["half a layer", drop(`${layer0}.self.value.lora_B.weight`), "lora_B is missing"],
  [
    "a layer less",
    (tensors) => {
      for (const side of "AB") drop(`${layer0}.self.value.lora_${side}.weight`)(tensors);
    },
    "self.value",
  ],
  [
    "two kinds of names",
    rename(
      `${layer0}.self.value.lora_B.weight`,
      `${layer0.replace("bert.", "")}.self.value.lora_B.weight`,
    ),
    "twice",
  ],
])("no tensor is passed over: %s", (_, change, reason) => {
  const { tensors } = decodeSafetensors(weightsOf(plain), "a");
  const changed = new Map(tensors);
  change(changed);
  const files = filesOf(plain).set(adapterNames.weights, encodeSafetensors([...changed]));
  const error = errorOf(files);
  expect(error.message).toContain(reason);
  expect(error).toSatisfy((e) => e instanceof FormatError || e instanceof RangeError);
  expect(error.message).toMatch(/^[^\n]{1,400}$/);
});

test("an adapter of a shallower model is refused, unless it names its layers", () => {
  const config = { ...encoderFixtures.find(({ family }) => family === "bert")!.config };
  const shallow = { ...tinyModel(), config: jsonBytes({ ...config, num_hidden_layers: 1 }) };
  const { tensors } = decodeSafetensors(weightsOf(plain), "a");
  const first = [...tensors].filter(([name]) => !name.includes("layer.1."));
  const files = (changes: object) =>
    filesOf(plain, { ...changes }).set(adapterNames.weights, encodeSafetensors(first));
  expect(() => loadEncoder(shallow)).toThrow(FormatError); // Its second layer is there.
  const adapter = loadAdapter(files({}), "bert");
  expect(() => useAdapter(loadEncoder(tinyModel()), adapter)).toThrow("trained on 1 layers");
  const named = loadAdapter(files({ layers_to_transform: [0] }), "bert");
  expect(() => useAdapter(loadEncoder(tinyModel()), named)).not.toThrow();
});

test("an adapter that does not fit leaves the model without any", () => {
  const model = loadEncoder(tinyModel());
  const before = outputsOf(model, "bert");
  const adapter = loadAdapter(filesOf(plain), "bert");
  useAdapter(model, adapter);
  const [first, ...rest] = adapter.layers;
  const other = {
    ...adapter,
    layers: [...rest, { ...first, name: "encoder.layer.7.output.dense" }],
  };
  expect(() => useAdapter(model, other)).toThrow(RangeError);
  expect(outputsOf(model, "bert")).toEqual(before);
});

test("labels are those of the model's configuration, where it names as many", () => {
  const { config } = encoderFixtures.find(({ family }) => family === "bert")!;
  const labelsWith = (id2label: object) => {
    const files = { ...tinyModel(), config: jsonBytes({ ...config, id2label, label2id: {} }) };
    return useAdapter(loadEncoder(files), loadAdapter(filesOf(plain), "bert")).adapter.task;
  };
  expect(labelsWith({ 0: "x", 1: "y", 2: "z" })).toEqual({
    kind: "classification",
    labels: ["x", "y", "z"],
  });
  expect(labelsWith({ 0: "x", 1: "y" })).toMatchObject({
    labels: ["LABEL_0", "LABEL_1", "LABEL_2"],
  });
});

test("without a head in adapter or model, there are embeddings and no scores", () => {
  const files = tinyModel();
  const { tensors } = decodeSafetensors(files.weights.get("model.safetensors")!, "m");
  const bare = [...tensors].filter(([name]) => !name.startsWith("classifier."));
  const model = loadEncoder({
    ...files,
    weights: new Map([["model.safetensors", encodeSafetensors(bare)]]),
  });
  const judge = useAdapter(model, loadAdapter(filesOf(read["the model's own head"]), "bert"));
  expect(() => judge.predict([{ text: "a" }, { text: "b", pair: "c" }])).toThrow("has a head");
  expect(model.embed([{ text: "a" }]).rows).toBe(1);
});

test("tensors that were replaced cannot be taken out again", () => {
  const model = loadEncoder(tinyModel());
  const adapter = loadAdapter(filesOf(read["layer norms"]), "bert");
  expect(() => unmergeAdapter(model, adapter)).toThrow("has replaced");
});

test("an adapter of pickles is named with the way out", () => {
  const files = filesOf(plain);
  files.delete(adapterNames.weights);
  files.set("adapter_model.bin", new Uint8Array(4));
  expect(() => loadAdapter(files, "bert", "a")).toThrow(/^a\/adapter_model.bin: .*save_pretrained/);
});

test("weights that are stored in fewer bits cannot be replaced, and vectors beside them can", () => {
  const model = loadEncoder(tinyModel(), { weightStorage: "int8" });
  const load = (name: string) => loadAdapter(filesOf(read[name]), "bert");
  expect(() => useAdapter(model, load("the word embeddings"))).toThrow('weights stored as "full"');
  const judge = useAdapter(model, load("layer norms"));
  const wanted = read["layer norms"].outputs.flat();
  expect(furthest(outputsOf(model, "bert", judge), wanted)).toBeLessThan(0.1);
});

test("in double precision the scores are PEFT's too", () => {
  const model = loadEncoder(tinyModel(), { dtype: "f64" });
  const judge = useAdapter(model, loadAdapter(filesOf(read["biases and layer norms"]), "bert"));
  const wanted = read["biases and layer norms"].outputs.flat();
  expect(furthest(outputsOf(model, "bert", judge), wanted)).toBeLessThan(1e-4);
});
