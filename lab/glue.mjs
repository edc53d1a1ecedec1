// Tasks of GLUE beside the repository: LOWRANK_DATA, or ../shared/data. Not ours to redistribute.
import { readFileSync } from "node:fs";
import { Matrix } from "../dist/index.js";
import { accuracy, matthews, pearson } from "../dist/lora/index.js";
import { dataFile } from "./data.mjs";

/** Where a task's columns are, and what is asked of it. The dev split is what a run is judged by. */
const tasks = {
  "STS-B": {
    train: ["sts-train.csv"],
    dev: "sts-dev.csv",
    read: ([, , , , score, text, pair]) => ({ text, pair, label: Number(score) }),
    task: { kind: "regression" },
    metricName: "Pearson",
    metric: pearson,
  },
  RTE: {
    train: ["train.tsv", "val.tsv"],
    dev: "dev.tsv",
    read: ([index, text, pair, label]) =>
      index === "index" ? undefined : { text, pair, label: label === "entailment" ? 0 : 1 },
    task: { kind: "classification", labels: ["entailment", "not_entailment"] },
    metricName: "accuracy",
    metric: accuracy,
  },
  CoLA: {
    train: ["train.tsv", "val.tsv"],
    dev: "dev.tsv",
    read: ([, label, , text]) => ({ text, label: Number(label) }),
    task: { kind: "classification", labels: ["unacceptable", "acceptable"] },
    metricName: "Matthews",
    metric: matthews,
  },
};

/** Sentences of CoLA by the publication that they are from: the six that have most. */
const publications = ["ks08", "l-93", "r-67", "ad03", "bc01", "c_13"];
/** Sentences of STS-B by the collection that they are from, which train and dev spell differently. */
const collections = ["captions", "forum", "news"];

/** Tasks of one short text, made of fields of the files. */
Object.assign(tasks, {
  publications: {
    ...{ train: tasks.CoLA.train, dev: tasks.CoLA.dev, folder: "CoLA" },
    read: ([publication, , , text]) => {
      const label = publications.indexOf(publication);
      return label < 0 ? undefined : { text, label };
    },
    task: { kind: "classification", labels: publications },
    ...{ metricName: "accuracy", metric: accuracy },
  },
  collections: {
    ...{ train: tasks["STS-B"].train, dev: tasks["STS-B"].dev, folder: "STS-B" },
    read: ([collection, , , , , text]) => ({
      text,
      label: collections.findIndex((name) => collection.startsWith(`main-${name}`)),
    }),
    task: { kind: "classification", labels: collections },
    ...{ metricName: "accuracy", metric: accuracy },
  },
});

/** Of the training examples: kept back to choose hyper-parameters by, and never trained on. */
const selectionSize = 300;

/**
 * A task: its training pool, a slice of the training examples apart from the pool, by which
 * hyper-parameters are chosen, and the dev split.
 *
 * @throws Skipped where the files are not there.
 */
export function loadGlue(name) {
  const { train, dev, read, folder = name, ...rest } = tasks[name];
  const examples = (file) => {
    const lines = readFileSync(dataFile(`glue/${folder}/${file}`), "utf8").split(/\r?\n/);
    const rows = lines.filter((line) => line !== "").map((line) => read(line.split("\t")));
    return rows.filter((row) => row !== undefined);
  };
  const all = draw(train.flatMap(examples), Number.POSITIVE_INFINITY, 0);
  return {
    ...{ name, ...rest, dev: examples(dev) },
    ...{ selection: all.slice(0, selectionSize), pool: all.slice(selectionSize) },
  };
}

/** So many of the examples in random order, without replacement. */
export function draw(examples, count, seed) {
  const keys = Matrix.randomNormal(1, examples.length, { seed }).data;
  const order = Array.from(keys, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
  return order.slice(0, count).map((i) => examples[i]);
}
