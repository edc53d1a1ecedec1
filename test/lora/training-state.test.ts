// A saved run whose checksum is right, as anybody can make it: every field is checked all the same.
import { expect, test } from "vitest";
import { FormatError } from "../../src/formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, fromFloat64, type StoredTensor } from "../../src/formats/stored-tensor.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { Finetuning } from "../../src/lora/finetune.js";
import type { FinetuneOptions } from "../../src/lora/finetune-options.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { checksumOf } from "../../src/lora/training-state.js";
import { tinyModel } from "../helpers/text-models.js";

const examples = [
  { text: "abc", label: 0 },
  { text: "xyz w", label: 1 },
];
const settings = (method: FinetuneOptions["method"]): FinetuneOptions => ({
  ...{ method, task: { kind: "classification", labels: ["odd", "even"] }, steps: 4 },
});
const lora = new Lora({ rank: 4 });

/** A run of one step, saved. */
function saved(method: FinetuneOptions["method"]): Uint8Array {
  const run = new Finetuning(loadEncoder(tinyModel()), examples, settings(method));
  run.step();
  return run.save();
}
function resume(state: Uint8Array, method: FinetuneOptions["method"] = lora, files = tinyModel()) {
  return new Finetuning(loadEncoder(files), examples, { ...settings(method), resume: state });
}

test("a state goes on under its method's settings only", () => {
  expect(resume(saved(new Lora({ rank: 4 }))).stepCount).toBe(1);
  for (const [made, said] of [
    [new Lora({ rank: 2, alpha: 8 }), "lora rank was 2 and is 4"],
    [new Lora({ rank: 4, alpha: 1 }), "lora alpha was 1 and is 8"],
    [new Lora({ rank: 4, targets: ["query", /key$/] }), "lora targets was"],
    [new Lora({ rank: 4, seed: 1 }), "lora seed was 1 and is 0"],
  ] as const) {
    expect(() => resume(saved(made))).toThrow(said);
  }
  const state = saved(new DeepLora({ rank: 4, depth: 2 }));
  expect(() => resume(state, new DeepLora({ rank: 4 }))).toThrow("depth was 2 and is 3");
  const published = saved(new DeepLora({ rank: 4, published: true }));
  expect(resume(published, new DeepLora({ rank: 4, published: true })).stepCount).toBe(1);
  expect(() => resume(published, new DeepLora({ rank: 4 }))).toThrow(
    "deep-lora scale was 0.001 and is 0.1",
  );
});

test("a state goes on with the weights that it was trained on only", () => {
  const [[name, bytes]] = tinyModel().weights;
  const changed = bytes.slice();
  new Float32Array(changed.buffer, changed.length - 400, 100).fill(0.5);
  const files = tinyModel("bert", { weights: new Map([[name, changed]]) });
  expect(() => resume(saved(lora), lora, files)).toThrow(/weights was .* and is /);
});

interface Factor {
  rows: unknown;
  rateScale: unknown;
  epsilon?: unknown;
}
interface Run {
  layers: { name: unknown; scale: unknown; factors: Factor[] }[];
}
type Tensors = Map<string, StoredTensor>;
/** Changes the run or its tensors; or says what stands in the run's place. */
type Lie = (run: Run, tensors: Tensors) => unknown;

const setting =
  (changes: object): Lie =>
  (run) => ({ ...run, ...changes });
const layer =
  (changes: object): Lie =>
  ({ layers }) => {
    Object.assign(layers[0], changes);
  };
const factor =
  (i: number, changes: Partial<Factor>): Lie =>
  ({ layers }) => {
    Object.assign(layers[0].factors[i], changes);
  };
const tensor =
  (name: string, ...values: number[]): Lie =>
  (_, tensors) => {
    tensors.set(name, fromFloat32([values.length], Float32Array.from(values)));
  };
const without =
  (name: string): Lie =>
  (_, tensors) => {
    tensors.delete(name);
  };
const bias = "parameter.classifier.bias";

