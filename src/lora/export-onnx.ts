// An encoder with what it has learned, as ONNX: trained here, run anywhere.
import { relu } from "../autograd/operations.js";
import { OnnxGraph, type OnnxValue } from "../formats/onnx.js";
import type { EncoderConfig, Weights } from "../transformer/config.js";
import { headLayers } from "../transformer/head.js";
import { embeddingNames, layerNames, relativeName } from "../transformer/names.js";
import type { Parameters } from "../transformer/parameters.js";
import { relativeBuckets } from "../transformer/relative-bias.js";
import type { Adapter } from "./adapter.js";
import { checkAdapter } from "./check.js";
import { loadEncoder } from "./load-encoder.js";
import { mergeAdapter } from "./merge.js";
import { completed, ownHead } from "./own-head.js";
import { checkModel, type TextModel } from "./text-model.js";

/**
 * The model with an adapter in it as an ONNX graph of float32, laid out as transformers.js expects:
 * "onnx/model.onnx", config.json, and the tokenizer's files. Inputs: `input_ids`, `attention_mask`
 * and, where there is more than one kind of segments, `token_type_ids`, batch x sequence. Output:
 * `logits` of the adapter's head; of a similarity, or without an adapter, `last_hidden_state`. Runs
 * in onnxruntime and in what builds on it, to rounding as here.
 *
 * @throws RangeError when the adapter's layers are not the model's; TypeError when one of them is
 *   something else.
 */
export function exportOnnx(model: TextModel, adapter?: Adapter): Map<string, Uint8Array> {
  checkModel("exportOnnx", model);
  if (adapter !== undefined) checkAdapter("exportOnnx", adapter);
  const { config: json, tokenizer, others } = model.files;
  const merged = adapter && mergeAdapter(model, adapter);
  const config = merged?.get("config.json") ?? json;
  const files = merged
    ? {
        ...(tokenizer && { tokenizer }),
        ...(others && { others }),
        config,
        weights: new Map([["model.safetensors", merged.get("model.safetensors")!]]),
      }
    : model.files;
  const whole = loadEncoder(files);
  const judges = adapter !== undefined && completed(model, adapter).task.kind !== "similarity";
  const head = judges ? ownHead(whole) : undefined;
  const settings = [...(others ?? [])].find(([path]) => /(^|\/)tokenizer_config\.json$/.test(path));
  return new Map<string, Uint8Array>([
    ["onnx/model.onnx", graphOf(whole, head?.head)],
    ["config.json", config],
    ...(tokenizer ? [["tokenizer.json", tokenizer] as const] : []),
    ...(settings ? [["tokenizer_config.json", settings[1]] as const] : []),
  ]);
}

const tokens = (name: string): OnnxValue => ({
  ...{ name, type: "int64", shape: ["batch_size", "sequence_length"] },
});

function graphOf({ encoder }: TextModel, head: Weights | undefined): Uint8Array<ArrayBuffer> {
  const { config, parameters } = encoder;
  const write = new EncoderGraph(config, parameters);
  const hidden = write.hiddenStates(head === undefined ? "last_hidden_state" : undefined);
  const inputs = [
    "input_ids",
    "attention_mask",
    ...(config.tokenTypes > 1 ? ["token_type_ids"] : []),
  ];
  const shape = ["batch_size", "sequence_length", config.width];
  const output: OnnxValue = head
    ? { name: "logits", type: "float", shape: ["batch_size", write.logits(hidden, head)] }
    : { name: hidden, type: "float", shape };
  return write.graph.encode(inputs.map(tokens), [output]);
}

class EncoderGraph {
  readonly graph = new OnnxGraph();
  /** What is added to the scores of padding. */
  readonly #mask: string;

