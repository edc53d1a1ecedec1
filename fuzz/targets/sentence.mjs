// A folder of sentence-transformers: modules.json and what it names, beside a model.
import { readFileSync } from "node:fs";
import { decodeSafetensors, lora, tinyModel } from "../../build/fuzz/sources.mjs";
import { jsonBytes, Pairs } from "../json.mjs";
import { encodeSafetensorsTree, safetensorsTree } from "./safetensors.mjs";

const fixture = new URL("../../test/fixtures/sentence-models.json", import.meta.url);
const texts = [{ text: "abc xyz" }, { text: "a b c d e f g h" }];
const isWeights = (name) => name.endsWith(".safetensors");

const cases = JSON.parse(readFileSync(fixture, "utf8"))
  .cases.filter(({ lowercase }) => lowercase)
  .map(({ files }) => ({ files, vectors: embed(encode(treeOf(files))) }));

/** Every file as a tree, by its path. */
function treeOf(files) {
  const trees = Object.entries(files).map(([name, file]) => {
    if (!isWeights(name)) return [name, Pairs.from(structuredClone(file))];
    const { tensors } = decodeSafetensors(Uint8Array.from(Buffer.from(file, "base64")));
    const entries = Array.from(tensors, ([key, { dtype, shape, bytes }]) => [
      key,
      { dtype, shape: [...shape], data: new Uint8Array(bytes) },
    ]);
    return [name, safetensorsTree(entries)];
  });
  return Object.fromEntries(trees);
}

function encode(tree) {
  const files = Object.entries(Object(tree)).map(([name, file]) => [
    name,
    isWeights(name) ? encodeSafetensorsTree(file) : jsonBytes(file),
  ]);
  return new Map(files);
}

function embed(others) {
  return lora.loadEncoder({ ...tinyModel("bert"), others }).embed(texts).data;
}

export default {
  name: "sentence",

  specimen(random) {
    const { files, vectors } = random.pick(cases);
    return { tree: treeOf(files), value: vectors };
  },

  encode,

  read: embed,
};
