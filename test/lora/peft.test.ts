import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { Tape } from "../../src/autograd/tape.js";
import { FormatError } from "../../src/formats/errors.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32 } from "../../src/formats/stored-tensor.js";
import { DeepLora } from "../../src/lora/deep-lora.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { mergeAdapter } from "../../src/lora/merge.js";
import { adapterNames, loadAdapter, saveAdapter } from "../../src/lora/peft-files.js";
import { useAdapter } from "../../src/lora/use-adapter.js";
import { packBatch } from "../../src/transformer/batch.js";
import type { EncoderFamily } from "../../src/transformer/config.js";
import { scoresOf } from "../../src/transformer/encoder-training.js";
import { Head, meanPool } from "../../src/transformer/head.js";
import { temporaryFolder } from "../helpers/cli.js";
import { encoderFixtures } from "../helpers/encoders.js";
import { testWith } from "../helpers/needs.js";
import { jsonBytes, tinyModel } from "../helpers/text-models.js";

interface Fixture {
  family: EncoderFamily;
  files: Record<string, string>;
  scores: number[][];
}
// Made by PEFT: test/fixtures/peft_adapters.py.
const script = fileURLToPath(new URL("../fixtures/peft_adapters.py", import.meta.url));
const fixtures = JSON.parse(readFileSync(script.replace(/py$/, "json"), "utf8")) as Record<
  string,
  Fixture
>;
const filesOf = ({ files }: Fixture) =>
  new Map(
    Object.entries(files).map(([name, text]) => [
      name,
      new Uint8Array(Buffer.from(text, "base64")),
    ]),
  );

/** Python with a PEFT of those that were tried, where there is one; LOWRANK_PYTHON names it. */
const versions = "import peft, transformers, torch; assert peft.__version__ >= '0.17'";
const python = [process.env.LOWRANK_PYTHON ?? "python3"].find(
  (program) => spawnSync(program, ["-c", versions]).status === 0,
);
const missingPython = python ? undefined : "LOWRANK_PYTHON names no Python with PEFT 0.17 or newer";
const folder = temporaryFolder();
afterAll(folder.remove);

/** Scores of the fixture's token numbers by an encoder with a head. */
function scoresWith(family: string, adapter: Parameters<typeof useAdapter>[1]): number[] {
  const model = loadEncoder(tinyModel(family));
  useAdapter(model, adapter);
  const { encoder } = model;
  const fixture = encoderFixtures.find((one) => one.family === family)!;
  const { ids, types } = fixture;
  const head = new Head(encoder, { outputs: 3, trained: false, seed: 0, weights: adapter.head });
  const texts = ids.map((text, i) => (types ? { ids: text, types: types[i] } : { ids: text }));
  return Array.from(scoresOf(encoder, head, packBatch(encoder.config, texts)));
}

/** Mean hidden states of the fixture's token numbers. */
function embeddingsWith(family: string, adapter: Parameters<typeof useAdapter>[1]): number[] {
  const model = loadEncoder(tinyModel(family));
  useAdapter(model, adapter);
  const { encoder } = model;
  const { ids, types } = encoderFixtures.find((one) => one.family === family)!;
  const texts = ids.map((text, i) => (types ? { ids: text, types: types[i] } : { ids: text }));
  const batch = packBatch(encoder.config, texts);
  const tape = new Tape(encoder.job, encoder.dtype, { recording: false });
  return Array.from(meanPool(tape, encoder, batch).read());
}

const furthest = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length ? Math.max(...a.map((x, i) => Math.abs(x - b[i]))) : Number.NaN;

test.each(Object.entries(fixtures))("an adapter of PEFT gives PEFT's scores: %s", (_, fixture) => {
  const adapter = loadAdapter(filesOf(fixture), fixture.family);
  const ours = scoresWith(fixture.family, adapter);
  expect(furthest(ours, fixture.scores.flat())).toBeLessThan(1e-4);
  // And not because the adapter does nothing.
  const without = scoresWith(fixture.family, { ...adapter, layers: [] });
  expect(furthest(without, fixture.scores.flat())).toBeGreaterThan(1e-2);
});

test.each(Object.entries(fixtures))(
  "an adapter of PEFT is written back as it was: %s",
  (_, fixture) => {
    const adapter = loadAdapter(filesOf(fixture), fixture.family);
    const again = loadAdapter(saveAdapter(adapter), fixture.family);
    const scores = scoresWith(fixture.family, again);
    expect(furthest(scores, fixture.scores.flat())).toBeLessThan(1e-4);
  },
);

const examples = ["abc", "bcd", "xyz", "hello there", "zebra", "k"].map((text, i) => ({
  text,
  label: i % 3,
}));
const alike = examples.map(({ text, label }, i) => ({
  ...{ text, pair: examples[(i + 1) % 6].text, label: label / 4 },
}));
const task = { kind: "classification", labels: ["a", "b", "c"] } as const;