  constructor(
    readonly config: EncoderConfig,
    readonly parameters: Parameters,
  ) {
    const { graph } = this;
    const kept = graph.add("Cast", ["attention_mask"], { to: 1 });
    const missing = graph.add("Sub", [this.#number(1), kept]);
    const far = graph.add("Mul", [missing, this.#number(-3e38)]);
    this.#mask = graph.add("Unsqueeze", [far, graph.integers([1, 2])]);
  }

  hiddenStates(output: string | undefined): string {
    const { graph, config } = this;
    let x = this.#embeddings();
    const bias = config.relativeBuckets > 0 ? this.#relativeBias() : undefined;
    for (let i = 0; i < config.layers; i++) x = this.#layer(x, i, bias);
    return output === undefined ? x : graph.add("Identity", [x], {}, output);
  }

  /** @returns how many scores there are. */
  logits(hidden: string, head: Weights): number {
    const { graph, config } = this;
    const { dense, output, activation } = headLayers[config.family];
    const first = graph.add("Gather", [hidden, graph.integers(0)], { axis: 1 });
    const inner = this.#linear(first, dense, head);
    const op = activation === relu ? "Relu" : "Tanh";
    this.#linear(graph.add(op, [inner]), output, head, "logits");
    return head.get(`${output}.bias`)!.data.length;
  }

  #number(value: number): string {
    const name = `number_${value}`;
    if (!this.#numbers.has(name)) this.graph.floats(name, [], [value]);
    this.#numbers.add(name);
    return name;
  }

  readonly #numbers = new Set<string>();

  #matrix(name: string): string {
    const { rows, cols } = this.parameters.shape(name);
    return this.graph.floats(name, [rows, cols], this.parameters.read(name));
  }

  #vector(name: string): string {
    const data = this.parameters.read(name);
    return this.graph.floats(name, [data.length], data);
  }

  /** x W' + bias. */
  #linear(x: string, name: string, head?: Weights, output?: string): string {
    const { graph, parameters } = this;
    const own = head?.get(`${name}.weight`);
    const weight = own?.data ?? parameters.read(`${name}.weight`);
    const bias = head?.get(`${name}.bias`)?.data ?? parameters.read(`${name}.bias`);
    const rows = bias.length;
    const cols = weight.length / rows;
    const transposed = new Float32Array(weight.length);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) transposed[j * rows + i] = weight[i * cols + j];
    }
    const W = graph.floats(`${name}.weight`, [cols, rows], transposed);
    const product = graph.add("MatMul", [x, W]);
    return graph.add("Add", [product, graph.floats(`${name}.bias`, [rows], bias)], {}, output);
  }

  #norm(x: string, name: string): string {
    const [weight, bias] = ["weight", "bias"].map((part) => this.#vector(`${name}.${part}`));
    const epsilon = { float: this.config.layerNormEpsilon };
    return this.graph.add("LayerNormalization", [x, weight, bias], { axis: -1, epsilon });
  }

  #length(): string {
    const shape = this.graph.add("Shape", ["input_ids"]);
    return this.graph.add("Gather", [shape, this.graph.integers(1)]);
  }

  #embeddings(): string {
    const { graph, config, parameters } = this;
    const word = graph.add("Gather", [this.#matrix(`${embeddingNames.word}.weight`), "input_ids"]);
    const table = this.#matrix(`${embeddingNames.position}.weight`);
    let x = graph.add("Add", [word, graph.add("Gather", [table, this.#positions()])]);
    const type = `${embeddingNames.type}.weight`;
    if (parameters.has(type)) {
      const index = config.tokenTypes > 1 ? "token_type_ids" : graph.integers(0);
      x = graph.add("Add", [x, graph.add("Gather", [this.#matrix(type), index])]);
    }
    return this.#norm(x, embeddingNames.norm);
  }

  /** Those of RoBERTa and MPNet count every token but padding, from the row after padding's. */
  #positions(): string {
    const { graph } = this;
    const { firstPosition } = this.config;
    if (firstPosition === 0) {
      return graph.add("Range", [graph.integers(0), this.#length(), graph.integers(1)]);
    }
    const padding = graph.integers(firstPosition - 1);
    const pads = graph.add("Equal", ["input_ids", padding]);
    const counts = graph.add("Cast", [graph.add("Not", [pads])], { to: 7 });
    const places = graph.add("Mul", [graph.add("CumSum", [counts, graph.integers(1)]), counts]);
    return graph.add("Add", [places, padding]);
  }

  /** heads x length x length: rows of the table by the buckets of the distances. */
  #relativeBias(): string {
    const { graph, config } = this;
    const longest = config.firstPosition + config.maxTokens;
    const buckets = graph.integers(Array.from(relativeBuckets(config.relativeBuckets, longest)));
    const range = graph.add("Range", [graph.integers(0), this.#length(), graph.integers(1)]);
    const columns = graph.add("Unsqueeze", [range, graph.integers([0])]);
    const rows = graph.add("Unsqueeze", [range, graph.integers([1])]);
    const distances = graph.add("Sub", [columns, rows]);
    const places = graph.add("Add", [distances, graph.integers(longest - 1)]);
    const bucket = graph.add("Gather", [buckets, places]);
    const values = graph.add("Gather", [this.#matrix(`${relativeName}.weight`), bucket]);
    return graph.add("Transpose", [values], { perm: [2, 0, 1] });
  }

  #layer(x: string, i: number, bias: string | undefined): string {
    const { graph, config } = this;
    const { width, heads, activation } = config;
    const names = layerNames(config, i);
    const split = graph.integers([0, 0, heads, width / heads]);
    const [q, k, v] = [names.query, names.key, names.value].map((name, part) => {
      const apart = graph.add("Reshape", [this.#linear(x, name), split]);
      return graph.add("Transpose", [apart], { perm: part === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3] });
    });
    const products = graph.add("MatMul", [q, k]);
    let scores = graph.add("Mul", [products, this.#number(1 / Math.sqrt(width / heads))]);
    if (bias !== undefined) scores = graph.add("Add", [scores, bias]);
    const attention = graph.add("Softmax", [graph.add("Add", [scores, this.#mask])], { axis: -1 });
    const seen = graph.add("Transpose", [graph.add("MatMul", [attention, v])], {
      perm: [0, 2, 1, 3],
    });
    const joined = graph.add("Reshape", [seen, graph.integers([0, 0, width])]);
    const mixed = graph.add("Add", [this.#linear(joined, names.mix), x]);
    const attended = this.#norm(mixed, names.attentionNorm);
    const inner = this.#linear(attended, names.inner);
    const active = activation === "relu" ? graph.add("Relu", [inner]) : this.#gelu(inner);
    const outer = graph.add("Add", [this.#linear(active, names.outer), attended]);
    return this.#norm(outer, names.outputNorm);
  }

  /** x (1 + erf(x / sqrt 2)) / 2. */
  #gelu(x: string): string {
    const { graph } = this;
    const erf = graph.add("Erf", [graph.add("Mul", [x, this.#number(Math.sqrt(0.5))])]);
    const shares = graph.add("Mul", [graph.add("Add", [erf, this.#number(1)]), this.#number(0.5)]);
    return graph.add("Mul", [x, shares]);
  }
}
