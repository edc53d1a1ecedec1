// What an encoder is made of, read from the object that Hugging Face calls config.json.
import { describe } from "../linalg/describe.js";

/** One named array of a checkpoint, row-major. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A checkpoint, under Hugging Face's names: "encoder.layer.0.attention.self.query.weight". */
export type Weights = ReadonlyMap<string, NamedTensor>;

/** Encoders that differ in names and details only. XLM-RoBERTa and CamemBERT are RoBERTas. */
export const encoderFamilies = ["bert", "roberta", "distilbert", "mpnet"] as const;
export type EncoderFamily = (typeof encoderFamilies)[number];

/** Sizes and constants of an encoder: `encoderConfig` makes one from a config.json. */
export interface EncoderConfig {
  readonly family: EncoderFamily;
  readonly vocabularySize: number;
  /** Numbers by which a token is represented ("hidden_size"). */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width inside of the feed-forward part ("intermediate_size"). */
  readonly innerWidth: number;
  readonly activation: "gelu" | "relu";
  /** Tokens of the longest text, special ones included. */
  readonly maxTokens: number;
  /** Row of the position table that the first token of a text takes. */
  readonly firstPosition: number;
  /** Kinds of segments, such as first and second sentence; 0 where the family knows none. */
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  /** Shares of hidden states and of attention weights that the original training dropped. */
  readonly dropout: number;
  readonly attentionDropout: number;
  /** Buckets of the relative positions that attention adds to its scores; 0: none (MPNet: 32). */
  readonly relativeBuckets: number;
}

const families: Readonly<Record<string, EncoderFamily>> = {
  bert: "bert",
  roberta: "roberta",
  "xlm-roberta": "roberta",
  camembert: "roberta",
  distilbert: "distilbert",
  mpnet: "mpnet",
};

/**
 * The configuration in a parsed config.json of BERT, MiniLM, RoBERTa, XLM-RoBERTa, CamemBERT,
 * DistilBERT or MPNet. Keys that do not concern the computation are ignored.
 *
 * @throws TypeError or RangeError that names the key, what it is and what it must be.
 */
export function encoderConfig(json: unknown): EncoderConfig {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new TypeError(`config.json: it is ${describe(json)}: it must be an object`);
  }
  const read = reader(json as Record<string, unknown>);
  const modelType = (json as Record<string, unknown>).model_type;
  const family = Object.hasOwn(families, String(modelType)) && families[String(modelType)];
  if (!family) {
    throw new RangeError(
      `config.json: model_type is ${JSON.stringify(modelType)}: ` +
        `it must be one of ${Object.keys(families).join(", ")}`,
    );
  }
  read.oneOf("position_embedding_type", ["absolute"], "absolute");
  for (const key of ["is_decoder", "add_cross_attention"]) read.oneOf(key, [false], false);
  const distil = family === "distilbert";
  const key = distil ? distilbertKeys : bertKeys;
  // RoBERTa counts positions from the padding token's id on; that row stands for padding.
  const offsetPositions = family === "roberta" || family === "mpnet";
  const firstPosition = offsetPositions ? read.integer("pad_token_id", 0, 1) + 1 : 0;
  const config: EncoderConfig = {
    family,
    vocabularySize: read.integer("vocab_size", 1),
    width: read.integer(key.width, 1),
    layers: read.integer(key.layers, 1),
    heads: read.integer(key.heads, 1),
    innerWidth: read.integer(key.innerWidth, 1),
    activation: read.oneOf(key.activation, ["gelu", "relu"], "gelu"),
    maxTokens: read.integer("max_position_embeddings", firstPosition + 1) - firstPosition,
    firstPosition,
    tokenTypes: family === "bert" || family === "roberta" ? read.integer("type_vocab_size", 0) : 0,
    layerNormEpsilon: distil ? 1e-12 : read.number("layer_norm_eps", 1e-12),
    dropout: read.number(key.dropout, 0.1),
    attentionDropout: read.number(key.attentionDropout, 0.1),
    relativeBuckets: family === "mpnet" ? read.integer("relative_attention_num_buckets", 2, 32) : 0,
  };
  if (config.width % config.heads !== 0) {
    throw new RangeError(
      `config.json: ${key.width} is ${config.width} and ${key.heads} is ${config.heads}: ` +
        "the heads must share the width evenly",
    );
  }
  return config;
}

const bertKeys = {
  width: "hidden_size",
  layers: "num_hidden_layers",
  heads: "num_attention_heads",
  innerWidth: "intermediate_size",
  activation: "hidden_act",
  dropout: "hidden_dropout_prob",
  attentionDropout: "attention_probs_dropout_prob",
};

const distilbertKeys = {
  width: "dim",
  layers: "n_layers",
  heads: "n_heads",
  innerWidth: "hidden_dim",
  activation: "activation",
  dropout: "dropout",
  attentionDropout: "attention_dropout",
};

/** Largest size that makes sense in 32-bit kernels. */
const largest = 2 ** 24;

/** Reads one key with its check; without a fallback the key must be there. */
function reader(json: Record<string, unknown>) {
  function value(key: string, fallback: unknown): unknown {
    return Object.hasOwn(json, key) && json[key] !== null ? json[key] : fallback;
  }
  function refuse(key: string, found: unknown, wanted: string): never {
    const is = found === undefined ? "missing" : JSON.stringify(found);
    throw new RangeError(`config.json: ${key} is ${is}: it must be ${wanted}`);
  }
  return {
    integer(key: string, low: number, fallback?: number): number {
      const found = value(key, fallback);
      if (!Number.isInteger(found) || (found as number) < low || (found as number) > largest) {
        refuse(key, found, `an integer in ${low} .. ${largest}`);
      }
      return found as number;
    },
    number(key: string, fallback: number): number {
      const found = value(key, fallback);
      if (!(typeof found === "number" && found >= 0 && found < 1)) {
        refuse(key, found, "a number in [0, 1)");
      }
      return found;
    },
    oneOf<Value>(key: string, values: readonly Value[], fallback: Value): Value {
      const found = value(key, fallback);
      if (!values.includes(found as Value)) {
        refuse(key, found, values.map((v) => JSON.stringify(v)).join(" or "));
      }
      return found as Value;
    },
  };
}
