// The head that a model's own files bring, and what its configuration says of it.
import { FormatError } from "../io/errors.js";
import { pathIn, readWeights, weightsName } from "../io/model-files.js";
import { toFiniteFloat32 } from "../io/stored-tensor.js";
import { kindOf } from "../io/strict-json.js";
import { quote } from "../linalg/describe.js";
import type { NamedTensor } from "../transformer/config.js";
import { headTensors } from "../transformer/head.js";
import type { Task } from "./adapter.js";
import { checkModel } from "./check.js";
import type { TextModel } from "./text-model.js";
import { type AdaptedModel, useAdapter } from "./use-adapter.js";

type Json = Readonly<Record<string, unknown>>;

/**
 * A model that was fine-tuned whole or merged, with the head and the labels of its own files.
 *
 * @throws FormatError when the model was made for another task than judging texts (`architectures`),
 *   the files do not hold the whole head, or labels that do not fit it.
 */
export function useOwnHead(model: TextModel, maxTokens = 128): AdaptedModel {
  checkModel("useOwnHead", model);
  const { encoder, config, files } = model;
  const { family, width } = encoder.config;
  checkArchitectures(config, pathIn(files, "config.json"));
  const source = pathIn(files, weightsName);
  const tensors = readWeights(files);
  const names = headTensors(encoder.config, 1).map(({ name }) => name);
  if (!names.some((name) => tensors.has(name))) {
    throw new FormatError(source, "it holds no classifier: name an adapter");
  }
  // A tensor of the head that is missing is named below; then it does not matter how many there are.
  const outputs = tensors.get(names[2])?.shape[0] ?? 1;
  const head = new Map<string, NamedTensor>();
  const own = headTensors(encoder.config, outputs).filter(
    ({ name }) => !encoder.parameters.has(name),
  );
  for (const { name, shape } of own) {
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
  const task = taskOfConfig(config, outputs, pathIn(files, "config.json"));
  return useAdapter(
    model,
    { ...{ method: "head", task, family, layers: [] }, head, tensors: new Map() },
    maxTokens,
  );
}

/** @throws FormatError when the model was made for another task than judging whole texts. */
function checkArchitectures({ architectures }: Json, source: string): void {
  if (architectures === undefined || architectures === null) return;
  const names: unknown[] = Array.isArray(architectures) ? architectures : [architectures];
  const judges = (name: unknown) =>
    typeof name === "string" &&
    /(ForSequenceClassification|Model)$/.test(name) &&
    !/LMHead/.test(name);
  if (names.some(judges)) return;
  const found = names.length === 1 ? kindOf(names[0]) : "an array";
  throw new FormatError(
    source,
    `architectures is ${found}: a model of another task cannot judge texts; as an encoder it can be ` +
      "embedded with, or fine-tuned with a new head",
  );
}

/**
 * What the outputs of a classifier are, by transformers' rules: `problem_type`, or a regression where
 * there is one output and classes where there are more; names from `id2label`.
 *
 * @param outputs - rows of the classifier.
 * @throws FormatError that names the key when the names do not number the outputs.
 */
export function taskOfConfig(config: Json, outputs: number, source: string): Task {
  const type =
    config.problem_type ?? (outputs === 1 ? "regression" : "single_label_classification");
  const labels = labelsOf(config, outputs, source);
  switch (type) {
    case "regression":
      if (outputs === 1) return { kind: "regression" };
      throw new FormatError(
        source,
        `problem_type is a regression with ${outputs} outputs: it must have 1`,
      );
    case "single_label_classification":
      if (outputs > 1) return { kind: "classification", labels };
      throw new FormatError(
        source,
        "problem_type is single_label_classification with 1 class: there must be 2 or more",
      );
    case "multi_label_classification":
      return { kind: "multi-label", labels };
  }
  throw new FormatError(
    source,
    `problem_type is ${kindOf(type)}: it must be regression, single_label_classification or ` +
      "multi_label_classification",
  );
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
  const plain = (value: unknown): value is Json =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (id2label === undefined || id2label === null) {
    if (num_labels !== undefined && num_labels !== null && num_labels !== outputs) {
      refuse(`num_labels is ${kindOf(num_labels)}, and the classifier has ${outputs} outputs`);
    }
    return Array.from({ length: outputs }, (_, i) => `LABEL_${i}`);
  }
  if (!plain(id2label)) return refuse(`id2label is ${kindOf(id2label)}: it must be an object`)!;
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
  for (const [label, id] of plain(label2id) ? Object.entries(label2id) : []) {
    const known = ids.get(label);
    if (known === undefined || Number(id) === known) continue;
    refuse(
      `label2id says ${kindOf(id)} for ${quote(label)}, and id2label says ${known}: the two must agree`,
    );
  }
  return labels;
}
