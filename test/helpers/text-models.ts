// Whole models, as files, of the tiny encoders in test/fixtures/encoders.py.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelFiles } from "../../src/formats/model-files.js";
import { encodeSafetensors } from "../../src/formats/safetensors.js";
import { fromFloat32 } from "../../src/formats/stored-tensor.js";
import { encoderFixtures, encoderOf } from "./encoders.js";

const letters = Array.from("abcdefghijklmnopqrstuvwxyz");
const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
/** 50 pieces, the vocabulary of the tiny encoders: letters, and some of them inside of words. */
const pieces = [...special, ...letters, ...letters.slice(0, 19).map((letter) => `##${letter}`)];

const template = (id: string, typeId: number) => ({ SpecialToken: { id, type_id: typeId } });
const sequence = (id: string, typeId: number) => ({ Sequence: { id, type_id: typeId } });

/** A tokenizer.json of BERT's kind. */
export const tinyTokenizer = {
  version: "1.0",
  added_tokens: special.map((content, id) => ({
    ...{ id, content, special: true },
    ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
  })),
  normalizer: { type: "BertNormalizer", clean_text: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [template("[CLS]", 0), sequence("A", 0), template("[SEP]", 0)],
    pair: [
      ...[template("[CLS]", 0), sequence("A", 0), template("[SEP]", 0)],
      ...[sequence("B", 1), template("[SEP]", 1)],
    ],
    special_tokens: {},
  },
  decoder: null,
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(pieces.map((piece, i) => [piece, i])),
  },
};

export const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The files of a tiny model, with whatever is to be different. */
export function tinyModel(family = "bert", changes: Partial<ModelFiles> = {}): ModelFiles {
  const fixture = encoderFixtures.find((one) => one.family === family)!;
  const { weights } = encoderOf(fixture);
  const tensors = Array.from(
    weights,
    ([name, { shape, data }]) => [name, fromFloat32(shape, data)] as const,
  );
  return {
    config: jsonBytes(fixture.config),
    tokenizer: jsonBytes(tinyTokenizer),
    weights: new Map([["model.safetensors", encodeSafetensors(tensors)]]),
    ...changes,
  };
}

/** Writes the tiny model where a user would have downloaded one to. */
export function writeTinyModel(folder: string): void {
  const { config, tokenizer, weights } = tinyModel();
  const files = new Map([["config.json", config], ["tokenizer.json", tokenizer!], ...weights]);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}
