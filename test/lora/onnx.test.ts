// An encoder as ONNX: what onnxruntime makes of it.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { exportOnnx } from "../../src/lora/export-onnx.js";
import { Finetuning } from "../../src/lora/finetune.js";
import { loadEncoder } from "../../src/lora/load-encoder.js";
import { Lora } from "../../src/lora/lora.js";
import { useAdapter } from "../../src/lora/use-adapter.js";
import { encoderFamilies } from "../../src/transformer/config.js";
import { temporaryFolder } from "../helpers/cli.js";
import { missingFile, testWith } from "../helpers/needs.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";
import { tinyModel } from "../helpers/text-models.js";

const folder = temporaryFolder();
afterAll(folder.remove);
const program = process.env.LOWRANK_PYTHON ?? "python3";
const found = spawnSync(program, ["-c", "import onnxruntime"]).status === 0;
const missing = found ? undefined : "LOWRANK_PYTHON names no Python with onnxruntime";

const texts = ["abc abd", "xyz", "hello there k mno", "k"].map((text) => ({ text }));
/** Outputs of a graph in onnxruntime, for texts that are padded to the longest. */
const script = `
import json, sys
import numpy as np
import onnxruntime
path, ids, pad = json.load(sys.stdin)
session = onnxruntime.InferenceSession(path)
longest = max(map(len, ids))
padded = lambda rows, fill: np.array([row + [fill] * (longest - len(row)) for row in rows])
mask = padded([[1] * len(row) for row in ids], 0)
every = {"input_ids": padded(ids, pad), "attention_mask": mask, "token_type_ids": 0 * mask}
y = session.run(None, {one.name: every[one.name] for one in session.get_inputs()})[0]
if y.ndim == 3:
    y = (y * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
    y /= np.linalg.norm(y, axis=1, keepdims=True)
json.dump([[one.name for one in session.get_outputs()], y.tolist()], sys.stdout)
`;

function runOnnx(bytes: Uint8Array, ids: number[][], pad: number): [string[], number[][]] {
  const path = folder.at("model.onnx");
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(path, bytes);
  const { stdout, stderr, status } = spawnSync(program, ["-c", script], {
    input: JSON.stringify([path, ids, pad]),
    encoding: "utf8",
  });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

const furthest = (a: number[][], b: number[][]) =>
  Math.max(...a.flatMap((row, i) => row.map((x, j) => Math.abs(x - b[i][j]))));

testWith(missing).each([...encoderFamilies])(
  "onnxruntime computes what we do of %s, with an adapter and without",
  (family) => {
    const model = loadEncoder(tinyModel(family));
    const ids = texts.map((text) => Array.from(model.tokenize(text).ids));
    const pad = Number(model.config.pad_token_id ?? 0);
    const judge = (bytes: Uint8Array) => runOnnx(bytes, ids, pad);
    const [names, vectors] = judge(exportOnnx(model).get("onnx/model.onnx")!);
    expect(names).toEqual(["last_hidden_state"]);
    expectBelow(1e-5, { plain: furthest(vectors, model.embed(texts).toArray()) });

    const examples = texts.map((text, i) => ({ ...text, label: i % 3 }));
    const task = { kind: "classification", labels: ["a", "b", "c"] } as const;
    const options = { method: new Lora({ rank: 2 }), task, steps: 5, learningRate: 1e-2 };
    const run = new Finetuning(model, examples, options);
    for (let i = 0; i < 5; i++) run.step();
    const adapter = run.adapter();
    const scores = useAdapter(model, adapter).predict(texts).toArray();
    const files = exportOnnx(model, adapter);
    const [outputs, logits] = judge(files.get("onnx/model.onnx")!);
    expect(outputs).toEqual(["logits"]);
    expectBelow(1e-5, { adapted: furthest(logits, scores) });
    const config = JSON.parse(new TextDecoder().decode(files.get("config.json")));
    expect(config.id2label).toEqual({ 0: "a", 1: "b", 2: "c" });
  },
);

const bench = new URL("../../bench/", import.meta.url);
const noWeb = missingFile(
  fileURLToPath(new URL("node_modules/onnxruntime-web/package.json", bench)),
  "onnxruntime-web is not installed: npm run bench:install",
);

testWith(noWeb).each([...encoderFamilies])(
  "onnxruntime-web computes what we do of %s on 1,000 texts, each padded to the longest of its batch",
  async (family) => {
    const ort = await import(
      createRequire(new URL("package.json", bench)).resolve("onnxruntime-web")
    );
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
    const model = loadEncoder(tinyModel(family));
    const session = await ort.InferenceSession.create(exportOnnx(model).get("onnx/model.onnx")!);
    const random = uniform(1);
    const letter = () => "abcdefghij"[Math.floor(10 * Math.abs(random())) % 10];
    const many = Array.from({ length: 1000 }, (_, i) => ({
      text: Array.from({ length: 1 + (i % 7) }, () => letter() + letter()).join(" "),
    }));
    const vectors = model.embed(many);
    const pad = Number(model.config.pad_token_id ?? 0);
    let apart = 0;
    for (let start = 0; start < many.length; start += 50) {
      const ids = many.slice(start, start + 50).map((text) => Array.from(model.tokenize(text).ids));
      const longest = Math.max(...ids.map(({ length }) => length));
      const tensor = (entry: (id: number | undefined) => number) => {
        const all = ids.flatMap((row) => Array.from({ length: longest }, (_, j) => entry(row[j])));
        return new ort.Tensor("int64", BigInt64Array.from(all, BigInt), [ids.length, longest]);
      };
      const every: Record<string, unknown> = {
        input_ids: tensor((id) => id ?? pad),
        attention_mask: tensor((id) => Number(id !== undefined)),
        token_type_ids: tensor(() => 0),
      };
      const { last_hidden_state: hidden } = await session.run(
        Object.fromEntries(session.inputNames.map((name: string) => [name, every[name]])),
      );
      const width = hidden.dims[2];
      ids.forEach(({ length }, i) => {
        const sum = new Array<number>(width).fill(0);
        for (let k = 0; k < length * width; k++) {
          sum[k % width] += hidden.data[i * longest * width + k];
        }
        const norm = Math.hypot(...sum);
        sum.forEach((value, c) => {
          apart = Math.max(apart, Math.abs(value / norm - vectors.get(start + i, c)));
        });
        expect(norm).toBeGreaterThan(0);
      });
    }
    expectBelow(1e-5, { apart });
  },
);

test("the files are those that transformers.js asks for, and the model stays as it is", () => {
  const model = loadEncoder(tinyModel());
  const before = model.embed(texts).data.slice();
  const files = exportOnnx(model);
  expect([...files.keys()].slice(0, 3)).toEqual([
    ...["onnx/model.onnx", "config.json", "tokenizer.json"],
  ]);
  expect(model.embed(texts).data).toEqual(before);
  // IR version 8, then the producer.
  const start = Array.from(files.get("onnx/model.onnx")!.subarray(0, 11));
  expect(start).toEqual([8, 8, 18, 7, ...new TextEncoder().encode("lowrank")]);
  expect(() => exportOnnx({} as never)).toThrow("exportOnnx: model is Object");
  expect(() => exportOnnx(model, {} as never)).toThrow("exportOnnx: adapter is Object");
});

test("weights that are held in fewer bits are written from the files, in full", () => {
  const full = exportOnnx(loadEncoder(tinyModel())).get("onnx/model.onnx");
  const small = loadEncoder(tinyModel(), { weightStorage: "int8" });
  expect(exportOnnx(small).get("onnx/model.onnx")).toEqual(full);
});
