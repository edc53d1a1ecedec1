import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readModelFolder } from "../../src/files/model-folder.js";
import { FormatError } from "../../src/formats/errors.js";
import type { ModelFiles } from "../../src/formats/model-files.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32, type StoredTensor, toFloat32 } from "../../src/formats/stored-tensor.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { encoderFixtures } from "../helpers/encoders.js";
import { minilm, missingMiniLM, testWith } from "../helpers/needs.js";
import { jsonBytes, tinyModel, tinyTokenizer } from "../helpers/text-models.js";

const texts = [{ text: "abc xyz" }, { text: "" }, { text: "mno", pair: "abc" }];
const { config } = encoderFixtures[0];
const weightsOf = (files: ModelFiles) => [...files.weights.values()][0];

/** A tiny model whose tensors were changed. */
function withTensors(change: (tensors: Map<string, StoredTensor>) => void): ModelFiles {
  const { tensors } = decodeSafetensors(weightsOf(tinyModel()));
  change(tensors);
  return tinyModel("bert", {
    folder: "m",
    weights: new Map([["model.safetensors", encodeSafetensors(tensors)]]),
  });
}

/** A tiny model with a number in its weights that is none. */
const poisoned = (value: number) =>
  withTensors((tensors) => {
    const [name, { shape }] = [...tensors].find(([key]) => key.endsWith("query.weight"))!;
    const data = new Float32Array(shape[0] * shape[1]).fill(0.1);
    data[3] = value;
    tensors.set(name, fromFloat32(shape, data));
  });

/** Every float of 16 bits. */
function rounded(dtype: "F16" | "BF16"): ModelFiles {
  return withTensors((tensors) => {
    for (const [name, tensor] of tensors) {
      tensors.set(name, fromFloat32(tensor.shape, toFloat32(tensor, name, "test"), dtype));
    }
  });
}

test.each(encoderFixtures.map(({ family }) => family))(
  "a %s turns texts into unit vectors",
  (family) => {
    const model = loadEncoder(tinyModel(family));
    const vectors = model.embed(texts);
    expect([vectors.rows, vectors.cols]).toEqual([3, 24]);
    for (let i = 0; i < 3; i++) {
      const length = Math.sqrt(Array.from(vectors.row(i)).reduce((sum, x) => sum + x * x, 0));
      expect(Math.abs(length - 1)).toBeLessThan(1e-5);
    }
    // A text's vector does not depend on its neighbours.
    const alone = model.embed(texts.slice(2));
    const most = Math.max(...alone.row(0).map((x, j) => Math.abs(x - vectors.get(2, j))));
    expect(most).toBeLessThan(1e-5);
  },
);

test("weights of 16 bits, and weights in parts, are the same model", () => {
  const whole = loadEncoder(tinyModel()).embed(texts).data;
  const furthest = (files: ModelFiles) =>
    Math.max(
      ...loadEncoder(files)
        .embed(texts)
        .data.map((x, i) => Math.abs(x - whole[i])),
    );
  expect(furthest(rounded("F16"))).toBeLessThan(5e-3);
  expect(furthest(rounded("BF16"))).toBeLessThan(5e-2);
  const { tensors } = decodeSafetensors(weightsOf(tinyModel()));
  const place = (name: string) => (/layer\.0/.test(name) ? "one.safetensors" : "two.safetensors");
  const part = (file: string) =>
    encodeSafetensors([...tensors].filter(([name]) => place(name) === file));
  const map = Object.fromEntries([...tensors.keys()].map((name) => [name, place(name)]));
  const parts = tinyModel("bert", {
    index: jsonBytes({ weight_map: map }),
    weights: new Map(["one.safetensors", "two.safetensors"].map((file) => [file, part(file)])),
  });
  expect(furthest(parts)).toBe(0);
});

const query = "bert.encoder.layer.1.attention.self.query.weight";

