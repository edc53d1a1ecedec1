// How right `fewShot` is with 8 examples of each label, on tasks that tell sentences by where they
// are from: which of six collections (STS-B), which of eight publications (CoLA). Five draws; 50
// other sentences of each label are judged. `node bench/few-shot.mjs [--draws FILE.json]` also
// writes the draws, on which few_shot.py runs SetFit and logistic regression. `--before lora` (or
// contrastive) fine-tunes the encoder on the examples before: by their labels, or by pairs of them that
// are alike or not, as SetFit does.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Finetuning, fewShot, Lora } from "../dist/lora/index.js";
import { dataFile } from "../lab/data.mjs";
import { draw } from "../lab/glue.mjs";
import { loadMiniLm } from "../lab/minilm.mjs";
import { uniform } from "../lab/random.mjs";

const tasks = {
  collections: {
    file: "glue/STS-B/sts-train.csv",
    labels: ["headlines", "MSRpar", "images", "MSRvid", "deft-forum", "deft-news"],
    read: ([, label, , , , text]) => ({ text, label }),
  },
  publications: {
    file: "glue/CoLA/train.tsv",
    labels: ["ks08", "l-93", "r-67", "ad03", "bc01", "c_13", "sks13", "m_02"],
    read: ([label, , , text]) => ({ text, label }),
  },
};
const perLabel = 8;
const judged = 50;

function draws({ file, labels, read }) {
  const lines = readFileSync(dataFile(file), "utf8").split("\n");
  const rows = lines.filter((line) => line !== "").map((line) => read(line.split("\t")));
  const texts = new Map(rows.map((row) => [row.text, row]));
  const all = [...texts.values()];
  const of = labels.map((name) =>
    draw(
      all.filter(({ label }) => label === name),
      1e9,
      0,
    ),
  );
  const test = of.flatMap((some) => some.slice(0, judged));
  const pools = of.map((some) => some.slice(judged));
  const train = [1, 2, 3, 4, 5].map((seed) => pools.flatMap((pool) => draw(pool, perLabel, seed)));
  return { labels, test, train };
}

const text = { type: "string" };
const { draws: file, before } = parseArgs({ options: { draws: text, before: text } }).values;
const found = Object.entries(tasks).map(([task, recipe]) => ({ task, ...draws(recipe) }));
if (file !== undefined) writeFileSync(file, JSON.stringify(found));
const model = loadMiniLm();
for (const { task, test, train } of found) {
  const runs = train.map((examples, k) => {
    const start = performance.now();
    if (before) adapt(examples, k);
    const classifier = fewShot(model, examples);
    const seconds = (performance.now() - start) / 1000;
    const predicted = classifier.classify(test.map(({ text }) => text));
    const right = predicted.map(({ label }, i) => label === test[i].label);
    const share = right.filter(Boolean).length / test.length;
    model.encoder.reset();
    const logs = predicted.map(({ probabilities }, i) =>
      Math.log(probabilities[classifier.labels.indexOf(test[i].label)]),
    );
    const logLoss = -logs.reduce((a, b) => a + b) / test.length;
    const sure = predicted.reduce((sum, { probability }) => sum + probability, 0) / test.length;
    return { share, logLoss, sure, seconds, ...classifier.evidence };
  });
  const mean = (key) => runs.reduce((sum, run) => sum + run[key], 0) / runs.length;
  console.log(
    JSON.stringify({
      task,
      accuracy: mean("share"),
      draws: runs.map(({ share }) => share),
      crossValidated: mean("accuracy"),
      meanProbability: mean("sure"),
      logLoss: mean("logLoss"),
      seconds: mean("seconds"),
    }),
  );
}

/** Fine-tunes the model by 40 steps of 16 examples or pairs, which stays on it. */
function adapt(examples, seed) {
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const numbered = examples.map(({ text, label }) => ({ text, label: labels.indexOf(label) }));
  const common = { method: new Lora(), steps: 40, batchSize: 16, seed };
  const run =
    before === "contrastive"
      ? new Finetuning(model, pairsOf(examples, 16 * 40, seed), {
          ...{ ...common, task: { kind: "similarity" }, learningRate: 5e-4 },
        })
      : new Finetuning(model, numbered, {
          ...{ ...common, task: { kind: "classification", labels }, learningRate: 1e-3 },
        });
  while (run.stepCount < 40) run.step();
}

/** As many pairs of one label as of two. */
function pairsOf(examples, count, seed) {
  const next = uniform(seed);
  const pick = () => examples[Math.floor(next() * examples.length)];
  return Array.from({ length: count }, (_, i) => {
    for (;;) {
      const [one, other] = [pick(), pick()];
      const alike = one.label === other.label;
      if (one === other || alike !== (i % 2 === 0)) continue;
      return { text: one.text, pair: other.text, label: Number(alike) };
    }
  });
}
