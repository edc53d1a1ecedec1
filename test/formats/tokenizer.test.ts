import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../src/formats/checksum.js";
import { FormatError } from "../../src/formats/errors.js";
import { TextTokenizer } from "../../src/formats/tokenizer.js";
import { minilm, missingMiniLM, testWith } from "../helpers/needs.js";
import { sentence } from "../helpers/sentences.js";

interface Case {
  first: string;
  second: string | null;
  maxTokens: number;
  ids: number[];
  typeIds: number[];
}

// Made by Hugging Face's tokenizers: test/fixtures/tokenizer.py.
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/tokenizer.json", import.meta.url), "utf8"),
) as {
  small: Record<"bert" | "roberta", { tokenizer: object; cases: Case[] }>;
  sentences: number;
  minilm: { block: number; checksums: number[] };
};
const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const tokenizerOf = (description: unknown) => new TextTokenizer(bytesOf(description), "t.json");

test("the sentences are those of the fixture", () => {
  const text = Array.from({ length: 10000 }, (_, i) => sentence(i)).join("\n");
  expect(crc32(new TextEncoder().encode(text))).toBe(fixtures.sentences);
});

describe.each(["bert", "roberta"] as const)("a tokenizer of %s's kind", (kind) => {
  const { tokenizer, cases } = fixtures.small[kind];

  test("gives the ids of the original, for texts and pairs, whole and cut", () => {
    const ours = tokenizerOf(tokenizer);
    for (const { first, second, maxTokens, ids, typeIds } of cases) {
      const encoded = ours.encode(first, second ?? undefined, maxTokens);
      expect({ first, second, ids: Array.from(encoded.ids) }).toEqual({ first, second, ids });
      expect(Array.from(encoded.typeIds)).toEqual(typeIds);
    }
  });

  test("gives ids below its vocabulary's size only", () => {
    const ours = tokenizerOf(tokenizer);
    const ids = cases.flatMap(({ ids }) => ids);
    expect(Math.max(...ids)).toBeLessThan(ours.vocabularySize);
  });

  test("takes empty texts and a text of a million characters", () => {
    const ours = tokenizerOf(tokenizer);
    const empty = ours.encode("", undefined, 16);
    expect(empty.ids).toHaveLength(2);
    expect(ours.encode("", "", 16).ids.length).toBeLessThan(5);
    const words = ours.encode("a", "word ".repeat(200_000), 64);
    const oneWord = ours.encode("x".repeat(1_000_000), undefined, 64);
    expect(Math.max(words.ids.length, oneWord.ids.length)).toBeLessThanOrEqual(64);
  });

  test("refuses fewer tokens than the special ones take", () => {
    const ours = tokenizerOf(tokenizer);
    expect(() => ours.encode("a", "b", 2)).toThrow(/^encode: maxTokens is 2: it must be at least/);
    expect(ours.encode("a", undefined, 2).ids).toHaveLength(2);
  });
});

