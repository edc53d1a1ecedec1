import fc from "fast-check";
import { expect, test } from "vitest";
import { FileError, FormatError } from "../../src/formats/errors.js";
import { parseJsonObject, parseJsonText } from "../../src/formats/strict-json.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const object = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 5 }));

test("an object in JSON is what JSON.parse makes of it, with blanks or without", () => {
  fc.assert(
    fc.property(object, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(parseJsonText(` \r\n${text}\n`, "t")).toEqual(JSON.parse(text));
    }),
  );
});

test("whatever character of JSON is changed, it is read as JSON.parse reads it, or refused by name", () => {
  const other = fc.constantFrom(...'{}[],:"\\ 0-.eEtn\n\u0001/x\u00e9');
  fc.assert(
    fc.property(object, fc.nat(), other, fc.constantFrom(0, 1), (value, place, letter, cut) => {
      const text = JSON.stringify(value);
      const at = place % text.length;
      const changed = text.slice(0, at) + letter + text.slice(at + cut);
      let read: unknown;
      try {
        read = parseJsonText(changed, "t");
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        expect((error as Error).message).toMatch(/^t: [^\n]{1,200}$/);
        return;
      }
      expect(read).toEqual(JSON.parse(changed));
    }),
    { numRuns: 1000 },
  );
});

test.each<[string, string, string]>([
  ["a comma too many", '{\n  "a": 1,\n}', 't: it is not valid JSON at line 3, column 1, at "}"'],
  ["a comma that is missing", '{"a": 1 "b": 2}', "line 1, column 9"],
  ["text after the end", '{"a": 1} and more', 'line 1, column 10, at "and more"'],
  ["a cut in a text", '{"a": "b', "it ends in the middle"],
  ["a cut in an array", '{"a": [1, ', "it ends in the middle"],
  ["nothing", "", "it ends in the middle"],
  ["NaN, as Python writes it", '{"a": NaN}', 'column 7, at "NaN}"'],
  ["a number of another kind", '{"a": 01}', "a number or a text in it is malformed"],
  ["a line feed in a text", '{"a": "\n"}', "a number or a text in it is malformed"],
  ["an array", "[1, 2]", "the JSON is an array: it must be an object"],
  ["null", "null", "the JSON is null"],
  ["a key twice", '{"a": 1, "b": {}, "a": 2}', 'the key "a" appears twice'],
  ["a key twice, once escaped", '{"a": 1, "\\u0061": 2}', 'the key "a" appears twice'],
  ["a key twice, deep inside", '{"a": [{"b": {"c": 1, "c": 1}}]}', 'the key "c" appears twice'],
  ["arrays in arrays", `{"a":${"[".repeat(128)}${"]".repeat(128)}}`, "nested deeper than 128"],
  ["objects in objects, cut", '{"a":'.repeat(100_000), "nested deeper than 128"],
  ["another text", "vocabulary\nof words\n", 'line 1, column 1, at "vocabulary\\nof words\\n"'],
  ["a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\n", "git lfs pull"],
  ["a web page", "<!DOCTYPE html>\n<html></html>", "it is a web page: download the file itself"],
])("parseJsonObject refuses %s in one line that says where", (_, text, reason) => {
  expect(() => parseJsonObject(bytes(text), "t")).toThrow(FormatError);
  expect(() => parseJsonObject(bytes(text), "t")).toThrow(reason);
  expect(() => parseJsonObject(bytes(text), "t")).toThrow(/^t: [^\n]{1,200}$/);
});

test("nesting up to 128 is read, and the same key in different objects", () => {
  const deep = `{"a":${"[".repeat(127)}${"]".repeat(127)}}`;
  expect(parseJsonText(deep, "t")).toEqual(JSON.parse(deep));
  expect(parseJsonText('{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}', "t")).toMatchObject({
    b: [{}, {}],
  });
});

test("a message is one short line, whatever the file is called and whatever it quotes", () => {
  const name = "a\nb\u001b[2J\u202e.csv";
  const shown = "a\\u000ab\\u001b[2J\\u202e.csv";
  expect(new FormatError(name, `x\r\n${"y".repeat(1e6)}`, 3).message).toMatch(/^a[^\n\r]{1,450}$/);
  expect(new FormatError(name, "reason", 3).message).toBe(`${shown} line 3: reason`);
  expect(new FileError(name, "reason").message).toBe(`${shown}: reason`);
  expect(new FileError("", "reason").message).toBe('"": reason');
});
