// Folders of sentence-transformers: what its own vectors are, and what is refused.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FormatError } from "../../src/formats/errors.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { useOwnHead } from "../../src/lora/use-adapter.js";
import { jsonBytes, tinyModel, tinyTokenizer } from "../helpers/text-models.js";

interface Case {
  name: string;
  lowercase: boolean;
  options: { prompt?: string; prompt_name?: string; normalize_embeddings?: boolean };
  files: Record<string, unknown>;
  vectors: number[][];
}
// Made by sentence-transformers: test/fixtures/sentence_models.py.
const { texts, cases }: { texts: string[]; cases: Case[] } = JSON.parse(
  readFileSync(new URL("../fixtures/sentence-models.json", import.meta.url), "utf8"),
);
const inputs = texts.map((text) => ({ text }));

const filesOf = (files: Record<string, unknown>) =>
  new Map(
    Object.entries(files).map(([name, file]) => [
      name,
      typeof file === "string" ? Uint8Array.from(Buffer.from(file, "base64")) : jsonBytes(file),
    ]),
  );

const expectNear = (found: ArrayLike<number>, wanted: readonly number[]) => {
  expect(Math.max(...wanted.map((x, i) => Math.abs(x - found[i])))).toBeLessThan(1e-5);
};

/** The tiny BERT with the files of a case beside it. */
function modelOf({ files, lowercase }: Pick<Case, "files" | "lowercase">) {
  const normalizer = { ...tinyTokenizer.normalizer, lowercase };
  const tokenizer = jsonBytes({ ...tinyTokenizer, normalizer });
  return loadEncoder(tinyModel("bert", { folder: "m", tokenizer, others: filesOf(files) }));
}

test.each(cases)("$name: the vectors are those of sentence-transformers", (one) => {
  const { prompt, prompt_name: promptName, normalize_embeddings: normalize } = one.options;
  const options = {
    ...(prompt === undefined ? {} : { prompt }),
    ...(promptName === undefined ? {} : { promptName }),
    ...(normalize === undefined ? {} : { normalize }),
  };
  const model = modelOf(one);
  for (const batchSize of [1, 32]) {
    const found = model.embed(inputs, { ...options, batchSize });
    expect([found.rows, found.cols]).toEqual([texts.length, one.vectors[0].length]);
    const most = Math.max(
      ...one.vectors.flatMap((row, i) => row.map((x, j) => Math.abs(x - found.get(i, j)))),
    );
    expect(most).toBeLessThan(1e-5);
  }
});

const poolingPath = "sentence_transformers.models.Pooling";
const transformer = {
  idx: 0,
  name: "0",
  path: "",
  type: "sentence_transformers.models.Transformer",
};
const entry = (type: string, path: string) => ({ ...{ idx: 1, name: path, path }, type });
const pooling = entry(poolingPath, "1_Pooling");
const dense = entry("sentence_transformers.models.Dense", "2_Dense");
const poolingConfig = { word_embedding_dimension: 24, pooling_mode_cls_token: true };
const denseConfig = { in_features: 24, out_features: 8, activation_function: "torch.nn.Tanh" };
/** A valid folder with a file changed; undefined takes it away. */
const folder = (changes: Record<string, unknown>) => {
  const files: Record<string, unknown> = {
    "modules.json": [transformer, pooling],
    "1_Pooling/config.json": poolingConfig,
    ...changes,
  };
  return { files: Object.fromEntries(Object.entries(files).filter(([, file]) => file)) };
};
const after = (path: string) => [transformer, pooling, entry(path, "2_Other")];
const { files: denseFiles } = cases.find(({ name }) => name === "Dense with Tanh")!;
const weights = denseFiles["2_Dense/model.safetensors"];

