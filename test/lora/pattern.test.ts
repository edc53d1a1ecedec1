import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern } from "../../src/lora/pattern.js";
import { patternsByName } from "../../src/lora/peft-names.js";

// Made by Python's re: test/fixtures/patterns.py.
const { texts, full, key } = JSON.parse(
  readFileSync(new URL("../fixtures/patterns.json", import.meta.url), "utf8"),
) as { texts: string[]; full: Record<string, string>; key: Record<string, string> };

test.each([
  ["the whole text", full, (pattern: string) => pattern],
  ["a key of PEFT's", key, (pattern: string) => `(.*\\.)?(${pattern})$`],
])("patterns match what Python's do: %s", (_, expected, wrapped) => {
  for (const [pattern, matches] of Object.entries(expected)) {
    const test = compilePattern(wrapped(pattern));
    expect([pattern, texts.map((text) => Number(test(text))).join("")]).toEqual([pattern, matches]);
  }
});

test.each([
  ...["(?=a)a", "(?!a)b", "(?<=a)b", "(a)\\1", "(?i)a", "a*+", "a++", "\\ba", "(?>a)", "(?P=n)"],
  ...["(", ")", "[a", "a**", "*a", "a{2", "a{3,2}", "\\", "^*", "[b-a]", "(?P<a", "\\q", "a{2}{3}"],
  ...["(a{999}){999}", "((){9999}){9999}", "a{9999}", "(".repeat(200) + ")".repeat(200)],
])("what is not understood is refused: %s", (pattern) => {
  expect(() => compilePattern(pattern)).toThrow(RangeError);
});

test("no pattern takes longer than states times characters", () => {
  // With backtracking each of these takes more than the age of the universe.
  const text = `${"a".repeat(5000)}!`;
  for (const pattern of [
    "(a+)+",
    "(a|a)*",
    "((a*)*)*",
    "(a|aa)+b",
    ".*.*.*.*.*b",
    "(.*\\.)?(a*)*$",
  ]) {
    expect(compilePattern(pattern)(text)).toBe(false);
  }
});

test("names as keys are compared as the patterns that they are", () => {
  const piece = fc.constantFrom("query", "layer", "0", ".", "\\.", "q", "ery");
  const pieces = fc.array(piece, { maxLength: 6 }).map((all) => all.join(""));
  const key = fc.tuple(fc.constantFrom("", "^"), pieces, fc.constantFrom("", "$"));
  const module = fc.array(fc.constantFrom("query", "layer", "0", ".", "q"), { maxLength: 6 });
  fc.assert(
    fc.property(key, module, (parts, names) => {
      const [pattern, name] = [parts.join(""), names.join("")];
      const setting = { key: "rank_pattern", value: { [pattern]: 1 }, source: "a" };
      const found = patternsByName(setting, () => 1, { states: 0 })(name) === 1;
      expect(found).toBe(compilePattern(`(?:.*\\.)?(?:${pattern})$`)(name));
    }),
    {
      numRuns: 2000,
      examples: [
        [
          ["^", "query", "$"],
          ["layer", ".", "query"],
        ],
      ],
    },
  );
});