test.each<[string, ModelFiles, string]>([
  [
    "no JSON as config",
    tinyModel("bert", { config: new Uint8Array([1]) }),
    "config.json: it is no",
  ],
  [
    "a model of another kind",
    tinyModel("bert", { config: jsonBytes({ model_type: "gpt2" }) }),
    "gpt2",
  ],
  [
    "a missing tensor",
    withTensors((t) => t.delete(query)),
    `m/model.safetensors: ${query} is missing`,
  ],
  [
    "a tensor of another shape",
    withTensors((t) => t.set(query, fromFloat32([24, 23], new Float32Array(24 * 23)))),
    "is 24 x 23",
  ],
  [
    "fewer layers in the config than tensors",
    tinyModel("bert", { config: jsonBytes({ ...config, num_hidden_layers: 1 }) }),
    "config.json says that there are 1 layers",
  ],
  [
    "more layers in the config than tensors",
    tinyModel("bert", { config: jsonBytes({ ...config, num_hidden_layers: 3 }) }),
    "layer.2.attention.self.query.weight is missing",
  ],
  [
    "a width in the config that is not the tensors'",
    tinyModel("bert", { config: jsonBytes({ ...config, hidden_size: 27 }) }),
    "the configuration asks for 50 x 27",
  ],
  ["a weight that is NaN", poisoned(Number.NaN), "holds NaN as entry 3: weights must be finite"],
  ["an infinite weight", poisoned(-Infinity), "holds -Infinity as entry 3: weights must be finite"],
  [
    "a tokenizer of another model",
    tinyModel("bert", {
      tokenizer: jsonBytes({
        ...tinyTokenizer,
        model: { ...tinyTokenizer.model, vocab: { ...tinyTokenizer.model.vocab, extra: 50 } },
      }),
    }),
    "tokenizer.json: it gives ids below 51 and the model knows 50",
  ],
])("loadEncoder refuses %s with one line that says so", (_, files, reason) => {
  expect(() => loadEncoder(files)).toThrow(FormatError);
  expect(() => loadEncoder(files)).toThrow(reason);
  expect(() => loadEncoder(files)).toThrow(/^[^\n]{1,300}$/);
});

test("a text of a million characters is cut, and a model without tokenizer says so", () => {
  const model = loadEncoder(tinyModel());
  expect(model.embed([{ text: "ab ".repeat(333_334) }]).rows).toBe(1);
  const { tokenizer: _, ...files } = tinyModel();
  expect(() => loadEncoder(files).embed(texts)).toThrow("came without tokenizer.json");
});

// Made by PyTorch: test/fixtures/minilm-embeddings.py.
testWith(missingMiniLM)("MiniLM's sentence embeddings are PyTorch's", () => {
  const { sentences, embeddings } = JSON.parse(
    readFileSync(new URL("../fixtures/minilm-embeddings.json", import.meta.url), "utf8"),
  ) as { sentences: string[]; embeddings: number[][] };
  const ours = loadEncoder(readModelFolder(minilm)).embed(
    sentences.map((text) => ({ text })),
    { maxTokens: 128 },
  );
  embeddings.forEach((expected, i) => {
    const most = Math.max(...expected.map((x, j) => Math.abs(x - ours.get(i, j))));
    expect(most).toBeLessThan(1e-5);
  });
});

test.each<[string, string, object, number[]]>([
  ["bert", "BERT's own tokenizer", {}, [0, 0, 0, 1, 1]],
  ["bert", "a general one of transformers 5", { tokenizer_class: "TokenizersBackend" }, []],
  ["bert", "one that says it gives none", { model_input_names: ["input_ids"] }, []],
  [
    "bert",
    "a general one that says it does",
    { tokenizer_class: "TokenizersBackend", model_input_names: ["input_ids", "token_type_ids"] },
    [0, 0, 0, 1, 1],
  ],
  ["mpnet", "MPNet's", { model_input_names: ["input_ids", "token_type_ids"] }, []],
  ["roberta", "RoBERTa's", {}, []],
])("a %s learns of two texts what the tokenizer tells: %s", (family, _, tokenizer, types) => {
  const others = new Map([["tokenizer_config.json", jsonBytes(tokenizer)]]);
  const tokens = loadEncoder(tinyModel(family, { others })).tokenize({ text: "a", pair: "b" });
  expect(Array.from(tokens.types ?? [])).toEqual(types);
});
