// The head that a model's own files bring, and what its configuration says of it.

import { describe, quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import { pathIn, readWeights, weightsName } from "../formats/model-files.js";
import { toFiniteFloat32 } from "../formats/stored-tensor.js";
import { isJsonObject, kindOf, unexpected } from "../formats/strict-json.js";
import type { WeightTensor } from "../transformer/config.js";
import type { Encoder } from "../transformer/encoder.js";
import { headTensors } from "../transformer/head.js";
import type { Adapter, Task } from "./adapter.js";
import { isRange } from "./check.js";
import { addition } from "./layer-adapter.js";
import type { TextModel } from "./text-model.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * The head of a model's own files, and what its outputs are.
 *
 * @throws FormatError when the model was made for another task than judging texts
 *   (`architectures`), the files do not hold the whole head, or labels that do not fit it.
 */
export function ownHead(model: TextModel): { head: Map<string, WeightTensor>; task: Task } {
  const { encoder, config, files } = model;
  const { width } = encoder.config;
  checkArchitectures(config, pathIn(files, "config.json"));
  const source = pathIn(files, weightsName);
  const tensors = readWeights(files);
  const names = headTensors(encoder.config, 1).map(({ name }) => name);
  if (!names.some((name) => tensors.has(name))) {
    throw new FormatError(source, "it holds no classifier: name an adapter");
  }
  // A tensor of the head that is missing is named below; then it does not matter how many there
  // are.
  const outputs = tensors.get(names[2])?.shape[0] ?? 1;
  const head = new Map<string, WeightTensor>();
  for (const { name, shape } of headBeside(encoder, outputs)) {
    const tensor = tensors.get(name);
    if (!tensor) throw new FormatError(source, `${name} is missing: the head is not whole`);
    if (tensor.shape.join() !== shape.join()) {
      throw new FormatError(
        source,
        `${name} is ${tensor.shape.join(" x ")}: a head of ${outputs} scores on ${width} numbers ` +
          `has ${shape.join(" x ")}`,
      );
    }
    head.set(name, { shape: tensor.shape, data: toFiniteFloat32(tensor, name, source) });
  }
  return { head, task: taskOfConfig(config, outputs, pathIn(files, "config.json")) };
}

/**
 * The adapter with what it leaves to its model: the head, with the adapter's factors on it
 * multiplied in, and the labels. Without a head in either, texts can be embedded only.
 *
 * @throws FormatError as `ownHead`, where the model's head is used; RangeError where factors do not
 *   fit it.
 */
export function completed(model: TextModel, adapter: Adapter): Adapter {
  if (!adapter.fromModel) return adapter;
  const { encoder, config, files } = model;
  const source = pathIn(files, "config.json");
  const names = headBeside(encoder, 1).map(({ name }) => name);
  const adapted = adapter.layers.filter(({ name }) => names.includes(`${name}.weight`));
  const outputs = adapter.head.get(names[names.length - 2])?.shape[0];
  const task = outputs === undefined ? undefined : taskOfOutputs(config, outputs, source);
  if (task && adapted.length === 0 && names.every((name) => adapter.head.has(name))) {
    return { ...adapter, task };
  }
  const tensors = readWeights(files);
  if (!task && adapted.length === 0 && !names.some((name) => tensors.has(name))) {
    return { ...adapter, task: { kind: "similarity" } };
  }
  const own = ownHead(model);
  const head = new Map([...own.head, ...adapter.head]);
  for (const layer of adapted) {
    const name = `${layer.name}.weight`;
    const { shape, data } = head.get(name)!;
    const { rows, cols, data: added } = addition(layer);
    if (shape.join() !== `${rows},${cols}`) {
      throw new RangeError(
        `the adapter of ${describe(layer.name)} is ${rows} x ${cols}, and the model's weight is ` +
          shape.join(" x "),
      );
    }
    head.set(name, { shape, data: data.map((w, i) => w + added[i]) });
  }
  const layers = adapter.layers.filter((layer) => !adapted.includes(layer));
  return { ...adapter, layers, head, task: task ?? own.task };
}

/** The tensors of a head that are not the encoder's own, as its pooler may be. */
export function headBeside({ config, linearNames }: Encoder, outputs: number) {
  return headTensors(config, outputs).filter(
    ({ name }) => !linearNames.includes(name.replace(/\.\w+$/, "")),
  );
}

/** What the outputs of an adapter's head are: the model's own labels, where there are as many. */
function taskOfOutputs(config: Json, outputs: number, source: string): Task {
  const named = Object(config.id2label ?? Array(outputs).fill("")) as object;
  const own = Object.keys(named).length === outputs ? config : {};
  return taskOfConfig({ ...own, num_labels: outputs }, outputs, source);
}

/** @throws FormatError when the model was made for another task than judging whole texts. */
function checkArchitectures({ architectures }: Json, source: string): void {
  if (architectures === undefined || architectures === null) return;
  const names: unknown[] = Array.isArray(architectures) ? architectures : [architectures];
  const judges = (name: unknown) =>
    typeof name === "string" &&
    /(ForSequenceClassification|Model)$/.test(name) &&
    !/LMHead/.test(name);
  if (names.length === 0 || names.some(judges)) return;
  const found = names.length === 1 ? kindOf(names[0]) : "an array";
  throw new FormatError(
    source,
    `architectures is ${found}: a model of another task cannot judge texts; as an encoder it can be ` +
      "embedded with, or fine-tuned with a new head",
  );
}

/**
 * What the outputs of a classifier are, by transformers' rules: `problem_type`, or a regression
 * where there is one output and classes where there are more; names from `id2label`.
 *
 * @param outputs - rows of the classifier.
 * @throws FormatError that names the key when the names do not number the outputs.
 */
export function taskOfConfig(config: Json, outputs: number, source: string): Task {
  const type =
    config.problem_type ?? (outputs === 1 ? "regression" : "single_label_classification");
  const labels = labelsOf(config, outputs, source);
  const fail = (is: string, wanted: string) =>
    new FormatError(source, `problem_type is ${is}: ${wanted}`);
  switch (type) {
    case "regression":
      if (outputs === 1) return { kind: "regression", ...rangeOf(config, source) };
      throw fail(`a regression with ${outputs} outputs`, "it must have 1");
    case "single_label_classification":
      if (outputs > 1) return { kind: "classification", labels };
      throw fail("single_label_classification with 1 class", "there must be 2 or more");
    case "multi_label_classification":
      return { kind: "multi-label", labels };
  }
  const known = "regression, single_label_classification or multi_label_classification";
  throw fail(kindOf(type), `it must be ${known}`);
}

/** The range that `mergeAdapter` has written: the score is a logit in it. */
function rangeOf({ label_range: range }: Json, source: string) {
  if (range === undefined || range === null) return {};
  if (isRange(range)) return { range };
  throw unexpected(source, "label_range", range, "two numbers, the smaller first");
}

/** The names of all outputs, from `id2label`; "LABEL_0" and so on where there is none. */
function labelsOf(
  { id2label, label2id, num_labels }: Json,
  outputs: number,
  source: string,
): string[] {
  const refuse = (reason: string) => {
    throw new FormatError(source, reason);
  };
  if (id2label === undefined || id2label === null) {
    // As in transformers; a head of multiple choice, which has 1 output and no labels, is refused
    // as such.
    if ((num_labels ?? 2) !== outputs) {
      const is =
        num_labels === undefined
          ? "and id2label are missing, which means 2"
          : `is ${kindOf(num_labels)}`;
      refuse(`num_labels ${is}, and the classifier has ${outputs} outputs`);
    }
    return Array.from({ length: outputs }, (_, i) => `LABEL_${i}`);
  }
  if (!isJsonObject(id2label))
    return refuse(`id2label is ${kindOf(id2label)}: it must be an object`)!;
  const count = Object.keys(id2label).length;
  if (count !== outputs) {
    refuse(`id2label names ${count} classes, and the classifier has ${outputs} outputs`);
  }
  const ids = new Map<string, number>();
  const labels = Array.from({ length: outputs }, (_, i) => {
    const name = Object.hasOwn(id2label, i) ? id2label[i] : undefined;
    if (typeof name !== "string" && typeof name !== "number") {
      refuse(`id2label: the name of class ${i} is ${kindOf(name)}: it must be a string`);
    }
    const label = String(name);
    const before = ids.get(label);
    if (before !== undefined) {
      refuse(`id2label calls the classes ${before} and ${i} ${quote(label)}: names must differ`);
    }
    ids.set(label, i);
    return label;
  });
  // Where only id2label was changed, label2id still holds "LABEL_0" and so on: that says nothing.
  for (const [label, id] of isJsonObject(label2id) ? Object.entries(label2id) : []) {
    const known = ids.get(label);
    const given = typeof id === "string" ? Number(id) : id;
    if (known === undefined || given === known) continue;
    refuse(
      `label2id says ${kindOf(id)} for ${quote(label)}, and id2label says ${known}: the two must agree`,
    );
  }
  return labels;
}
