// Question: what do weights in fewer bits cost on MiniLM, in memory, time and accuracy?
//   node bench/fetch-minilm.mjs
//   node bench/weight-storage.mjs [--rounds 5]
// Accuracy: the rank correlation of the cosine of two sentences' embeddings with the judges' scores,
// on the dev split of STS-B (glue/STS-B in LOWRANK_DATA or ../shared/data), untrained.
import { parseArgs } from "node:util";
import { loadEncoder, spearman } from "../dist/lora/index.js";
import { readModelFolder } from "../dist/lora/node.js";
import { Skipped } from "../lab/data.mjs";
import { loadGlue } from "../lab/glue.mjs";
import { machine } from "../lab/machine.mjs";
import { folder, textsOf } from "../lab/minilm.mjs";
import { median } from "../lab/statistics.mjs";
import { markdown } from "./report.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string" } } });
const rounds = Number(values.rounds ?? 5);
const pairs = devPairs();

function devPairs() {
  try {
    return loadGlue("STS-B").dev;
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.error(`${error.message}: no correlations`);
  }
}

const timings = {
  "32 texts of 32 tokens": textsOf(new Array(32).fill(32)),
  "one text of 10 tokens": textsOf([10]),
};
const storages = ["full", "f16", "int8"];
const models = storages.map((weightStorage) =>
  loadEncoder(readModelFolder(folder), { weightStorage }),
);
const mebibytes = models.map(({ encoder }) => encoder.job.byteLength / 2 ** 20);
const embeddings = models.map((model) => model.embed(timings["32 texts of 32 tokens"]));

const times = {};
for (const [name, texts] of Object.entries(timings)) {
  times[name] = storages.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    models.forEach((model, i) => {
      const start = performance.now();
      model.embed(texts);
      if (round > 0) times[name][i].push(performance.now() - start);
    });
  }
}

/** Of unit vectors. */
const cosine = (a, b) => a.reduce((sum, x, j) => sum + x * b[j], 0);

function correlation(model) {
  const A = model.embed(pairs.map(({ text }) => ({ text })));
  const B = model.embed(pairs.map(({ pair }) => ({ text: pair })));
  return spearman(
    pairs.map(({ label }) => label),
    pairs.map((_, i) => cosine(A.row(i), B.row(i))),
  );
}

console.log(
  markdown({
    ...{ title: "Weights in fewer bits, MiniLM", machine: machine() },
    columns: [
      "weights",
      "memory of the model, MiB",
      ...Object.keys(timings).map((name) => `${name}, ms`),
      "least cosine with full",
      "STS-B dev, Spearman",
    ],
    rows: storages.map((storage, i) => [
      storage,
      mebibytes[i].toFixed(0),
      ...Object.values(times).map((all) => median(all[i]).toFixed(1)),
      Math.min(
        ...Array.from({ length: embeddings[i].rows }, (_, row) =>
          cosine(embeddings[i].row(row), embeddings[0].row(row)),
        ),
      ).toFixed(6),
      pairs ? correlation(models[i]).toFixed(4) : "",
    ]),
  }),
);
