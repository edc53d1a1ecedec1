// Files without ratings: what is read is what their writer meant, and what may be ratings is refused.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEntries, type RatingsFormat } from "../../src/formats/delimited.js";
import { FormatError } from "../../src/formats/errors.js";
import { parseHistory, parseIds, parseTitles } from "../../src/formats/id-tables.js";
import { timeOf } from "../../src/formats/times.js";

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (text: string, format: RatingsFormat = {}) => {
  const table = parseEntries(encode(text), "f.csv", { content: "either", ...format });
  const { rowIds, colIds, rows, cols, values, kind, times, titles } = table;
  const pairs = Array.from(rows, (row, i) => [rowIds[row], colIds[cols[i]]]);
  return { kind, pairs, values: [...values], times: times && [...times], titles: [...titles] };
};
const ratings = [
  ["ann", "tea"],
  ["bob", "milk"],
];

describe("two columns are clicks", () => {
  test.each([
    ["commas", "ann,tea\nbob,milk\n"],
    ["a header", "user,item\nann,tea\nbob,milk\n"],
    ["other names", "customer_id,product\nann,tea\nbob,milk"],
    ["columns in the other order", "item_id,user_id\ntea,ann\nmilk,bob\n"],
    ["semicolons", "ann;tea\r\nbob;milk\r\n"],
    ["tabs", "ann\ttea\nbob\tmilk\n"],
    ["white space", "ann tea\nbob milk\n"],
    ["colons", "ann::tea\nbob::milk\n"],
    ["times and a title", "userId,timestamp,item_id,genre\nann,1,tea,x\nbob,2,milk,y\n"],
    ["JSON Lines", '{"user":"ann","item":"tea"}\n{"user":"bob","item":"milk"}\n'],
    ["a comment", "# who what\nann,tea\nbob,milk\n"],
  ])("%s", (_, text) => {
    expect(parse(text)).toMatchObject({ kind: "clicks", pairs: ratings, values: [1, 1] });
  });

  test("a pattern of Matrix Market is clicks", () => {
    const text = "%%MatrixMarket matrix coordinate pattern general\n3 4 2\n1 4\n3 2\n";
    const pairs = [
      ["1", "4"],
      ["3", "2"],
    ];
    expect(parse(text)).toMatchObject({ kind: "clicks", pairs, values: [1, 1] });
    const symmetric = text.replace("general", "symmetric").replace("1 4\n", "4 1\n");
    expect(parse(symmetric.replace("3 4 2", "4 4 2")).pairs).toHaveLength(4);
    const skew = text.replace("general", "skew-symmetric");
    expect(() => parse(skew)).toThrow("must be general, symmetric");
  });

  test("names above numbers are a header, above texts they are a click", () => {
    expect(parse("who,what\n1,7\n2,8\n").pairs).toHaveLength(2);
    expect(parse("who,what\nann,tea\n").pairs).toHaveLength(2);
  });

  test("titles with spaces and numbers stay whole", () => {
    const lines = ["ann,The Dark Knight", "bob,Apollo 13", 'cas,"Paris, Texas"'];
    const titles = ["The Dark Knight", "Apollo 13", "Paris, Texas"];
    expect(parse(lines.join("\n")).pairs.map(([, item]) => item)).toEqual(titles);
  });
});

describe("three columns are ratings, unless the user says otherwise", () => {
  test.each(["ann,tea,5\nbob,milk,3\n", "user,item,rating\nann,tea,5\nbob,milk,3\n"])(
    "%j",
    (text) => {
      expect(parse(text)).toMatchObject({ kind: "ratings", pairs: ratings, values: [5, 3] });
      const clicks = { kind: "clicks", pairs: ratings, values: [1, 1] };
      expect(parse(text, { content: "clicks" })).toMatchObject(clicks);
      expect(parse(text, { columns: ["1", "2"] })).toMatchObject(clicks);
    },
  );

  test("with --clicks the delimiter is the one under which all columns are there", () => {
    const { pairs } = parse("ann;tea;4,5\nbob;milk;3,0\n", { content: "clicks" });
    expect(pairs).toEqual(ratings);
  });
});

test("times are numbers or dates, in a column that is named, given or looks like one", () => {
  const times = { times: true } as const;
  expect(
    parse("user,item,date\nann,tea,2024-01-31\nbob,milk,2024-02-01T12:00:00Z\n", times).times,
  ).toEqual([Date.UTC(2024, 0, 31) / 1000, Date.UTC(2024, 1, 1, 12) / 1000]);
  const look = "ann\ttea\t5\t881250949\nbob\tmilk\t3\t881250950\n";
  expect(parse(look, times).times).toEqual([881250949, 881250950]);
  expect(
    parse("ann,tea,2\nbob,milk,1\n", { ...times, columns: ["1", "2", "3"], content: "clicks" })
      .times,
  ).toEqual([2, 1]);
  expect(parse('{"user":"ann","item":"tea","ts":7}\n', times).times).toEqual([7]);
  expect(parse(look).times).toBeUndefined();
  const refuse = (text: string, reason: string) => expect(() => parse(text, times)).toThrow(reason);
  refuse("user,item\nann,tea\n", "does not name the time");
  refuse("ann,tea\nbob,milk\n", "no column holds times");
  refuse("user,item,time\nann,tea,soon\n", '"soon" is not a time');
  refuse('{"user":"ann","item":"tea"}\n', "does not name the time");
  refuse('{"user":"ann","item":"tea","time":true}\n', "a time must be a number or a date");
});

