import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRatings } from "../../src/formats/delimited.js";
import { FormatError } from "../../src/formats/errors.js";
import { spelledOut } from "../helpers/ratings.js";

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => {
  const { rowIds, colIds, values } = spelledOut(parseRatings(encode(text), "ratings.csv"));
  return rowIds.map((row, i) => [row, colIds[i], values[i]]);
};
const expected = [
  ["ann", "Alien", 5],
  ["bob", "Brazil", 2.5],
];

test.each([
  ["commas", "ann,Alien,5\nbob,Brazil,2.5\n"],
  ["tabs", "ann\tAlien\t5\nbob\tBrazil\t2.5\n"],
  ["double colons", "ann::Alien::5\nbob::Brazil::2.5\n"],
  ["spaces", "ann Alien 5\nbob Brazil 2.5\n"],
  ["runs of spaces and tabs", "  ann \t Alien   5  \n bob\tBrazil 2.5\n"],
  ["spaces around commas", "ann , Alien, 5\nbob,\tBrazil ,2.5 \n"],
  ["CRLF", "ann,Alien,5\r\nbob,Brazil,2.5\r\n"],
  ["no line end at the end", "ann,Alien,5\nbob,Brazil,2.5"],
  ["a carriage return at the end", "ann,Alien,5\r\nbob,Brazil,2.5\r"],
  ["a byte order mark", "\ufeffann,Alien,5\nbob,Brazil,2.5\n"],
  ["a header", "user,film,stars\nann,Alien,5\nbob,Brazil,2.5\n"],
  [
    "a quoted header after a byte order mark",
    '\ufeff"user","film","stars"\nann,Alien,5\nbob,Brazil,2.5',
  ],
  ["empty lines", "\n\nann,Alien,5\n\r\n\nbob,Brazil,2.5\n\n"],
  ["more columns", "ann,Alien,5,1098,x\nbob,Brazil,2.5,,\n"],
  ["quotes", '"ann","Alien","5"\n"bob",Brazil,2.5\n'],
  ["signs and exponents", "ann,Alien,+5.\nbob,Brazil,.25e1\n"],
])("parseRatings reads a file with %s", (_, text) => {
  expect(parse(text)).toEqual(expected);
});

test("quoted fields hold delimiters, doubled quotes, line ends and outer spaces", () => {
  expect(parse('"a, b","say ""hi""",1\n" c ","two\nlines",2\n')).toEqual([
    ["a, b", 'say "hi"', 1],
    [" c ", "two\nlines", 2],
  ]);
});

test("ids are arbitrary strings, also those that objects inherit and other scripts", () => {
  const ids = [
    "__proto__",
    "constructor",
    "007",
    "7",
    "1e3",
    "naïve",
    "映画",
    "👩‍🚀",
    "a:b",
    "x y",
  ];
  expect(parse(ids.map((id, i) => `${id},${id},${i}\n`).join(""))).toEqual(
    ids.map((id, i) => [id, id, i]),
  );
});

test("the delimiter is the one that gives ratings, not the first that occurs", () => {
  expect(parse("a b::c d::3\ne,f::g::4\n")[1]).toEqual(["e,f", "g", 4]);
  expect(parse("Doe, Ann\tAlien: 3\t5\n")).toEqual([["Doe, Ann", "Alien: 3", 5]]);
  expect(parse("Ann Doe,Alien 3,5\n")).toEqual([["Ann Doe", "Alien 3", 5]]);
});

