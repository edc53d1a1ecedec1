// Question: how far are the ONNX files of `exportOnnx` from lowrank, on 1,000 sentences of STS-B: in
// onnxruntime-web, in onnxruntime for Python, and in transformers.js, which reads the folder? The
// greatest difference of an entry: of embeddings of length 1, and of the scores of an adapter that
// tells three collections apart. Fails above 1e-4.
//   npm run bench:install && npm install --prefix bench --no-save @huggingface/transformers@4.3.2
//   LOWRANK_PYTHON=python3 node bench/onnx.mjs [FOLDER]
// The folder is where the exported files are kept. Python needs onnxruntime. What is not there is left out.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web";
import { exportOnnx, Finetuning, Lora, useAdapter } from "../dist/lora/index.js";
import { draw, loadGlue } from "../lab/glue.mjs";
import { machine } from "../lab/machine.mjs";
import { loadMiniLm } from "../lab/minilm.mjs";
import { markdown } from "./report.mjs";

const batchSize = 50;
const bound = 1e-4;
const kept = process.argv[2];
const folder = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), "lowrank-onnx-"));
const python = fileURLToPath(new URL("onnx.py", import.meta.url));

const { task, pool } = loadGlue("collections");
const known = pool.filter(({ label }) => label >= 0);
const examples = draw(known, 64, 1);
const texts = draw(known, 1000, 2).map(({ text }) => ({ text }));
const model = loadMiniLm();
const tokens = texts.map((text) => Array.from(model.tokenize(text).ids));

const run = new Finetuning(model, examples, {
  method: new Lora(),
  task,
  steps: 8,
  learningRate: 1e-3,
});
for (let i = 0; i < 8; i++) run.step();
const adapter = run.adapter();
model.encoder.reset();

const graphs = {
  embeddings: { files: exportOnnx(model), ours: model.embed(texts).data },
  scores: {
    files: exportOnnx(model, adapter),
    ours: useAdapter(model, adapter).predict(texts).data,
  },
};

const runtimes = {
  "onnxruntime-web": inWeb,
  "onnxruntime (Python)": inPython,
  "transformers.js": inTransformers,
};
const rows = [];
for (const [name, outputs] of Object.entries(runtimes)) {
  const apart = [];
  for (const [what, { files, ours }] of Object.entries(graphs)) {
    const place = join(folder, what);
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), bytes);
    }
    const theirs = await outputs(place, what);
    if (theirs === undefined) break;
    if (theirs.length !== ours.length) throw new Error(`${name} gives ${theirs.length} numbers`);
    apart.push(ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0));
  }
  if (apart.length === 0) continue;
  // NaN is not below it either.
  if (!apart.every((one) => one < bound)) process.exitCode = 1;
  rows.push([name, ...apart.map((one) => one.toExponential(1))]);
}
if (!kept) rmSync(folder, { recursive: true });
console.log(
  markdown({
    title: "ONNX beside lowrank: the greatest difference on 1,000 sentences",
    machine: machine(),
    columns: ["runtime", "embeddings", "scores of an adapter"],
    rows,
  }),
);

/** The batches as padded inputs: what a graph takes. */
function* batches() {
  for (let start = 0; start < tokens.length; start += batchSize) {
    const ids = tokens.slice(start, start + batchSize);
    const longest = Math.max(...ids.map((one) => one.length));
    const padded = (entry) =>
      ids.map((one) =>
        Array.from({ length: longest }, (_, j) => (j < one.length ? entry(one[j]) : 0)),
      );
    yield {
      input_ids: padded((id) => id),
      attention_mask: padded(() => 1),
      token_type_ids: padded(() => 0),
    };
  }
}

/** Means over each text's tokens at length 1; scores as they are. */
function pooled({ dims, data }, mask) {
  if (dims.length === 2) return Array.from(data);
  const [rows, length, width] = dims;
  return Array.from({ length: rows }, (_, i) => {
    const sum = new Array(width).fill(0);
    for (let j = 0; j < length; j++) {
      if (mask[i][j] === 0) continue;
      for (let c = 0; c < width; c++) sum[c] += data[(i * length + j) * width + c];
    }
    const norm = Math.hypot(...sum);
    return sum.map((value) => value / norm);
  }).flat();
}

async function inWeb(place) {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(join(place, "onnx/model.onnx"));
  const all = [];
  for (const batch of batches()) {
    const inputs = Object.entries(batch).map(([name, rows]) => [
      name,
      new ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [
        rows.length,
        rows[0].length,
      ]),
    ]);
    const outputs = await session.run(Object.fromEntries(inputs));
    all.push(...pooled(Object.values(outputs)[0], batch.attention_mask));
  }
  return all;
}

function inPython(place) {
  const program = process.env.LOWRANK_PYTHON ?? "python3";
  if (spawnSync(program, ["-c", "import onnxruntime"]).status !== 0) return undefined;
  const input = JSON.stringify([...batches()]);
  const { stdout, stderr, status } = spawnSync(
    ...[program, [python, join(place, "onnx/model.onnx")]],
    { input, maxBuffer: 2 ** 30, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split("\n")
    .flatMap((line, i) => {
      const { dims, data } = JSON.parse(line);
      return pooled({ dims, data }, [...batches()][i].attention_mask);
    });
}

async function inTransformers(place, what) {
  const transformers = await import("@huggingface/transformers").catch(() => undefined);
  if (!transformers) return undefined;
  const { env, pipeline, AutoTokenizer, AutoModelForSequenceClassification } = transformers;
  Object.assign(env, { allowRemoteModels: false, localModelPath: dirname(place) });
  const options = { dtype: "fp32", device: "cpu" };
  const all = [];
  const each = async (judge) => {
    for (let start = 0; start < texts.length; start += batchSize) {
      const some = texts.slice(start, start + batchSize).map(({ text }) => text);
      all.push(...(await judge(some)).data);
    }
    return all;
  };
  if (what === "embeddings") {
    const extract = await pipeline("feature-extraction", what, options);
    return each((some) => extract(some, { pooling: "mean", normalize: true }));
  }
  const tokenizer = await AutoTokenizer.from_pretrained(what);
  const classifier = await AutoModelForSequenceClassification.from_pretrained(what, options);
  return each(
    async (some) => (await classifier(tokenizer(some, { padding: true, truncation: true }))).logits,
  );
}
