import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "../../src/io/errors.js";
import { readTextTable } from "../../src/io/text-table.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, texts: string[], label?: string) =>
  readTextTable(bytes(text), "t", label === undefined ? { texts } : { texts, label });

test("columns are found by name in CSV, tab separated text and JSON lines", () => {
  const expected = [
    { line: 2, texts: ["a, b", 'say "hi"'], label: "yes" },
    { line: 3, texts: ["c", ""], label: "no" },
  ];
  const csv = 'left,right,label\n"a, b","say ""hi""",yes\r\nc,,no\n';
  expect(read(csv, ["left", "right"], "label")).toEqual(expected);
  const tsv = 'label\tright\tleft\nyes\tsay "hi"\ta, b\nno\t\tc';
  expect(read(tsv, ["left", "right"], "label")).toEqual(expected);
  const json = `\n{"left":"a, b","right":"say \\"hi\\"","label":"yes"}\n{"left":"c","right":"","label":"no"}\n`;
  expect(read(json, ["left", "right"], "label")).toEqual(expected);
});

test("columns are found by number in files without a header", () => {
  const rows = read('x\t1.5\tan "odd quote\ny\t2\tb\n', ["3"], "2");
  expect(rows.map(({ texts, label }) => [texts[0], label])).toEqual([
    ['an "odd quote', "1.5"],
    ["b", "2"],
  ]);
});

test("a record after a field of several lines keeps its own line's number", () => {
  const rows = read('text,label\n"one\ntwo",a\nthree,b\n', ["text"], "label");
  expect(rows.map(({ line }) => line)).toEqual([2, 4]);
});

test("whatever is quoted is read back", () => {
  const field = fc.string({ unit: "grapheme", maxLength: 12 }).filter((s) => !s.includes("\r"));
  fc.assert(
    fc.property(fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 5 }), (rows) => {
      const quoted = rows.map((row) => row.map((f) => `"${f.replaceAll('"', '""')}"`).join(","));
      const records = read(`a,b\n${quoted.join("\n")}\n`, ["a", "b"]);
      expect(records.map(({ texts }) => texts)).toEqual(rows);
    }),
  );
});

test.each<[string, Uint8Array, string]>([
  ["an empty file", bytes(""), "t: the file holds no records"],
  ["a header alone", bytes("a,b\n"), "holds no records"],
  ["invalid UTF-8", new Uint8Array([0x61, 0xff]), "invalid UTF-8"],
  ["a column that is not there", bytes("x,y\n1,2\n"), 't line 1: there is no column "a"'],
  ["a record that is too short", bytes("x,a\nonly\n"), "t line 2: 1 columns: column 2 is missing"],
  ["a quote that stays open", bytes('a,b\n"x,1\n'), "t line 2: a quote that is not closed"],
  ["a quote inside of a field", bytes('a,b\nx"y,1\n'), "line 2: a quote"],
  ["JSON that is none", bytes('{"a":"x"}\n{"a":\n'), "t line 2: it is not valid JSON"],
  ["JSON without the key", bytes('{"b":"x"}\n'), 't line 1: "a" is no text'],
  ["a list under the key", bytes('{"a":[1]}\n'), '"a" is no text or number'],
])("readTextTable refuses %s with one line that says so", (_, file, reason) => {
  const make = () => readTextTable(file, "t", { texts: ["a"] });
  expect(make).toThrow(FormatError);
  expect(make).toThrow(reason);
  expect(make).toThrow(/^t[^\n]*$/);
});