test.each<[string, Record<string, unknown>, string]>([
  ["modules.json that is not a list", { "modules.json": {} }, "modules.json: it is an object"],
  ["no modules", { "modules.json": [] }, "modules.json: it is an array"],
  ["a module without a type", { "modules.json": [transformer, 7] }, "type of module 1 is missing"],
  [
    "code of its own",
    { "modules.json": [{ ...transformer, type: "modeling_jina.Transformer" }] },
    'type of module 0 is the string "modeling_jina.Transformer": it must be one of sentence_tra',
  ],
  [
    "a path that leads out of the folder",
    { "modules.json": [transformer, { ...pooling, path: "../1_Pooling" }] },
    'path of module 1 is the string "../1_Pooling"',
  ],
  [
    "an absolute path",
    { "modules.json": [{ ...transformer, path: "/etc" }] },
    "path of module 0 is",
  ],
  [
    "words without a transformer",
    { "modules.json": [entry("sentence_transformers.models.WordEmbeddings", "0_Word")] },
    'its first module is "WordEmbeddings": it must be a Transformer',
  ],
  [
    "images",
    { "modules.json": [entry("sentence_transformers.models.CLIPModel", "0_CLIP")] },
    'its first module is "CLIPModel"',
  ],
  ...["CNN", "LSTM", "Router", "WeightedLayerPooling", "SpladePooling"].map(
    (kind): [string, Record<string, unknown>, string] => [
      `the module ${kind}`,
      { "modules.json": after(`sentence_transformers.models.${kind}`) },
      `modules.json: it holds the module "${kind}": known are Transformer, Pooling`,
    ],
  ),
  ["no pooling", { "modules.json": [transformer] }, "modules.json: it has no Pooling"],
  [
    "a module before the pooling",
    { "modules.json": [transformer, dense, pooling] },
    '"Dense" comes before any Pooling',
  ],
  [
    "a pooling without its file",
    { "1_Pooling/config.json": undefined },
    "m/1_Pooling/config.json: it is missing",
  ],
  [
    "an unknown pooling",
    { "1_Pooling/config.json": { embedding_dimension: 24, pooling_mode: ["mean", "attention"] } },
    'pooling_mode is the string "attention": it must be cls, max, mean',
  ],
  [
    "a flag that is not a flag",
    { "1_Pooling/config.json": { ...poolingConfig, pooling_mode_cls_token: "yes" } },
    'pooling_mode_cls_token is the string "yes": it must be true or false',
  ],
  [
    "an unknown key of a pooling",
    { "1_Pooling/config.json": { ...poolingConfig, pooling_mode_first: true } },
    'it holds "pooling_mode_first", which is not understood',
  ],
  [
    "a pooling of another width",
    { "1_Pooling/config.json": { ...poolingConfig, word_embedding_dimension: 768 } },
    'embedding_dimension is the number "768": the encoder gives 24 numbers',
  ],
  [
    "a Dense without weights",
    { "modules.json": [transformer, pooling, dense], "2_Dense/config.json": denseConfig },
    "m/2_Dense/model.safetensors: it is missing: save(..., safe_serialization=True)",
  ],
  [
    "a Dense of another width",
    {
      "modules.json": [transformer, pooling, dense],
      "2_Dense/config.json": { ...denseConfig, in_features: 25 },
    },
    "in_features is 25, and the vectors have 24 numbers",
  ],
  [
    "a Dense with weights of another shape",
    {
      "modules.json": [transformer, pooling, dense],
      "2_Dense/config.json": { ...denseConfig, out_features: 9 },
      "2_Dense/model.safetensors": weights,
    },
    "m/2_Dense/model.safetensors: linear.weight is 8 x 24: it must be 9 x 24",
  ],
  [
    "a Dense with a tensor too many",
    {
      "modules.json": [transformer, pooling, dense],
      "2_Dense/config.json": { ...denseConfig, bias: false },
      "2_Dense/model.safetensors": weights,
    },
    'tensor "linear.bias" has no place in this module',
  ],
  ...["torch.nn.SiLU", "my.nn.Tanh", null, 3].map(
    (activation_function): [string, Record<string, unknown>, string] => [
      `the activation ${activation_function}`,
      {
        "modules.json": [transformer, pooling, dense],
        "2_Dense/config.json": { ...denseConfig, activation_function },
        "2_Dense/model.safetensors": weights,
      },
      "known are torch.nn.Identity, torch.nn.Tanh",
    ],
  ),
  [
    "a Dense on tokens",
    {
      "modules.json": [transformer, pooling, dense],
      "2_Dense/config.json": { ...denseConfig, module_input_name: "token_embeddings" },
      "2_Dense/model.safetensors": weights,
    },
    'module_input_name is the string "token_embeddings"',
  ],
  [
    "another task of the transformer",
    { "sentence_bert_config.json": { transformer_task: "fill-mask" } },
    'transformer_task is the string "fill-mask": it must be "feature-extraction"',
  ],
  [
    "an unknown setting of the transformer",
    { "sentence_bert_config.json": { max_tokens: 3 } },
    'sentence_bert_config.json: it holds "max_tokens", which is not understood',
  ],
  [
    "arguments for transformers",
    { "sentence_bert_config.json": { config_args: { hidden_act: "relu" } } },
    'config_args holds "hidden_act", which is not understood',
  ],
  [
    "a limit that is not a number",
    { "sentence_bert_config.json": { max_seq_length: "128" } },
    'max_seq_length is the string "128": it must be an integer above 0',
  ],
  [
    "a default prompt that there is not",
    { "config_sentence_transformers.json": { default_prompt_name: "passage" } },
    'default_prompt_name is the string "passage": it must be the name of one of the prompts',
  ],
  [
    "a prompt that is not a text",
    { "config_sentence_transformers.json": { prompts: { query: 3 } } },
    "prompts is an object: it must be texts by name",
  ],
])("%s is refused with one line that names it", (_, changes, reason) => {
  const { files } = folder(changes);
  const embed = () => modelOf({ files, lowercase: true }).embed(inputs);
  expect(embed).toThrow(FormatError);
  expect(embed).toThrow(reason);
  expect(embed).toThrow(/^m\/[^\n]{1,300}$/);
});

