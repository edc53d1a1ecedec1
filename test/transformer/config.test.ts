import { expect, test } from "vitest";
import { encoderConfig } from "../../src/transformer/config.js";

const bert = {
  model_type: "bert",
  vocab_size: 100,
  hidden_size: 12,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: 24,
  hidden_act: "gelu",
  max_position_embeddings: 64,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
};

test("a BERT configuration is read under our names", () => {
  expect(encoderConfig({ ...bert, irrelevant: [] })).toEqual({
    family: "bert",
    vocabularySize: 100,
    width: 12,
    layers: 2,
    heads: 3,
    innerWidth: 24,
    activation: "gelu",
    maxTokens: 64,
    firstPosition: 0,
    tokenTypes: 2,
    layerNormEpsilon: 1e-12,
    dropout: 0.1,
    attentionDropout: 0.1,
    relativeBuckets: 0,
  });
});

test("RoBERTa's positions start after the padding token's row", () => {
  const { family, firstPosition, maxTokens } = encoderConfig({
    ...bert,
    model_type: "xlm-roberta",
    max_position_embeddings: 514,
    pad_token_id: 1,
  });
  expect({ family, firstPosition, maxTokens }).toEqual({
    family: "roberta",
    firstPosition: 2,
    maxTokens: 512,
  });
});

test("DistilBERT's own keys are understood", () => {
  const config = encoderConfig({
    model_type: "distilbert",
    vocab_size: 100,
    dim: 12,
    n_layers: 2,
    n_heads: 3,
    hidden_dim: 24,
    max_position_embeddings: 64,
  });
  expect(config).toMatchObject({ family: "distilbert", width: 12, innerWidth: 24, tokenTypes: 0 });
});

test("what an encoder cannot be is refused by key and value", () => {
  const refused = (change: object) => () => encoderConfig({ ...bert, ...change });
  expect(() => encoderConfig([])).toThrow("config.json: it is Array: it must be an object");
  expect(refused({ model_type: "gpt2" })).toThrow('model_type is "gpt2": it must be one of bert');
  expect(refused({ model_type: "constructor" })).toThrow('model_type is "constructor"');
  expect(refused({ hidden_size: undefined })).toThrow("hidden_size is missing");
  expect(refused({ hidden_size: "12" })).toThrow('hidden_size is "12": it must be an integer');
  expect(refused({ num_hidden_layers: 2 ** 53 })).toThrow("num_hidden_layers is 9007199254740992");
  expect(refused({ num_attention_heads: 5 })).toThrow(
    "hidden_size is 12 and num_attention_heads is 5: the heads must share the width evenly",
  );
  expect(refused({ hidden_act: "silu" })).toThrow('hidden_act is "silu": it must be "gelu" or');
  expect(refused({ position_embedding_type: "relative_key" })).toThrow("position_embedding_type");
  expect(refused({ layer_norm_eps: Number.NaN })).toThrow("layer_norm_eps is NaN");
});