const bert = fixtures.small.bert.tokenizer as Record<string, unknown>;
const bpe = (fields: object) => ({
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"], ...fields },
});
const unigram = (fields: object) => ({
  model: { type: "Unigram", unk_id: 0, vocab: [["a", -1]], ...fields },
});
const wordPiece = (fields: object) => ({ model: { ...(bert.model as object), ...fields } });
const added = (...tokens: object[]) => ({ ...bert, added_tokens: tokens });
const split = (Regex: string) => ({
  ...bert,
  pre_tokenizer: { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
});
const A = { Sequence: { id: "A", type_id: 0 } };
const B = { Sequence: { id: "B", type_id: 1 } };
const template = (fields: object) => ({
  ...bert,
  post_processor: {
    ...{ type: "TemplateProcessing", single: [A], pair: [A, B], special_tokens: {} },
    ...fields,
  },
});
const special = (ids: unknown[]) => ({ "[\n]": { id: "[X]", ids, tokens: ids.map(() => "[X]") } });

test.each<[string, unknown, string]>([
  ["a list", [1], "it must be an object"],
  ["no model", { version: "1.0" }, "model is missing"],
  ["another version", { ...bert, version: "2.0" }, 'version is the string "2.0"'],
  ["a part that is not known", { ...bert, extra: 1 }, 'has a field "extra", which is not known'],
  [
    "another model",
    { model: { type: "Neural" } },
    'model.type is "Neural", which is not supported',
  ],
  ["another normalizer", { ...bert, normalizer: { type: "Poetic" } }, "normalizer.type is"],
  ["a type that is a method", { ...bert, normalizer: { type: "toString" } }, "not supported"],
  [
    "a normalizer within others",
    { ...bert, normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "X" }] } },
    'normalizer.normalizers[1].type is "X"',
  ],
  [
    "a flag that is a word",
    { ...bert, normalizer: { type: "BertNormalizer", lowercase: "yes" } },
    'normalizer.lowercase is the string "yes": it must be true or false',
  ],
  [
    "a field that is not known",
    { ...bert, pre_tokenizer: { type: "Whitespace", pattern: "x" } },
    'pre_tokenizer has a field "pattern", which is not known',
  ],
  ["a content that is an object", added({ id: 0, content: { length: 1e9 } }), "must be a text"],
  ["an empty content", added({ id: 0, content: "" }), "added_tokens[0].content must have 1 to"],
  ["a content without end", added({ id: 0, content: "x".repeat(2000) }), "must have 1 to 1000"],
  ["an id that is a fraction", added({ id: 1.5, content: "x" }), "added_tokens[0].id is"],
  ["an id without measure", added({ id: 1e300, content: "x" }), "added_tokens[0].id is"],
  ["another id than the vocabulary's", added({ id: 7, content: "[PAD]" }), 'gives "[PAD]" 0'],
  ["an id that leaves a gap", added({ id: 999, content: "new" }), "the next one that is free is"],
  [
    "a token twice",
    added({ id: 0, content: "[PAD]" }, { id: 0, content: "[PAD]" }),
    'added_tokens[1] has "[PAD]", as another added token',
  ],
  ["a vocabulary of texts", wordPiece({ vocab: { a: "0" } }), 'model.vocab["a"] is the string "0"'],
  ["a negative id", wordPiece({ vocab: { a: -1 } }), 'model.vocab["a"] is'],
  [
    "no unknown token",
    wordPiece({ unk_token: "none" }),
    'model.unk_token is "none": it must be in vocab',
  ],
  ["a merge of three", bpe({ merges: ["a b c"] }), "model.merges[0] is"],
  ["a merge of other tokens", bpe({ merges: ["a x"] }), 'has "x", which is not in vocab'],
  ["dropout", bpe({ dropout: 0.1 }), "model.dropout is set"],
  ["a score that is a text", unigram({ vocab: [["a", "1"]] }), "model.vocab[0] is an array"],
  ["unk_id beyond the vocabulary", unigram({ unk_id: 1 }), "model.unk_id is"],
  ["no unk_id", unigram({ unk_id: null }), "model.unk_id is missing"],
  [
    "a charsmap",
    { ...bert, normalizer: { type: "Precompiled", precompiled_charsmap: "AAAA" } },
    "is not a character map",
  ],
  ["a template with A twice", template({ single: [A, A] }), "single has A 2 times"],
  ["a template without the text", template({ single: [] }), "post_processor.single has A 0 times"],
  ["no template for pairs", template({ pair: undefined }), "post_processor.pair is missing"],
  [
    "a token of no id",
    template({ single: [{ SpecialToken: { id: "[X]", type_id: 0 } }, A] }),
    "neither among special_tokens",
  ],
  [
    "an id of a template",
    template({ special_tokens: special([1e300]) }),
    'special_tokens["[\\n]"].ids is',
  ],
  ["an expression that can take for ever", split("(a+)+$"), "which can take for ever"],
  ["another one", split("(?:a|a)*b"), "which can take for ever"],
  ["many choices", split("a?".repeat(30)), "could take very long"],
  ["many repetitions", split("a*a*a*a*a*b"), "could take very long"],
  ["a back reference", split("(a)\\1"), "\\1"],
  ["an anchor", split("^a"), "the anchor ^"],
  ["an expression that matches nothing", split("a*|b"), "it can match nothing"],
  ["a property that is not known", split("\\p{Elvish}"), 'the property "Elvish"'],
  ["an expression that is none", split("(a"), "a ( is not closed"],
  [
    "truncation of one text",
    { ...bert, truncation: { max_length: 9, stride: 0, strategy: "OnlyFirst" } },
    "truncation.strategy is",
  ],
  ["padding on the left", { ...bert, padding: { direction: "Left" } }, "padding.direction is"],
  [
    "a prefix of the first word behind a normalizer",
    { ...bert, pre_tokenizer: { type: "Metaspace", replacement: "_", prepend_scheme: "first" } },
    "pre_tokenizer has prepend_scheme first",
  ],
])("TextTokenizer refuses %s with one line that says so", (_, description, reason) => {
  const json = bytesOf(description);
  expect(() => new TextTokenizer(json, "t.json")).toThrow(FormatError);
  expect(() => new TextTokenizer(json, "t.json")).toThrow(reason);
  expect(() => new TextTokenizer(json, "t.json")).toThrow(/^t\.json: [^\n]{1,400}$/);
});