test("an unknown prompt is named with those that there are", () => {
  const { files } = folder({
    "config_sentence_transformers.json": { prompts: { passage: "p: " } },
  });
  const model = modelOf({ files, lowercase: true });
  expect(() => model.embed(inputs, { promptName: "title" })).toThrow(
    'embed: promptName is "title": it must be one of "query", "document", "passage"',
  );
  expect(model.embed(inputs, { promptName: "query" }).data).toEqual(model.embed(inputs).data);
});

test("normalize asks for unit vectors or for those before the last Normalize", () => {
  const model = modelOf(cases.find(({ name }) => name === "cls and Normalize")!);
  const lengths = (normalize?: boolean) => {
    const found = model.embed(inputs, normalize === undefined ? {} : { normalize });
    return inputs.map((_, i) => Math.hypot(...found.row(i)));
  };
  for (const length of [...lengths(), ...lengths(true)]) expect(length).toBeCloseTo(1, 5);
  for (const length of lengths(false)) expect(length).toBeGreaterThan(2);
  const plain = modelOf(cases.find(({ name }) => name === "cls")!);
  expect(plain.embed(inputs).data).toEqual(model.embed(inputs, { normalize: false }).data);
});

test("modules.json that is not understood matters to vectors only", () => {
  const { files } = folder({ "modules.json": after("sentence_transformers.models.LSTM") });
  const model = modelOf({ files, lowercase: true });
  expect(useOwnHead(model).predict(inputs).rows).toBe(inputs.length);
});

test.each(["cls", "Dense with Tanh", "max", "weightedmean", "a default prompt", "truncate_dim"])(
  "a similarity compares the vectors of embed: %s",
  (name) => {
    const model = modelOf(cases.find((one) => one.name === name)!);
    const pairs = [
      { text: "abc xyz", pair: "mno" },
      { text: "a b c", pair: "abd" },
    ];
    const task = { kind: "similarity" } as const;
    const rate = { steps: 80, learningRate: 1e-2 };
    const examples = pairs.map((pair, i) => ({ ...pair, label: i }));
    const run = new Finetuning(model, examples, { method: new Lora({ rank: 2 }), task, ...rate });
    const bare = pairs.map(({ text }) => ({ text }));
    // The pair is embedded text by text.
    const apart = () => {
      const [left, right] = [
        model.embed(bare, { normalize: true }),
        model.embed(
          pairs.map(({ pair }) => ({ text: pair })),
          { normalize: true },
        ),
      ];
      return pairs.map((_, i) =>
        Array.from(left.row(i)).reduce((sum, x, j) => sum + x * right.get(i, j), 0),
      );
    };
    expectNear(run.predict(pairs).data, apart());
    const first = run.step().loss;
    let last = first;
    while (run.stepCount < 80) last = run.step().loss;
    expect(last).toBeLessThan(0.5 * first);
    expectNear(run.predict(pairs).data, apart());
  },
);
