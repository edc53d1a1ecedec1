// The ids of every part of a tokenizer.json that is accepted, beside those of the original.
// Of 500 texts here, a few seconds; of all 10,000 in CI, or of as many as LOWRANK_TOKENIZER_TEXTS says.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../src/formats/checksum.js";
import { TextTokenizer } from "../../src/formats/tokenizer.js";
import { hostileText } from "../helpers/hostile-texts.js";

interface Part {
  tokenizer: { model: number };
  first: number[][];
  checksums: string;
  maxTokens?: number;
}

// Made by Hugging Face's tokenizers: test/fixtures/tokenizer_parts.py.
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/tokenizer-parts.json", import.meta.url), "utf8"),
) as {
  block: number;
  texts: number;
  models: object[];
  single: Record<string, Part>;
  pairs: Record<string, Part>;
};
const all = 10_000;
const count = Number(process.env.LOWRANK_TOKENIZER_TEXTS ?? (process.env.CI ? all : 500));
const texts = Array.from({ length: all }, (_, i) => hostileText(i));

function tokenizerOf({ tokenizer }: Part): TextTokenizer {
  const model = fixtures.models[tokenizer.model];
  return new TextTokenizer(new TextEncoder().encode(JSON.stringify({ ...tokenizer, model })));
}

/** The checksums of the blocks that are asked for; they are spread over all. */
function compare(part: Part, pairOf: (index: number) => string | undefined): void {
  const ours = tokenizerOf(part);
  const encode = (i: number) => ours.encode(texts[i], pairOf(i), part.maxTokens ?? 1_000_000);
  for (const [i, ids] of part.first.entries()) {
    expect({ text: texts[i], ids: Array.from(encode(i).ids) }).toEqual({ text: texts[i], ids });
  }
  const checksums = part.checksums.split(" ");
  const step = Math.max(1, Math.floor(all / count));
  for (let b = 0; b < checksums.length; b += step) {
    let lines = "";
    for (let i = b * fixtures.block; i < (b + 1) * fixtures.block; i++) {
      const { ids, typeIds } = encode(i);
      lines += `${ids.join(",")};${typeIds.join(",")}\n`;
    }
    const found = crc32(new TextEncoder().encode(lines)).toString(36);
    expect({ block: b, checksum: found }).toEqual({ block: b, checksum: checksums[b] });
  }
}

test("the texts are those of the fixture", () => {
  expect(crc32(new TextEncoder().encode(texts.join("\n")))).toBe(fixtures.texts);
});

describe("the ids of the original", () => {
  test.each(Object.entries(fixtures.single))("%s", (_, part) => compare(part, () => undefined));

  test.each(Object.entries(fixtures.pairs))("%s, pairs", (_, part) =>
    compare(part, (i) => texts[(i + 1) % all]),
  );
});