test("TextTokenizer refuses what is not JSON", () => {
  const json = new TextEncoder().encode("[PAD]\n[UNK]\n");
  expect(() => new TextTokenizer(json, "t.json")).toThrow(FormatError);
});

test("halves of surrogate pairs are what they are in UTF-8", () => {
  const ours = tokenizerOf({
    model: { type: "WordLevel", unk_token: "?", vocab: { "?": 0, "a\ufffdb": 1, "😀": 2 } },
  });
  const idsOf = (text: string) => Array.from(ours.encode(text, undefined, 9).ids);
  expect(idsOf("a\ud83db")).toEqual([1]);
  expect(idsOf("a\ude00b")).toEqual([1]);
  expect(idsOf("\ud83d\ude00")).toEqual([2]);
});

test("a normalizer that would fill the memory is stopped", () => {
  const double = { type: "Replace", pattern: { String: "a" }, content: "aa" };
  const normalizer = { type: "Sequence", normalizers: Array.from({ length: 40 }, () => double) };
  const ours = tokenizerOf({ ...bert, normalizer });
  const text = "a".repeat(1000);
  expect(() => ours.encode(text, undefined, 16)).toThrow(
    "makes a text more than 100 times as long",
  );
});

test("never more than maxTokens, whichever template", () => {
  for (const kind of ["bert", "roberta"] as const) {
    const ours = tokenizerOf(fixtures.small[kind].tokenizer);
    for (let maxTokens = 4; maxTokens < 40; maxTokens++) {
      const { ids } = ours.encode(sentence(maxTokens), sentence(maxTokens + 1), maxTokens);
      expect(ids.length).toBeLessThanOrEqual(maxTokens);
    }
  }
});

testWith(missingMiniLM)("MiniLM's ids of 10,000 sentences are the original's", () => {
  const ours = new TextTokenizer(readFileSync(join(minilm, "tokenizer.json")));
  const { block, checksums } = fixtures.minilm;
  const found = checksums.map((_, b) => {
    let text = "";
    for (let i = b * block; i < (b + 1) * block; i++) {
      text += `${ours.encode(sentence(i), undefined, 100_000).ids.join(",")}\n`;
    }
    return crc32(new TextEncoder().encode(text));
  });
  expect(found).toEqual(checksums);
});
