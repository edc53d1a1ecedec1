// What an encoder is made of, read from the object that Hugging Face calls config.json.
import { describe, invalidValue } from "../check/describe.js";

/** An array of a checkpoint, row-major. */
export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors under Hugging Face's names: "encoder.layer.0.attention.self.query.weight". */
export type Weights = ReadonlyMap<string, WeightTensor>;

/** A tensor that is converted when it is read: not all of a checkpoint at a time. */
interface TensorReader {
  readonly shape: readonly number[];
  read(): Float32Array;
}

/** A checkpoint, under the same names. */
export type Checkpoint = ReadonlyMap<string, WeightTensor | TensorReader>;

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
  /** Width inside the feed-forward part ("intermediate_size"). */
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
  /** The share that a head drops, where it is another than that of hidden states. */
  readonly headDropout?: number;
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
    throw invalidValue("config.json", "it", json, "an object", TypeError);
  }
  const { model_type: modelType } = json as Record<string, unknown>;
  const known = typeof modelType === "string" && Object.hasOwn(families, modelType);
  if (!known) {
    const wanted = `one of ${Object.keys(families).join(", ")}`;
    throw invalidValue("config.json", "model_type", modelType, wanted);
  }
  const family = families[modelType];
  const distil = family === "distilbert";
  const key = distil ? distilbertKeys : bertKeys;
  const read = reader(json as Record<string, unknown>, distil ? distilbertAliases : {});
  read.oneOf("position_embedding_type", ["absolute"], "absolute");
  for (const name of otherComputations) read.nothing(name);
  // RoBERTa counts positions from the padding token's id on; that row stands for padding. MPNet
  // does so too, from 1 whatever the configuration says.
  const padding = family === "roberta" ? read.integer("pad_token_id", 0, 1) : 1;
  const firstPosition = family === "roberta" || family === "mpnet" ? padding + 1 : 0;
  if (family === "mpnet") read.oneOf("relative_attention_num_buckets", [32], 32);
  const headDropout = headDropouts[family];
  const activation = read.oneOf(key.activation, ["gelu", "relu", "gelu_python"], "gelu");
  const config: EncoderConfig = {
    family,
    vocabularySize: read.integer("vocab_size", 1),
    width: read.integer(key.width, 1),
    layers: read.integer(key.layers, 1),
    heads: read.integer(key.heads, 1),
    innerWidth: read.integer(key.innerWidth, 1),
    activation: activation === "relu" ? activation : "gelu",
    maxTokens: read.integer("max_position_embeddings", firstPosition + 1) - firstPosition,
    firstPosition,
    tokenTypes:
      family === "bert" || family === "roberta" ? read.integer("type_vocab_size", 1, 2) : 0,
    layerNormEpsilon: distil ? 1e-12 : read.number("layer_norm_eps", 1e-12),
    dropout: read.number(key.dropout, 0.1),
    attentionDropout: read.number(key.attentionDropout, 0.1),
    relativeBuckets: family === "mpnet" ? 32 : 0,
    ...(headDropout && read.ownDropout(headDropout)),
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

/** DistilBERT's sizes by the names that the others have, which transformers takes too. */
const distilbertAliases: Readonly<Record<string, string>> = {
  dim: "hidden_size",
  n_layers: "num_hidden_layers",
  n_heads: "num_attention_heads",
};

/**
 * Settings under which transformers computes something else; absent, false and empty are nothing.
 */
const otherComputations = [
  "is_decoder",
  "is_encoder_decoder",
  "add_cross_attention",
  "quantization_config",
  "pruned_heads",
  "per_layer_config",
];

/** What a head drops, where it may be another share than that of the hidden states. */
const headDropouts: Partial<Record<EncoderFamily, { key: string; fallback?: number }>> = {
  bert: { key: "classifier_dropout" },
  roberta: { key: "classifier_dropout" },
  distilbert: { key: "seq_classif_dropout", fallback: 0.2 },
};

/** Largest size that makes sense in 32-bit kernels. */
const largest = 2 ** 24;

/** Reads one key with its check; without a fallback the key must be there. */
function reader(json: Record<string, unknown>, aliases: Readonly<Record<string, string>>) {
  function value(key: string, fallback: unknown): unknown {
    const [own, other] = [key, aliases[key]].map((name) =>
      name !== undefined && Object.hasOwn(json, name) ? json[name] : undefined,
    );
    if (own !== undefined && other !== undefined && own !== other) {
      refuse(key, own, `as ${aliases[key]}, which is ${describe(other)}`);
    }
    return own !== undefined ? own : other !== undefined ? other : fallback;
  }
  function refuse(key: string, found: unknown, wanted: string): never {
    const is = found === undefined ? "missing" : describe(found);
    throw new RangeError(`config.json: ${key} is ${is}: it must be ${wanted}`);
  }
  return {
    nothing(key: string): void {
      const found = value(key, false);
      if (found && !(typeof found === "object" && Object.keys(found).length === 0)) {
        refuse(key, found, "absent: an encoder without it is computed");
      }
    },
    /** A share that is dropped before the head's layers; nothing where it has none of its own. */
    ownDropout({ key, fallback }: { key: string; fallback?: number }): { headDropout?: number } {
      const found = value(key, fallback);
      return found === undefined || found === null
        ? {}
        : { headDropout: this.number(key, fallback) };
    },
    integer(key: string, low: number, fallback?: number): number {
      const found = value(key, fallback);
      if (!Number.isInteger(found) || (found as number) < low || (found as number) > largest) {
        refuse(key, found, `an integer in ${low} .. ${largest}`);
      }
      return found as number;
    },
    number(key: string, fallback: number | undefined): number {
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
