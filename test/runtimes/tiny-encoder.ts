// A tiny encoder made of random numbers, and what it is to learn.
import { Matrix } from "lowrank";
import { type Adapter, DeepLora, loadEncoder, saveAdapter } from "lowrank/lora";

const [width, inner, tokens, positions] = [16, 24, 30, 32];
const letters = Array.from("abcdefghijklmnopqrstuvwxy");
const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...letters];
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Names and shapes of a BERT of one layer. */
const layer = "encoder.layer.0";
const linears: [string, number, number][] = [
  ...["query", "key", "value"].map((name): [string, number, number] => [
    `${layer}.attention.self.${name}`,
    width,
    width,
  ]),
  [`${layer}.attention.output.dense`, width, width],
  [`${layer}.intermediate.dense`, inner, width],
  [`${layer}.output.dense`, width, inner],
];
const norms = [
  "embeddings.LayerNorm",
  `${layer}.attention.output.LayerNorm`,
  `${layer}.output.LayerNorm`,
];
const shapes: [string, number[]][] = [
  ["embeddings.word_embeddings.weight", [tokens, width]],
  ["embeddings.position_embeddings.weight", [positions, width]],
  ["embeddings.token_type_embeddings.weight", [2, width]],
  ...linears.flatMap(([name, rows, cols]): [string, number[]][] => [
    [`${name}.weight`, [rows, cols]],
    [`${name}.bias`, [rows]],
  ]),
  ...norms.flatMap((name): [string, number[]][] => [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ]),
];

/** A safetensors file of random numbers. */
function weights(): Uint8Array {
  const header: Record<string, object> = {};
  const data: number[] = [];
  shapes.forEach(([name, shape], i) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const start = 4 * data.length;
    header[name] = { dtype: "F32", shape, data_offsets: [start, start + 4 * length] };
    data.push(...Matrix.randomNormal(1, length, { seed: i }).data.map((x) => 0.3 * x));
  });
  const text = json(header);
  const bytes = new Uint8Array(8 + text.length + 4 * data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(new Uint8Array(Float32Array.from(data).buffer), 8 + text.length);
  return bytes;
}

const special = (id: string, typeId: number) => ({ SpecialToken: { id, type_id: typeId } });
const sequence = (id: string, typeId: number) => ({ Sequence: { id, type_id: typeId } });
const tokenizer = {
  added_tokens: [],
  normalizer: { type: "BertNormalizer", clean_text: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)],
    pair: [
      ...[special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)],
      ...[sequence("B", 1), special("[SEP]", 1)],
    ],
    special_tokens: Object.fromEntries(
      ["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [words.indexOf(id)], tokens: [id] }]),
    ),
  },
  decoder: null,
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    vocab: Object.fromEntries(words.map((word, i) => [word, i])),
  },
};

export function tinyModel() {
  const config = {
    ...{ model_type: "bert", vocab_size: tokens, hidden_size: width, num_hidden_layers: 1 },
    ...{ num_attention_heads: 2, intermediate_size: inner, max_position_embeddings: positions },
    type_vocab_size: 2,
  };
  return loadEncoder({
    config: json(config),
    tokenizer: json(tokenizer),
    weights: new Map([["model.safetensors", weights()]]),
  });
}

export const examples = letters.map((text, i) => ({ text: `${text} a ${text}`, label: i % 2 }));

export const options = {
  ...{ method: new DeepLora({ rank: 4 }), steps: 5, batchSize: 32, headLearningRate: 0.02 },
  task: { kind: "classification", labels: ["even", "odd"] },
} as const;

/** A number that another adapter would hardly have. */
export function hash(adapter: Adapter): number {
  const file = saveAdapter(adapter).get("adapter_model.safetensors")!;
  return file.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 0);
}
