// How Hugging Face calls the parts of an encoder, family by family.
import type { Checkpoint, EncoderConfig, EncoderFamily } from "./config.js";

/** Modules of one layer; each has a weight and a bias of its own. */
interface LayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** Mixes the heads. */
  readonly mix: string;
  readonly attentionNorm: string;
  /** Into the wide part of the feed-forward network, and out of it. */
  readonly inner: string;
  readonly outer: string;
  readonly outputNorm: string;
}

const bertLayer: LayerNames = {
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  mix: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  inner: "intermediate.dense",
  outer: "output.dense",
  outputNorm: "output.LayerNorm",
};

const layers: Record<EncoderFamily, { prefix: string; names: LayerNames }> = {
  bert: { prefix: "encoder.layer", names: bertLayer },
  roberta: { prefix: "encoder.layer", names: bertLayer },
  mpnet: {
    prefix: "encoder.layer",
    names: {
      ...bertLayer,
      query: "attention.attn.q",
      key: "attention.attn.k",
      value: "attention.attn.v",
      mix: "attention.attn.o",
      attentionNorm: "attention.LayerNorm",
    },
  },
  distilbert: {
    prefix: "transformer.layer",
    names: {
      query: "attention.q_lin",
      key: "attention.k_lin",
      value: "attention.v_lin",
      mix: "attention.out_lin",
      attentionNorm: "sa_layer_norm",
      inner: "ffn.lin1",
      outer: "ffn.lin2",
      outputNorm: "output_layer_norm",
    },
  },
};

/** The names of layer i, from the model's root: "encoder.layer.0.attention.self.query". */
export function layerNames({ family }: Pick<EncoderConfig, "family">, i: number): LayerNames {
  const { prefix, names } = layers[family];
  const whole = Object.entries(names).map(([key, name]) => [key, `${prefix}.${i}.${name}`]);
  return Object.fromEntries(whole) as unknown as LayerNames;
}

export const embeddingNames = {
  word: "embeddings.word_embeddings",
  position: "embeddings.position_embeddings",
  type: "embeddings.token_type_embeddings",
  norm: "embeddings.LayerNorm",
};

/** The relative positions of MPNet, which all layers share. */
export const relativeName = "encoder.relative_attention_bias";

export const poolerName = "pooler.dense";

/**
 * What precedes all names of the encoder: a bare encoder has nothing, a model with a head has
 * the family's name, "bert." (XLM-RoBERTa and CamemBERT: "roberta.").
 */
export function namePrefix({ family }: EncoderConfig, weights: Checkpoint): string {
  const prefix = `${family}.`;
  return weights.has(`${prefix}${embeddingNames.word}.weight`) ? prefix : "";
}
