// PEFT's adapters: adapter_config.json and tensors, and our own files beside them.
import { core, lora, tinyModel } from "../../build/fuzz/sources.mjs";
import { jsonBytes, Pairs } from "../json.mjs";
import { encodeSafetensorsTree, safetensorsTree } from "./safetensors.mjs";

const { Matrix } = core;
const model = lora.loadEncoder(tinyModel("bert"));
const { encoder } = model;
const width = encoder.config.width;
const texts = [{ text: "a film" }, { text: "bcd" }];

export default {
  name: "adapter",

  specimen(random) {
    const rank = random.between(1, 3);
    const alpha = random.between(1, 16);
    const labels = ["no", "yes", "maybe"].slice(0, random.between(2, 3));
    const names = encoder.linearNames.filter(
      (name) => !name.startsWith("pooler") && random.chance(0.3),
    );
    if (names.length === 0) names.push(encoder.linearNames[0]);
    const numbers = (length) => Float32Array.from({ length }, () => random.number() / 8);
    const layers = names.map((name) => {
      const { rows, cols } = encoder.linearShape(name);
      const A = new Matrix(rank, cols, numbers(rank * cols));
      const B = new Matrix(rows, rank, numbers(rows * rank));
      return { name, factors: [A, B], scale: alpha / rank };
    });
    const head = new Map([
      ["pooler.dense.weight", { shape: [width, width], data: numbers(width * width) }],
      ["pooler.dense.bias", { shape: [width], data: numbers(width) }],
      [
        "classifier.weight",
        { shape: [labels.length, width], data: numbers(labels.length * width) },
      ],
      ["classifier.bias", { shape: [labels.length], data: numbers(labels.length) }],
    ]);
    const prefix = "base_model.model.";
    const tensor = (shape, data) => ({
      dtype: "F32",
      shape,
      data: new Uint8Array(data.slice().buffer),
    });
    const tensors = [
      ...layers.flatMap(({ name, factors }) =>
        factors.map((M, i) => [
          `${prefix}bert.${name}.lora_${"AB"[i]}.weight`,
          tensor([M.rows, M.cols], M.data),
        ]),
      ),
      ...Array.from(head, ([name, { shape, data }]) => [
        prefix + (name.startsWith("pooler") ? "bert." : "") + name,
        tensor([...shape], data),
      ]),
    ];
    const config = {
      ...{ peft_type: "LORA", task_type: "SEQ_CLS", base_model_name_or_path: "tiny", r: rank },
      ...{ lora_alpha: alpha, target_modules: names, modules_to_save: ["pooler", "classifier"] },
      ...{ bias: "none", fan_in_fan_out: false, lora_dropout: 0, use_rslora: false },
      ...{ rank_pattern: {}, alpha_pattern: {}, init_lora_weights: true, inference_mode: true },
    };
    const task = { kind: "classification", labels };
    const tree = {
      config: Pairs.from(config),
      weights: safetensorsTree(tensors, [["format", "pt"]]),
      settings: Pairs.from({ method: "lora", task }),
    };
    const adapter = { method: "lora", task, family: "bert", layers, head, tensors: new Map() };
    return { tree, value: scores(adapter) };
  },

  encode(tree) {
    const { config, weights, settings } = Object(tree);
    return new Map([
      ["adapter_config.json", jsonBytes(config)],
      ["adapter_model.safetensors", encodeSafetensorsTree(weights)],
      ["lowrank.json", jsonBytes(settings)],
    ]);
  },

  read: (files) => scores(lora.loadAdapter(files, "bert", "adapter")),
};

/** What the adapter makes of the texts; too many labels to score them are refused before. */
function scores(adapter) {
  const adapted = lora.useAdapter(model, adapter);
  return { labels: adapter.task.labels ?? [], scores: adapted.predict(texts).data };
}