// One start of Python for all: importing PyTorch takes the time.
testWith(missingPython)(
  "PEFT and transformers give our scores for adapters of ours, beside and merged",
  () => {
    const jobs: { place: string; ours: number[] }[] = [];
    const add = (job: string, files: ReadonlyMap<string, Uint8Array>, ours: number[]) => {
      const name = String(jobs.length);
      mkdirSync(folder.at(name));
      for (const [file, bytes] of files) writeFileSync(folder.at(name, file), bytes);
      jobs.push({ place: `${job}:${folder.at(name)}`, ours });
    };
    for (const family of ["bert", "roberta", "distilbert"]) {
      for (const method of [new Lora({ rank: 4 }), new DeepLora({ rank: 8 })]) {
        const model = loadEncoder(tinyModel(family));
        const run = new Finetuning(model, examples, {
          method,
          task,
          steps: 20,
          learningRate: 2e-2,
        });
        for (let i = 0; i < 20; i++) run.step();
        const adapter = run.adapter();
        const ours = scoresWith(family, adapter);
        add(`${family}:adapter`, saveAdapter(adapter), ours);
        add(`${family}:merged`, mergeAdapter(model, adapter), ours);
      }
    }
    for (const family of ["bert", "roberta"]) {
      for (const method of [new Lora({ rank: 4 }), new DeepLora({ rank: 8 })]) {
        const model = loadEncoder(tinyModel(family));
        const run = new Finetuning(model, alike, {
          ...{ method, task: { kind: "similarity" }, steps: 20, learningRate: 1e-2 },
        });
        for (let i = 0; i < 20; i++) run.step();
        const adapter = run.adapter();
        const ours = embeddingsWith(family, adapter);
        add(`${family}:embedding`, saveAdapter(adapter), ours);
        add(`${family}:merged-embedding`, mergeAdapter(model, adapter), ours);
      }
    }
    const places = jobs.map(({ place }) => place);
    const output = execFileSync(python!, [script, ...places], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const theirs = JSON.parse(output.toString()) as number[][][];
    const furthestOf = jobs.map(({ ours }, i) => furthest(theirs[i].flat(), ours));
    expect(Math.max(...furthestOf)).toBeLessThan(1e-4);
  },
);

const config = (changes: object) =>
  jsonBytes({ peft_type: "LORA", r: 2, lora_alpha: 2, ...changes });
const layer = "base_model.model.bert.encoder.layer.0.attention.self.query";
const tensors = (shapes: Record<string, number[]>, value = 0) =>
  encodeSafetensors(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return [name, fromFloat32(shape, new Float32Array(length).fill(value))];
    }),
  );
const fitting = { [`${layer}.lora_A.weight`]: [2, 24], [`${layer}.lora_B.weight`]: [24, 2] };

test.each<[string, Uint8Array | undefined, Uint8Array | undefined, string]>([
  ["no configuration", undefined, tensors(fitting), "adapter_config.json: it is missing"],
  ["no weights", config({}), undefined, "adapter_model.safetensors: it is missing"],
  [
    "another method",
    config({ peft_type: "IA3" }),
    tensors(fitting),
    'peft_type is the string "IA3"',
  ],
  ["DoRA", config({ use_dora: true }), tensors(fitting), "use_dora is"],
  ["a bias of its own", config({ bias: "some" }), tensors(fitting), "bias is"],
  ["NaN", config({}), tensors(fitting, Number.NaN), "holds NaN as entry 0: weights must be finite"],
  ["no rank", config({ r: 0 }), tensors(fitting), "r is"],
  ["another rank", config({ r: 3 }), tensors(fitting), "is 3, and its tensors have 2"],
  [
    "half of a pair",
    config({}),
    tensors({ [`${layer}.lora_A.weight`]: [2, 24] }),
    "lora_B is missing",
  ],
  [
    "two ranks in a pair",
    config({}),
    tensors({ ...fitting, [`${layer}.lora_B.weight`]: [24, 3] }),
    "with the same rank",
  ],
  [
    "an embedding's adapter",
    config({}),
    tensors({ "base_model.model.bert.embeddings.word_embeddings.lora_embedding_A": [2, 50] }),
    "of an adapter of another kind",
  ],
  [
    "a tensor that is no matrix",
    config({}),
    tensors({ [`${layer}.lora_A.weight`]: [2] }),
    "must be a matrix",
  ],
])("loadAdapter refuses %s with one line that says so", (_, json, weights, reason) => {
  const files = new Map<string, Uint8Array>();
  if (json) files.set(adapterNames.config, json);
  if (weights) files.set(adapterNames.weights, weights);
  expect(() => loadAdapter(files, "bert", "a")).toThrow(FormatError);
  expect(() => loadAdapter(files, "bert", "a")).toThrow(reason);
  expect(() => loadAdapter(files, "bert", "a")).toThrow(/^a\/[^\n]+$/);
});
