import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "../../src/formats/errors.js";
import { readTextTable, type TextRecord } from "../../src/formats/text-table.js";

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

// Written and read by Python's csv module: test/fixtures/make_text_tables.py.
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/text_tables.json", import.meta.url), "utf8"),
) as { name: string; file: string; rows: string[][] }[];

test.each(fixtures)("a table is read as Python's csv module reads it: $name", ({ file, rows }) => {
  const columns = { texts: ["text", "pair"], label: "label" };
  const records = readTextTable(new Uint8Array(Buffer.from(file, "base64")), "t", columns);
  expect(records.map(({ texts, label }) => [...texts, label])).toEqual(rows);
});

test.each([",", ";", "|", "\t"])(
  "whatever is quoted where it needs to be is read back, between %o",
  (delimiter) => {
    const field = fc
      .string({ unit: "grapheme", maxLength: 12 })
      .map((s) => s.replace(/[\r\0]/g, ""));
    const needy = fc.constantFrom('"', '""', 'a "b"', ",", ";", "|", "\t", "\n", 'x"', " ");
    const any = fc.oneof(field, needy);
    const minimal = (text: string) =>
      text.includes('"') || text.includes(delimiter) || text.includes("\n")
        ? `"${text.replaceAll('"', '""')}"`
        : text;
    const records = fc.array(fc.tuple(any, any), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(records, fc.constantFrom("\n", "\r\n"), fc.boolean(), (rows, end, all) => {
        const quoted = (text: string) => (all ? `"${text.replaceAll('"', '""')}"` : minimal(text));
        const lines = [["a", "b"], ...rows].map((row) => row.map(quoted).join(delimiter));
        let records: TextRecord[];
        try {
          records = read(lines.join(end), ["a", "b"]);
        } catch (error) {
          // Between tabs a quote may be the text's own: what can be read in two ways is refused.
          if (delimiter === "\t" && /a quote opens here/.test((error as Error).message)) return;
          throw error;
        }
        expect(records.map(({ texts }) => texts)).toEqual(rows);
      }),
    );
  },
);

test("a quoted field of 10 MB is read, and one that is never closed refused with its line", () => {
  const long = 'a "b", \n'.repeat(1_250_000);
  const file = `text,label\nshort,x\n"${long.replaceAll('"', '""')}",y\nlast,z\n`;
  const rows = read(file, ["text"], "label");
  expect(rows.map(({ line }) => line)).toEqual([2, 3, 1_250_004]);
  expect(rows[1].texts[0] === long).toBe(true);
  expect(() => read(`text,label\nshort,x\n"${long.replaceAll('"', '""')}`, ["text"])).toThrow(
    "t line 3: a quote that is not closed",
  );
});

test("a tab inside of quotes does not make a file tab separated", () => {
  const rows = read('"hello\tworld",pos\n"bye\tall",neg\n', ["1"], "2");
  expect(rows.map(({ texts, label }) => [texts[0], label])).toEqual([
    ["hello\tworld", "pos"],
    ["bye\tall", "neg"],
  ]);
});

test("a column named twice is refused only where it is asked for", () => {
  const file = "text,note,note\na,b,c\n";
  expect(read(file, ["text"])).toHaveLength(1);
  expect(() => read(file, ["note"])).toThrow('t line 1: the column "note" appears twice');
});

test("a text may lack its last columns in a file of tabs without a header, as in STS-B's", () => {
  const rows = read("5\ta\tb\tlicence\n3\tc\td\n", ["2", "3"], "1");
  expect(rows.map(({ texts, label }) => [...texts, label])).toEqual([
    ["a", "b", "5"],
    ["c", "d", "3"],
  ]);
});