const lies: [string, Lie][] = [
  ["it is not valid JSON", () => "{"],
  ["the JSON is null", () => "null"],
  ["the JSON is an array", () => []],
  ["its version is missing", setting({ version: undefined })],
  ["its fingerprint is null", setting({ fingerprint: null })],
  ["it is not valid JSON", setting({ fingerprint: "x" })],
  ["stepCount is the number", setting({ stepCount: 1e15 })],
  ["stepCount is the number", setting({ stepCount: -1 })],
  ["stepCount is null", setting({ stepCount: null })],
  ["layers: it is missing and must be a list", setting({ layers: undefined })],
  ["layer 0 is null", setting({ layers: [null] })],
  ["the name of layer 0 is", layer({ name: 5 })],
  ["the scale of layer 0 is", layer({ scale: null })],
  ["the factors of layer 0", layer({ factors: {} })],
  ["the rows of factor 1 of layer 0 is", factor(1, { rows: 0.5 })],
  ["factor 1 of layer 0 is 48 x 4, and", factor(1, { rows: 48 })],
  ["the rateScale of factor 0", factor(0, { rateScale: "1" })],
  ["the epsilon of factor 0", factor(0, { epsilon: "1" })],
  ["the epsilon of factor 1", factor(1, { epsilon: 0 })],
  ["the epsilon of factor 1", factor(1, { epsilon: 1e-60 })],
  ["the epsilon of factor 1", factor(1, { epsilon: -1e-9 })],
  [
    "the model must have that layer, and once",
    ({ layers }) => {
      layers.push(layers[0]);
    },
  ],
  [
    "do not lead from 24 to 24",
    ({ layers }) => {
      layers[0].factors.pop();
    },
  ],
  [
    "this run does not train",
    ({ layers }) => {
      layers.pop();
    },
  ],
  ["this run does not train", tensor("parameter.x", 1)],
  ["there must be the parameters and", tensor("x", 1)],
  ["there must be the parameters and", without("optimizer.1")],
  [
    "buffers of the optimizer: there must be",
    (_, tensors) => {
      const count = [...tensors.keys()].filter((name) => name.startsWith("optimizer.")).length;
      tensors.set(`optimizer.${count}`, fromFloat32([1], Float32Array.of(1)));
    },
  ],
  ["has no entries: it must have 2 of F32", without(bias)],
  ["has 1 of F32 entries", tensor(bias, 1)],
  ["holds NaN as entry 1", tensor(bias, 1, Number.NaN)],
  [
    "has 2 of F64 entries",
    (_, tensors) => {
      tensors.set(bias, fromFloat64([2], Float64Array.of(1, 1e300)));
    },
  ],
  [
    "must be a list of F32 or F64",
    (_, tensors) => {
      tensors.set("optimizer.0", fromFloat32([1, 1], Float32Array.of(1)));
    },
  ],
  [
    "squares must be >= 0",
    (_, tensors) => {
      const { shape } = tensors.get("optimizer.1")!;
      tensors.set("optimizer.1", fromFloat32(shape, new Float32Array(shape[0]).fill(-1)));
    },
  ],
];

test.each(lies)("a state with a right checksum is not believed: %s", (said, lie) => {
  const { tensors, metadata } = decodeSafetensors(saved(lora));
  const run = JSON.parse(metadata.get("lowrank.training")!);
  const told = lie(run, tensors) ?? run;
  const text = typeof told === "string" ? told : JSON.stringify(told);
  const state = encodeSafetensors(tensors, [
    ["lowrank.training", text],
    ["lowrank.checksum", String(checksumOf(tensors, text))],
  ]);
  expect(() => resume(state)).toThrow(FormatError);
  expect(() => resume(state)).toThrow(/^training state: [^\n]*$/);
  expect(() => resume(state)).toThrow(said);
});

test("steps that nobody waited for are restored in no time", () => {
  const { tensors, metadata } = decodeSafetensors(saved(lora));
  const run = JSON.parse(metadata.get("lowrank.training")!);
  const text = JSON.stringify({ ...run, stepCount: 2 ** 31 - 2 });
  const state = encodeSafetensors(tensors, [
    ["lowrank.training", text],
    ["lowrank.checksum", String(checksumOf(tensors, text))],
  ]);
  const resumed = resume(state);
  expect(resumed.step().step).toBe(2 ** 31 - 1);
  expect(resumed.predict(examples).data.every(Number.isFinite)).toBe(true);
});
