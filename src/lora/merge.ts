// An adapter multiplied into the weights of its model: a checkpoint like any other.
import { describe } from "../check/describe.js";
import { pathIn, readWeights, weightsName } from "../formats/model-files.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { fromFloat32, type StoredTensor, toFiniteFloat32 } from "../formats/stored-tensor.js";
import type { Adapter } from "./adapter.js";
import { checkAdapter } from "./check.js";
import { addition } from "./layer-adapter.js";
import { methodRow } from "./methods.js";
import { completed } from "./own-head.js";
import { checkModel, type TextModel } from "./text-model.js";
import { checkFits } from "./use-adapter.js";

/**
 * The whole model with the adapter in it: model.safetensors and config.json, as transformers'
 * `AutoModelForSequenceClassification` loads them (of a similarity: `AutoModel`). W + scale B A is
 * added in f64 and written in f32, whatever type the checkpoint had, so that no bit of a small
 * addition is rounded away.
 *
 * @throws RangeError when the adapter's layers are not the model's.
 */
export function mergeAdapter(
  model: TextModel,
  adapter: Adapter,
): Map<string, Uint8Array<ArrayBuffer>> {
  return write(model, adapter, 1);
}

/**
 * Takes an adapter out of the model that `mergeAdapter` wrote: the weights before, to rounding.
 * The head stays.
 *
 * @throws RangeError when the adapter's layers are not the model's, or it has replaced tensors of the model,
 *   which are gone.
 */
export function unmergeAdapter(
  model: TextModel,
  adapter: Adapter,
): Map<string, Uint8Array<ArrayBuffer>> {
  return write(model, adapter, -1);
}

function write(model: TextModel, given: Adapter, sign: 1 | -1) {
  const name = sign > 0 ? "mergeAdapter" : "unmergeAdapter";
  checkModel(name, model);
  checkAdapter(name, given);
  const adapter = sign > 0 ? completed(model, given) : given;
  if (sign > 0 && !methodRow(adapter.method)?.trainsModel) checkFits(model.encoder, adapter);
  const [replaced] = given.tensors.keys();
  if (sign < 0 && replaced !== undefined) {
    throw new RangeError(
      `unmergeAdapter: the adapter has replaced ${replaced}, and what was there before is gone`,
    );
  }
  const source = pathIn(model.files, weightsName);
  const { family } = adapter;
  // A bare encoder's names lack the family; a head beside it asks for it.
  const files = readWeights(model.files);
  const bare = ![...files.keys()].some((name) => name.startsWith(`${family}.`));
  const placed = (name: string) =>
    bare && adapter.task.kind === "similarity" ? name : `${family}.${name}`;
  const tensors = new Map<string, StoredTensor>();
  for (const [stored, tensor] of files) {
    const name = stored.replace(/(LayerNorm)\.gamma$/, "$1.weight").replace(/\.beta$/, ".bias");
    if (isEncoder(name)) tensors.set(placed(name), tensor);
    // The head of another task makes room for the adapter's.
    else if (name.startsWith(`${family}.`) || sign < 0 || adapter.head.size === 0) {
      tensors.set(name, tensor);
    }
  }
  const put = (name: string, shape: readonly number[], data: Float32Array) => {
    tensors.set(name, fromFloat32(shape, data));
  };
  if (sign > 0) {
    for (const [name, { shape, data }] of adapter.tensors) {
      // The encoder keeps vectors as matrices of one row; the checkpoint says what they are.
      const full = isHead(name) ? name : placed(name);
      put(full, tensors.get(full)?.shape ?? shape, data);
    }
    for (const [name, { shape, data }] of adapter.head) {
      put(name.startsWith("pooler.") ? placed(name) : name, shape, data);
    }
  }
  for (const layer of adapter.layers) {
    const full = placed(`${layer.name}.weight`);
    const tensor = tensors.get(full);
    const delta = addition(layer);
    if (!tensor || tensor.shape.join() !== `${delta.rows},${delta.cols}`) {
      throw new RangeError(
        `${name}: the adapter of ${describe(layer.name)} is ${delta.rows} x ${delta.cols}, and the ` +
          `model's weight is ${tensor ? tensor.shape.join(" x ") : "missing"}`,
      );
    }
    const weight = toFiniteFloat32(tensor, full, source);
    put(
      full,
      tensor.shape,
      weight.map((w, i) => w + sign * delta.data[i]),
    );
  }
  const text = `${JSON.stringify(configOf(model, adapter), null, 2)}\n`;
  return new Map([
    [weightsName, encodeSafetensors(tensors, [["format", "pt"]])],
    ["config.json", new TextEncoder().encode(text)],
  ]);
}

/** A tensor of a bare encoder, whose names lack the family. */
function isEncoder(name: string): boolean {
  return /^(embeddings|encoder|transformer|pooler)\./.test(name);
}

function isHead(name: string): boolean {
  return /^(pre_)?classifier\./.test(name);
}

/** How transformers calls the classes of a model type. */
const classNames: Readonly<Record<string, string>> = {
  bert: "Bert",
  roberta: "Roberta",
  "xlm-roberta": "XLMRoberta",
  camembert: "Camembert",
  distilbert: "DistilBert",
  mpnet: "MPNet",
};

const problemTypes = {
  classification: "single_label_classification",
  "multi-label": "multi_label_classification",
  regression: "regression",
};

/** The score is a logit: CrossEncoder of sentence-transformers then gives the place in the range. */
const ofRange = (range: readonly [number, number]) => ({
  label_range: range,
  sentence_transformers: { activation_fn: "torch.nn.modules.activation.Sigmoid" },
});

/** The model's configuration, with the classes of the head where the adapter has one. */
function configOf({ config }: TextModel, { task, family }: Adapter): object {
  // transformers 5 calls it dtype, and takes that first.
  const dtype = { torch_dtype: "float32", ...("dtype" in config && { dtype: "float32" }) };
  if (task.kind === "similarity") return { ...config, ...dtype };
  const labels = task.kind === "regression" ? ["LABEL_0"] : task.labels;
  const kind = Object.hasOwn(classNames, String(config.model_type)) ? config.model_type : family;
  return {
    ...config,
    architectures: [`${classNames[String(kind)]}ForSequenceClassification`],
    id2label: Object.fromEntries(labels.map((label, i) => [i, label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    problem_type: problemTypes[task.kind],
    ...(task.kind === "regression" && task.range && ofRange(task.range)),
    ...dtype,
  };
}