test.each([
  ["0", 0],
  ["1.5e9", 1.5e9],
  ["2024-01-31 23:59", Date.UTC(2024, 0, 31, 23, 59) / 1000],
  ["2024-01-31 00:00:00+01:00", Date.UTC(2024, 0, 30, 23) / 1000],
  ["2024-01-31 00:00:00 UTC", Date.UTC(2024, 0, 31) / 1000],
  ["2024-13-01", undefined],
  ["yesterday", undefined],
  ["1e999", undefined],
  ["", undefined],
])("the time %j is %j", (text, time) => {
  expect(timeOf(text)).toBe(time);
});

test("titles are read beside the ids", () => {
  const text = "user_id,movie_id,title\nann,7,Alien\nbob,7,\nbob,8,Brazil\n";
  const { kind, pairs, titles } = parse(text);
  expect(kind).toBe("clicks");
  expect(pairs.map(([, item]) => item)).toEqual(["7", "7", "8"]);
  expect(titles).toEqual([
    ["7", "Alien"],
    ["8", "Brazil"],
  ]);
  expect(parse('{"user":"a","movie_id":7,"title":"Alien"}\n').titles).toEqual([["7", "Alien"]]);
});

test.each([
  ["user 0,film 1\nuser 1,film 2\n", "say what separates the columns with --delimiter"],
  ["ann,4.5\nbob,3.5\n", "column 2 holds numbers with fractions"],
  ["ann,1300000000,x\n", "rating"],
  ["ann,tea\n,milk\n", "line 2: the row id is empty"],
  ["ann,tea\nbob,\n", "line 2: the column id is empty"],
  ["ann,tea\nbob,milk,3\n", "line 1: 2 columns"],
  ["ann,tea\nbob,milk\ncas,rum,3\n", "line 3: 3 columns and the first record has 2"],
  ['ann,tea\n"bob,milk\n', "line 2: a quote that opens here is never closed"],
  ["user,item\n", "a header and no clicks"],
  ["ann Alien 4,5\nbob Brazil 3,5\n", "decimal point"],
  ["u,i,t\na,x,1300000001\nb,y,1300000002\nc,z,1300000003\n", "only users and items with --clicks"],
])("%j is refused in one line", (text, reason) => {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    expect((error as Error).message).toContain(reason);
    expect((error as Error).message).not.toContain("\n");
    return;
  }
  expect.unreachable();
});

test("what is written as clicks is read as it was, whatever the ids", () => {
  const id = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => !text.includes("\0"));
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const pair = fc.tuple(id, id);
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 20 }), (pairs) => {
      const lines = pairs.map(([row, col]) => `${field(row)},${field(col)}\n`);
      const text = `user,item\n${lines.join("")}`;
      expect(parse(text, { content: "clicks", delimiter: "," }).pairs).toEqual(pairs);
    }),
  );
});

describe("tables of ids", () => {
  const titles = (text: string) => [...parseTitles(encode(text), "t.csv", {})];
  const wanted = [
    ["1", "Toy Story (1995)"],
    ["2", "Usual Suspects, The"],
  ];
  test.each([
    'movieId,title,genres\n1,Toy Story (1995),Comedy|Drama\n2,"Usual Suspects, The",Crime\n',
    "1|Toy Story (1995)|01-Jan-1995||x\n2|Usual Suspects, The|||y\n",
    "1::Toy Story (1995)::Comedy\n2::Usual Suspects, The::Crime|Thriller\n",
    "title\tid\nToy Story (1995)\t1\nUsual Suspects, The\t2\n",
    "1\tToy Story (1995)\n1\tagain\n2\tUsual Suspects, The\n3\t\n",
  ])("titles of %j", (text) => {
    expect(titles(text)).toEqual(wanted);
  });

  test("titles and ids that are not there are refused with their line", () => {
    expect(() => titles("1\n2\n")).toThrow("t.csv line 1: 1 column: it must be an id and a title");
    expect(() => titles("1,a\n,b\n")).toThrow("t.csv line 2: the id is empty");
    const ids = (text: string) => parseIds(encode(text), "i.csv", {});
    expect(ids("tea\nThe Dark Knight\n")).toEqual(["tea", "The Dark Knight"]);
    expect(ids("stock,item_id\n1,tea\n2,milk\n")).toEqual(["tea", "milk"]);
    expect(() => ids('a\n""\n')).toThrow("i.csv line 2: the item id is empty");
  });

  test("a history is of one user, with or without ratings", () => {
    const history = (text: string, rated = false) => parseHistory(encode(text), "h.csv", {}, rated);
    const colIds = ["tea", "milk"];
    expect(history("tea\nmilk\n")).toEqual({ colIds, values: undefined });
    expect(history("item\ntea\nmilk\n")).toEqual({ colIds, values: undefined });
    expect(history("ann,tea\nann,milk\n")).toEqual({ colIds, values: undefined });
    expect(history("tea,5\nmilk,3\n", true)).toEqual({ colIds, values: [5, 3] });
    expect(history("rating,item\n5,tea\n3,milk\n")).toEqual({ colIds, values: [5, 3] });
    expect(history("ann,tea,5\nann,milk,3\n")).toEqual({ colIds, values: [5, 3] });
    expect(history("user,item,time\nann,tea,5\nann,milk,3\n").values).toBeUndefined();
    expect(() => history("ann,tea\nbob,milk\n")).toThrow('h.csv line 2: user "bob" after "ann"');
    expect(() => history("tea,x\nmilk,3\n", true)).toThrow(
      'h.csv line 1: rating "x" is not a number',
    );
    expect(() => history("ann,tea\nann,milk,2\n")).toThrow("h.csv line 2: 3 columns");
    expect(() => history("item\n")).toThrow("a header and no items");
  });
});
