import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../src/io/checksum.js";
import { FormatError } from "../../src/io/errors.js";
import { TextTokenizer } from "../../src/io/tokenizer.js";
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

const minilm = new URL("../../bench/models/minilm/tokenizer.json", import.meta.url);
const withMiniLM = existsSync(minilm);

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

test.each<[string, Uint8Array, string]>([
  ["no JSON", new TextEncoder().encode("[PAD]\n[UNK]\n"), "it is not valid JSON"],
  ["a list", bytesOf([1]), "it must be an object"],
  ["no model", bytesOf({ version: "1.0" }), "model is missing"],
  ["another kind of model", bytesOf({ model: { type: "Neural" } }), "is not supported"],
  [
    "another kind of normalizer",
    bytesOf({ ...fixtures.small.bert.tokenizer, normalizer: { type: "Poetic" } }),
    "is not supported",
  ],
])("TextTokenizer refuses %s with one line that says so", (_, json, reason) => {
  expect(() => new TextTokenizer(json, "t.json")).toThrow(FormatError);
  expect(() => new TextTokenizer(json, "t.json")).toThrow(reason);
  expect(() => new TextTokenizer(json, "t.json")).toThrow(/^t\.json: [^\n]+$/);
});

test.skipIf(!withMiniLM)("MiniLM's ids of 10,000 sentences are the original's", () => {
  const ours = new TextTokenizer(readFileSync(minilm));
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