test("what parseRatings reads is what was written, whatever the ids and the delimiter", () => {
  const id = fc.string({ minLength: 1, unit: "grapheme" }).filter((s) => !s.includes("\0"));
  const rating = fc.double({ noNaN: true, min: -1e150, max: 1e150 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(id, id, rating), { minLength: 1, maxLength: 50 }),
      fc.constantFrom(",", "\t", "::"),
      fc.constantFrom("\n", "\r\n"),
      (entries, delimiter, lineEnd) => {
        const quoted = (s: string) => `"${s.replaceAll('"', '""')}"`;
        const text = entries.map(
          ([r, c, v]) => [quoted(r), quoted(c), v].join(delimiter) + lineEnd,
        );
        const { rowIds, colIds, values } = spelledOut(parseRatings(encode(text.join(""))));
        expect(rowIds).toEqual(entries.map(([r]) => r));
        expect(colIds).toEqual(entries.map(([, c]) => c));
        expect(Array.from(values)).toEqual(entries.map(([, , v]) => v + 0));
      },
    ),
  );
});

test("ratings are rounded as JavaScript rounds literals", () => {
  const literal = fc
    .tuple(
      fc.constantFrom("", "+", "-"),
      fc.nat(),
      fc.stringMatching(/^\d{1,18}$/),
      fc.integer({ min: -320, max: 120 }),
    )
    .chain(([sign, whole, digits, exponent]) =>
      fc.constantFrom(
        `${sign}${whole}`,
        `${sign}${whole}.${digits}`,
        `${sign}.${digits}`,
        `${sign}${whole}.${digits}e${exponent}`,
      ),
    );
  fc.assert(
    fc.property(literal, (text) => {
      expect(parse(`a,b,${text}\n`)[0][2]).toBe(Number(text) + 0);
    }),
    { numRuns: 1000 },
  );
});

test("equal ids share one string, through many of them", () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, i) => `user${i % 5000},film${i % 3000},${i % 9}\n`,
  );
  const ratings = parseRatings(encode(lines.join("")));
  expect(ratings.rowIds).toHaveLength(5000);
  expect(ratings.colIds).toHaveLength(3000);
  const { rowIds } = spelledOut(ratings);
  expect(new Set(rowIds).size).toBe(5000);
  expect(rowIds[17_321]).toBe(`user${17_321 % 5000}`);
});

