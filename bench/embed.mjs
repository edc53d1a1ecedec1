// Question: how long do the embeddings of 32 sentences take on MiniLM, beside onnxruntime-web (the
// engine of transformers.js), one thread each, f32?
//   node bench/fetch-minilm.mjs
//   python3 bench/minilm_onnx.py bench/models/minilm bench/models/minilm.onnx
//   node bench/embed.mjs [--rounds 9] [--lengths 9,12,...]
// `lengths` are the tokens of each sentence: onnxruntime-web is given them padded to the longest, as
// transformers.js does, lowrank packs them.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as ort from "onnxruntime-web";
import { machine } from "../lab/machine.mjs";
import { loadMiniLm, textsOf } from "../lab/minilm.mjs";
import { median } from "../lab/statistics.mjs";
import { markdown } from "./report.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { rounds: text, lengths: text } });
const path = fileURLToPath(new URL("models/minilm.onnx", import.meta.url));
const rounds = Number(values.rounds ?? 9);

/** Of the first sentences of the first 32 pairs of STS-B's dev split. */
const sentences = [
  ...[11, 9, 11, 8, 8, 8, 8, 8, 9, 9, 9, 11, 8, 10, 9, 10],
  ...[10, 10, 9, 9, 8, 9, 10, 9, 11, 11, 9, 9, 10, 12, 11, 10],
];
const settings = values.lengths
  ? { "as asked": values.lengths.split(",").map(Number) }
  : {
      "32 short sentences (8 to 12 tokens)": sentences,
      "32 of one length (64 tokens)": new Array(32).fill(64),
      "32 of mixed lengths (8 to 101 tokens)": sentences.map((_, i) => 8 + 3 * i),
    };

const model = loadMiniLm();
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";
const session = await ort.InferenceSession.create(path, {
  executionProviders: ["wasm"],
});

const rows = [];
for (const [name, lengths] of Object.entries(settings)) {
  const texts = textsOf(lengths);
  const tokens = texts.map((one) => model.tokenize(one));
  if (tokens.some(({ ids }, i) => ids.length !== lengths[i]))
    throw new Error("a word is not one token");
  const contenders = {
    "onnxruntime-web": () => theirs(tokens.map(({ ids }) => ids)),
    lowrank: async () => model.embed(texts, { normalize: false }).data,
  };
  const results = {};
  for (const [contender, run] of Object.entries(contenders)) results[contender] = await run();
  const [a, b] = Object.values(results);
  const apart = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
  if (!(apart < 1e-4)) throw new Error(`the embeddings are ${apart} apart`);
  const times = { "onnxruntime-web": [], lowrank: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [contender, run] of Object.entries(contenders)) {
      const start = performance.now();
      await run();
      times[contender].push(performance.now() - start);
    }
  }
  const ratios = times.lowrank.map((ours, i) => ours / times["onnxruntime-web"][i]);
  rows.push([
    ...[name, median(times["onnxruntime-web"]).toFixed(1), median(times.lowrank).toFixed(1)],
    `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)})`,
  ]);
}
console.log(
  markdown({
    title: "Embeddings of 32 sentences, MiniLM-L6, f32",
    machine: machine(),
    columns: ["batch", "onnxruntime-web, ms", "lowrank, ms", "ratio: median (least - greatest)"],
    rows,
    remarks: `${rounds} interleaved rounds; tokenizing counts for lowrank alone.`,
  }),
);

/** Mean of the hidden states over each text's tokens, as sentence-transformers pools. */
async function theirs(ids) {
  const longest = Math.max(...ids.map((one) => one.length));
  const shape = [ids.length, longest];
  const tensor = (entry) => {
    const data = new BigInt64Array(ids.length * longest);
    ids.forEach((one, i) => {
      for (let j = 0; j < one.length; j++) data[i * longest + j] = entry(one[j]);
    });
    return new ort.Tensor("int64", data, shape);
  };
  const { last_hidden_state: hidden } = await session.run({
    input_ids: tensor((id) => BigInt(id)),
    attention_mask: tensor(() => 1n),
    token_type_ids: tensor(() => 0n),
  });
  const width = hidden.dims[2];
  const pooled = new Float32Array(ids.length * width);
  ids.forEach((one, i) => {
    for (let j = 0; j < one.length; j++) {
      for (let c = 0; c < width; c++) {
        pooled[i * width + c] += hidden.data[(i * longest + j) * width + c] / one.length;
      }
    }
  });
  return pooled;
}