test.each<[string, Uint8Array, string]>([
  ["an empty file", bytes(""), "t: the file holds no records"],
  ["a header alone", bytes("a,b\n"), "holds no records"],
  ["invalid UTF-8", new Uint8Array([0x61, 0xff]), "invalid UTF-8"],
  ["a column that is not there", bytes("x,y\n1,2\n"), 't line 1: there is no column "a"'],
  ["a record that is too short", bytes("x,a\nonly\n"), "t line 2: 1 field, and the header has 2"],
  ["a quote that stays open", bytes('a,b\n"x,1\n'), "t line 2: a quote that is not closed"],
  ["a quote inside of a field", bytes('a,b\nx"y,1\n'), "line 2: a quote"],
  ["JSON that is none", bytes('{"a":"x"}\n{"a":\n'), "t line 2: it is not valid JSON"],
  [
    "a comma without quotes",
    bytes("a,b\nx,1\n\none, two,1\n"),
    "t line 4: 3 fields, and the header has 2: a text that holds a comma must",
  ],
  [
    "a comma too many in a column of texts",
    bytes("a\nx\none, two\n"),
    "t line 3: 2 fields, and the header has 1",
  ],
  ["a semicolon too many", bytes("a;b\nx;1\ny;2;3\n"), "t line 3: 3 fields"],
  ["a tab too many", bytes("a\tb\nx\t1\ny\t2\t3\n"), "t line 3: 3 fields"],
  ["a trailing comma", bytes("a,b\nx,1,\n"), "t line 2: 3 fields"],
  ["a lone carriage return", bytes("a,b\rx,1\ry,2\r"), "t line 1: a carriage return without"],
  ["a lone carriage return among tabs", bytes("a\tb\nx\ry\t1\n"), "t line 2: a carriage return"],
  ["text after a quoted field", bytes('a,b\nx,1\n"y" z,2\n'), "t line 3: a quote that"],
  ["a blank before a quote", bytes('b,a\nx, "y, z"\n'), "t line 2: a quote that"],
  ["a quote that swallows the rest", bytes('a,b\n"x,1\ny,2\nz,"3"\n'), "t line 2: a quote that"],
  ["quotes with two meanings", bytes('a\tb\nx\t1\n"y\t2\nz"\t3\n'), "t line 3: a quote opens here"],
  ["quotes with two meanings at the end", bytes('b\ta\nx\t"1\ny\t2"\n'), "t line 2: a quote opens"],
  ["quotes escaped by R", bytes('"a"\t"b"\n"say \\"x\\""\t1\n'), "t line 2: a quote that"],
  ["a NUL", bytes("a,b\nx\0,1\n"), "t line 2: a NUL byte"],
  [
    "Latin-1",
    Uint8Array.from(Buffer.from("a,b\nx,1\ncafé,2\n", "latin1")),
    "t line 3: invalid UTF-8, perhaps Latin-1: save the file as UTF-8",
  ],
  [
    "UTF-16",
    Uint8Array.from(Buffer.from("\ufeffa,b\nx,1\n", "utf16le")),
    "it is text in UTF-16: save it as UTF-8",
  ],
  [
    "UTF-16 without a mark",
    Uint8Array.from(Buffer.from("a,b\nx,1\n", "utf16le")),
    "it is text in UTF-16",
  ],
  ["a zip archive", bytes("PK\x03\x04 and more"), "it is a zip archive: unpack it"],
  [
    "an Excel workbook",
    bytes("PK\x03\x04 and [Content_Types].xml"),
    "it is an Excel workbook: save it as CSV",
  ],
  ["a Parquet file", bytes("PAR1\x15\x04"), "it is a Parquet file: pandas.read_parquet"],
  ["a JSON array", bytes('[\n  {"a": "x"}\n]\n'), "it is a JSON array: JSON Lines are read"],
  [
    "a JSON object over several lines",
    bytes('{\n  "a": "x"\n}\n'),
    "t line 1: it is not valid JSON: it ends",
  ],
  ["a pointer of Git LFS", bytes("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull"],
  ["a web page", bytes("\n<!DOCTYPE html><html></html>"), "it is a web page"],
  ["null in JSON", bytes('{"a":"x"}\n{"a":null}\n'), 't line 2: "a" is null: it must be'],
  ["a number in JSON beyond 2^53", bytes('{"a":12345678901234567890}\n'), '"a" is beyond 2^53'],
  ["a number in JSON that overflows", bytes('{"a":1e999}\n'), '"a" is beyond 2^53'],
  [
    "JSON that is deep",
    bytes(`{"a":${"[".repeat(300)}${"]".repeat(300)}}\n`),
    "t line 1: the JSON is nested deeper",
  ],
  ["a key twice", bytes('{"a":"x","a":"y"}\n'), 't line 1: the key "a" appears twice'],
  ["JSON without the key", bytes('{"b":"x"}\n'), 't line 1: "a" is missing'],
  ["a list under the key", bytes('{"a":[1]}\n'), '"a" is an array: it must be a text or a number'],
])("readTextTable refuses %s with one line that says so", (_, file, reason) => {
  const make = () => readTextTable(file, "t", { texts: ["a"] });
  expect(make).toThrow(FormatError);
  expect(make).toThrow(reason);
  expect(make).toThrow(/^t[^\n]{1,200}$/);
});
