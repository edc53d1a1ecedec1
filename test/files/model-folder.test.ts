import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { readModelFolder } from "../../src/files/model-folder.js";
import { FileError, FormatError } from "../../src/formats/errors.js";
import { readWeights } from "../../src/formats/model-files.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, toFloat32 } from "../../src/formats/stored-tensor.js";
import { temporaryFolder } from "../helpers/cli.js";

const folder = temporaryFolder();
afterAll(folder.remove);

const single = (value: number) => fromFloat32([1], Float32Array.of(value));
const part = (names: Record<string, number>) =>
  encodeSafetensors(Object.entries(names).map(([name, value]) => [name, single(value)]));
const index = (map: unknown) => JSON.stringify({ metadata: { total_size: 8 }, weight_map: map });
const two = { a: "one.safetensors", b: "two.safetensors" };

let count = 0;
/** A folder with these files, besides a config and a tokenizer; undefined leaves one out. */
function folderWith(files: Record<string, string | Uint8Array | undefined>): string {
  const name = `model-${count++}`;
  mkdirSync(folder.at(name));
  for (const [file, content] of Object.entries({
    "config.json": "{}",
    "tokenizer.json": "{}",
    ...files,
  })) {
    if (content !== undefined) writeFileSync(folder.at(name, file), content);
  }
  return folder.at(name);
}

const values = (path: string) =>
  Object.fromEntries(
    Array.from(readWeights(readModelFolder(path)), ([name, tensor]) => [
      name,
      toFloat32(tensor, name, path)[0],
    ]),
  );

test("a model is read from one file, or from the parts that the index names", () => {
  expect(values(folderWith({ "model.safetensors": part({ a: 1, b: 2 }) }))).toEqual({ a: 1, b: 2 });
  const parts = {
    "model.safetensors.index.json": index(two),
    "one.safetensors": part({ a: 1 }),
    "two.safetensors": part({ b: 2 }),
  };
  expect(values(folderWith(parts))).toEqual({ a: 1, b: 2 });
});

test("a folder or file that is missing is named, with what there is instead", () => {
  const refusal = (path: string, reason: string) => {
    expect(() => readModelFolder(path)).toThrow(FileError);
    expect(() => readModelFolder(path)).toThrow(reason);
  };
  refusal(folder.at("nowhere"), "there is no such folder");
  refusal(folderWith({ "config.json": undefined }), "config.json: there is no such file");
  refusal(folderWith({ "tokenizer.json": undefined }), "it holds no tokenizer.json");
  const words = { "tokenizer.json": undefined, "vocab.txt": "[PAD]\n" };
  refusal(folderWith(words), "it holds a tokenizer of another kind (vocab.txt)");
  refusal(folderWith({}), "no model.safetensors or model.safetensors.index.json");
  refusal(folderWith({ "pytorch_model.bin": "x" }), "weights of another kind (pytorch_model.bin)");
});

test.each<[string, Record<string, string | Uint8Array>, string]>([
  ["no map", { "model.safetensors.index.json": "{}" }, "weight_map is missing"],
  ["a list as map", { "model.safetensors.index.json": index([]) }, "weight_map is an array"],
  [
    "a part outside of the folder",
    { "model.safetensors.index.json": index({ a: "../x.safetensors" }) },
    "it must be a .safetensors file of the same folder",
  ],
  [
    "a tensor that is not in its part",
    { "one.safetensors": part({ a: 1 }), "two.safetensors": part({}) },
    'two.safetensors: tensor "b" is missing',
  ],
  [
    "a tensor in the wrong part",
    { "one.safetensors": part({ a: 1, b: 2 }), "two.safetensors": part({ b: 2 }) },
    'one.safetensors: tensor "b" is here',
  ],
  [
    "a tensor that the index does not know",
    { "one.safetensors": part({ a: 1, c: 3 }), "two.safetensors": part({ b: 2 }) },
    "does not know it",
  ],
])("a model in parts with %s is refused with one line that says so", (_, files, reason) => {
  const path = folderWith({ "model.safetensors.index.json": index(two), ...files });
  expect(() => readWeights(readModelFolder(path))).toThrow(FormatError);
  expect(() => readWeights(readModelFolder(path))).toThrow(reason);
  expect(() => readWeights(readModelFolder(path))).toThrow(/^[^\n]+$/);
});

test("several files without an index, and parts that are not given, are refused", () => {
  const config = new Uint8Array();
  const weights = new Map([
    ["one.safetensors", part({ a: 1 })],
    ["two.safetensors", part({ b: 2 })],
  ]);
  expect(() => readWeights({ config, weights })).toThrow("there are 2 files of weights");
  expect(() => readWeights({ config, weights: new Map() })).toThrow("there are 0 files");
  weights.delete("two.safetensors");
  const bytes = new TextEncoder().encode(index(two));
  expect(() => readWeights({ folder: "m", config, weights, index: bytes })).toThrow(
    "m/two.safetensors: model.safetensors.index.json names it: it is missing",
  );
});