const long = (text: string) => text.repeat(Math.ceil(1e7 / text.length));
test.each([
  ["an empty file", "", undefined, "the file is empty"],
  ["only line ends", "\n\r\n\n", undefined, "no ratings"],
  ["a header only", "user,film,stars\n", undefined, "a header and no ratings"],
  ["one column", "17\n18\n", 1, "1 column: it must be row id, column id and rating"],
  ["two columns", "1,2\n3,4\n", 1, "2 columns"],
  ["a short line among others", "a,b,1\na,c,2\nb,c\n", 3, "2 columns"],
  ["a word as rating", "1,2,3\n1,3,abc\n", 2, 'rating "abc" is not a number'],
  ["a word as rating in the first line", "1,2,abc\n1,3,4\n", 1, 'rating "abc" is not a number'],
  ["a number with a unit", "1,2,3\n1,3,4stars\n", 2, 'rating "4stars" is not a number'],
  ["a decimal comma", '1,2,3\n1,3,"4,5"\n', 2, 'rating "4,5" is not a number'],
  ["a hexadecimal rating", "1,2,3\n1,3,0x1F\n", 2, 'rating "0x1F" is not a decimal number'],
  ["NaN", "1,2,3\n1,3,NaN\n", 2, 'rating "NaN" is not a finite number'],
  ["infinity", "1,2,3\n1,3,-Infinity\n", 2, 'rating "-Infinity" is not a finite number'],
  ["inf in the first line", "a,b,inf\nc,d,3\n", 1, 'rating "inf" is not a finite number'],
  ["an overflowing rating", "1,2,3\n1,3,1e999\n", 2, 'rating "1e999" is not a finite number'],
  ["a rating whose square overflows", "1,2,3\n1,3,-1e151\n", 2, 'rating "-1e151" is too large'],
  ["an empty rating", "1,2,3\n1,3,\n", 2, "the rating is empty"],
  ["an empty row id", "1,2,3\n,3,4\n", 2, "the row id is empty"],
  ["an empty column id", "1,2,3\n4,,4\n", 2, "the column id is empty"],
  ["an empty quoted id", '1,2,3\n"",3,4\n', 2, "the row id is empty"],
  ["an id of spaces", "1,2,3\n  ,3,4\n", 2, "the row id is empty"],
  ["a quote that never closes", '1,2,3\n"1,3,4\n5,6,7\n', 2, "never closed"],
  ["a quote inside of a field", '1,2,3\n1"2,3,4\n', 2, "a quote inside an unquoted field"],
  ["text after a quote", '1,2,3\n"1"2,3,4\n', 2, "text after a closing quote"],
  ["a NUL byte", "1,2,3\n1,\0,4\n", 2, "a NUL byte"],
  ["a NUL byte in a quoted field", '1,2,3\n"1\0",3,4\n', 2, "a NUL byte"],
  ["a NUL byte in an ignored column", "1,2,3,x\n1,3,4,\0\n", 2, "a NUL byte"],
  ["a lone carriage return", "1,2,3\r4,5,6\n", 1, "a carriage return without a line feed"],
  ["a line of 10 MB", long("x"), 1, "longer than 1 MiB"],
  ["a line of 10 MB in columns", long("1,"), 1, "longer than 1 MiB"],
  ["a line of 10 MB after others", `1,2,3\n${long("1 ")}`, 2, "longer than 1 MiB"],
  ["a quoted field of 10 MB", `1,2,3\n"${long("x")}`, 2, "never closed"],
  ["an error after a field of two lines", '"a\nb",c,1\nd,e,f\n', 3, 'rating "f" is not a number'],
  [
    "a rating that would break the line",
    '1,2,3\n1,2,"a\nb\x1b[31m\u2028"\n',
    2,
    String.raw`"a\nb\u001b[31m\u2028"`,
  ],
  ["a long rating", `1,2,3\n1,2,${"9x".repeat(99)}\n`, 2, '9x9x9x9x9…" is not a number'],
])(
  "parseRatings refuses %s with one line that names file, line and reason",
  (_, text, line, reason) => {
    const read = () => parse(text);
    expect(read).toThrow(FormatError);
    expect(read).toThrow(reason);
    expect(read).toThrow(
      line === undefined ? /^ratings\.csv: [^\n\r]+$/ : /^ratings\.csv line \d+: [^\n\r]+$/,
    );
    if (line !== undefined) expect(read).toThrow(`line ${line}:`);
  },
);

test.each([
  ["in an id", [0x31, 0x2c, 0xff, 0x2c, 0x33, 0x0a]],
  ["as an overlong form", [0x31, 0x2c, 0xc0, 0x80, 0x2c, 0x33, 0x0a]],
  ["as a surrogate", [0x31, 0x2c, 0xed, 0xa0, 0x80, 0x2c, 0x33, 0x0a]],
  ["in an ignored column", [0x31, 0x2c, 0x32, 0x2c, 0x33, 0x2c, 0xe9, 0x0a]],
  ["in a quoted field", [0x31, 0x2c, 0x22, 0xe9, 0x22, 0x2c, 0x33, 0x0a]],
])("parseRatings refuses invalid UTF-8 %s", (_, bytes) => {
  const file = Uint8Array.from([...encode("1,2,3\n"), ...bytes]);
  expect(() => parseRatings(file, "r.csv")).toThrow("r.csv line 2: invalid UTF-8");
});

test("parseRatings reads any bytes or refuses them by name", () => {
  const likely = fc.constantFrom(...'1a,\t: "\n\r.e-\0é'.split(""), "\n1,2,3\n", "::");
  fc.assert(
    fc.property(fc.array(likely, { minLength: 1, maxLength: 30 }), (pieces) => {
      try {
        const { rowIds, colIds, values } = spelledOut(parseRatings(encode(pieces.join(""))));
        expect(rowIds.length).toBe(values.length);
        expect([...rowIds, ...colIds].every((id) => id.length > 0)).toBe(true);
        expect(values.every(Number.isFinite)).toBe(true);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});
