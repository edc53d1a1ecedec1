// A model folder: config.json, tokenizer.json and tensors.
import {
  encoderFixtures,
  encoderOf,
  lora,
  tinyModel,
  tinyTokenizer,
} from "../../build/fuzz/sources.mjs";
import { jsonBytes, Pairs } from "../json.mjs";
import { encodeSafetensorsTree, safetensorsTree } from "./safetensors.mjs";

const text = { text: "a film" };
const families = encoderFixtures.map((fixture) => {
  const embedded = lora.loadEncoder(tinyModel(fixture.family)).embed([text]).data;
  return { fixture, embedded, weights: [...encoderOf(fixture).weights] };
});

/** The files of a tiny model as a tree, its numbers in F32 or F64. */
export function modelTree(random, { fixture, weights }) {
  const tensors = weights.map(([name, { shape, data }]) => {
    const double = random.chance(0.1);
    const entries = double ? Float64Array.from(data) : Float32Array.from(data);
    return [
      name,
      { dtype: double ? "F64" : "F32", shape: [...shape], data: new Uint8Array(entries.buffer) },
    ];
  });
  return {
    config: Pairs.from(structuredClone(fixture.config)),
    tokenizer: Pairs.from(structuredClone(tinyTokenizer)),
    weights: safetensorsTree(tensors),
  };
}

export const modelFilesOf = (files) => ({
  config: files.get("config.json") ?? new Uint8Array(0),
  ...(files.has("tokenizer.json") ? { tokenizer: files.get("tokenizer.json") } : {}),
  weights: new Map([["model.safetensors", files.get("model.safetensors") ?? new Uint8Array(0)]]),
});

export const encodeModelTree = (tree) =>
  new Map([
    ["config.json", jsonBytes(Object(tree).config)],
    ["tokenizer.json", jsonBytes(Object(tree).tokenizer)],
    ["model.safetensors", encodeSafetensorsTree(Object(tree).weights)],
  ]);

export default {
  name: "model",

  specimen(random) {
    const family = random.pick(families);
    return { tree: modelTree(random, family), value: family.embedded };
  },

  encode: encodeModelTree,

  read: (files) => lora.loadEncoder(modelFilesOf(files)).embed([text]).data,
};
