// Files as people have them: what is read is what their writer meant, all else is refused by what it is.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRatings, type RatingsFormat } from "../../src/formats/delimited.js";
import { FormatError } from "../../src/formats/errors.js";
import cases from "../fixtures/ratings.json" with { type: "json" };
import { spelledOut } from "../helpers/ratings.js";

const encode = (text: string) => new TextEncoder().encode(text);
const parse = (file: string | Uint8Array, format?: RatingsFormat) =>
  spelledOut(parseRatings(typeof file === "string" ? encode(file) : file, "f.csv", format));
const entries = (file: string | Uint8Array, format?: RatingsFormat) => {
  const { rowIds, colIds, values } = parse(file, format);
  return rowIds.map((row, i) => [row, colIds[i], values[i]] as const);
};
/** Lines of made-up ratings: 50 users, 30 items, ratings 1 to 5, a time. */
const lines = (count: number, line: (u: number, i: number, r: number, t: number) => string) =>
  Array.from({ length: count }, (_, k) =>
    line(((k * 7) % 50) + 1, ((k * 11) % 30) + 1, ((k * 3) % 5) + 1, 1_300_000_000 + 977 * k),
  ).join("\n");
const plain = entries(lines(60, (u, i, r) => `${u},${i},${r}`));

test.each(cases)("$name: read as Python wrote it", ({ bytes, rows, cols, values }) => {
  const sorted = (list: (readonly [string, string, number])[]) =>
    list.map(String).sort((a, b) => (a < b ? -1 : 1));
  const file = Buffer.from(bytes, "base64");
  const wanted = rows.map((row, k) => [row, cols[k], values[k]] as const);
  expect(sorted(entries(file))).toEqual(sorted(wanted));
});

test.each(cases)(
  "$name: the same from a Buffer, a view and its own memory, which stay as they are",
  ({ bytes }) => {
    const file = Buffer.from(bytes, "base64");
    const own = new Uint8Array(file);
    const odd = new Uint8Array(file.length + 7).subarray(3, 3 + file.length);
    odd.set(file);
    const before = own.slice();
    const wanted = parse(own);
    expect(parse(Buffer.from(own))).toEqual(wanted);
    expect(parse(odd)).toEqual(wanted);
    expect(parse(file)).toEqual(wanted);
    expect(new Uint8Array(file)).toEqual(before);
    expect(own).toEqual(before);
  },
);

test("a doubled quote in a Buffer leaves the file's bytes alone", () => {
  const file = Buffer.from('u,""",x",1\nv,"a ""b"" c",2\n');
  const before = Buffer.from(file);
  expect(entries(file)).toEqual([
    ["u", '",x', 1],
    ["v", 'a "b" c', 2],
  ]);
  expect(file).toEqual(before);
});

describe("a header names the columns", () => {
  const line = { user: "ann", item: "Alien", rating: "4", other: "1300000000" };
  test.each([
    ["user,item,rating", "user item rating"],
    ["userId,movieId,rating,timestamp", "user item rating other"],
    ["timestamp,userId,movieId,rating", "other user item rating"],
    ["id,userId,movieId,rating", "other user item rating"],
    [",userId,movieId,rating", "other user item rating"],
    ["Unnamed: 0,userId,movieId,rating", "other user item rating"],
    ["rating,movie_id,customer_id", "rating item user"],
    ["USER ID , Book Title , Stars", "user item rating"],
    ["User-ID,ISBN,Book-Rating", "user item rating"],
    ["Cust_Id,Rating,Date,Movie_Id", "user rating other item"],
    ["user_id:token,item_id:token,rating:float,timestamp:float", "user item rating other"],
    ["reviewerID,asin,reviewerName,helpful,overall", "user item other other rating"],
    [
      "rating,title,text,asin,parent_asin,user_id,timestamp,helpful_vote",
      "rating other other item other user other other",
    ],
    ["review_id,user_id,business_id,stars,useful,date", "other user item rating other other"],
    ["userID,artistID,weight", "user item rating"],
    [
      "brewery_id,review_time,review_overall,review_aroma,review_profilename,beer_beerid",
      "other other rating other user item",
    ],
    ["username,anime_id,my_score,my_status", "user item rating other"],
    ["source,target,rating,time", "user item rating other"],
    ["user,artist,plays", "user item rating"],
    ["reader,book,mark", "user item rating"],
    ["who,what,how", "user item rating"],
  ])("%s", (header, order) => {
    const fields = order.split(" ").map((kind) => line[kind as keyof typeof line]);
    const names = header.split(",");
    for (const delimiter of [",", ";", "|", "\t", "::"]) {
      const text = [names, fields, fields].map((record) => record.join(delimiter)).join("\n");
      expect(entries(text)).toEqual([
        ["ann", "Alien", 4],
        ["ann", "Alien", 4],
      ]);
    }
  });

  test("whatever the order, the case and the columns between", () => {
    const synonyms = fc.record({
      user: fc.constantFrom("user", "userId", "USER_ID", "customer id", "reviewerID", "uid"),
      item: fc.constantFrom("item", "movieId", "ISBN", "asin", "Track_ID", "productId"),
      rating: fc.constantFrom("rating", "Stars", "SCORE", "overall", "Book-Rating", "value"),
    });
    const others = fc.subarray(["timestamp", "genres", "review_text", "", "order_id"]);
    fc.assert(
      fc.property(
        synonyms,
        others,
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        (names, extra, keys) => {
          const columns: [string, string][] = [
            [names.user, "u7"],
            [names.item, "i8"],
            [names.rating, "4.5"],
            ...extra.map((name): [string, string] => [name, "12345678"]),
          ];
          const order = columns
            .map((column, k) => ({ column, key: keys[k] }))
            .sort((a, b) => a.key - b.key);
          const header = order.map(({ column }) => column[0]).join(";");
          const record = order.map(({ column }) => column[1]).join(";");
          expect(entries(`${header}\n${record}\n`)).toEqual([["u7", "i8", 4.5]]);
        },
      ),
    );
  });
});

test.each<[string, string, RatingsFormat?]>([
  [
    "R's row names",
    `"user" "item" "rating"\n${lines(60, (u, i, r) => `${u} ${i} ${r}`)
      .split("\n")
      .map((line, k) => `"${k + 1}" ${line}`)
      .join("\n")}`,
  ],
  [
    "a delimiter at every line's end",
    `user,item,rating\n${lines(60, (u, i, r) => `${u},${i},${r},`)}`,
  ],
  ["Excel's sep=;", `sep=;\r\nuser;item;rating\r\n${lines(60, (u, i, r) => `${u};${i};${r}\r`)}`],
  ["comments", `# by hand\n#\n% twice\n${lines(60, (u, i, r) => `${u},${i},${r}`)}`],
  [
    "a comment that names the columns",
    `# time user item rating\n${lines(60, (u, i, r, t) => `${t} ${u} ${i} ${r}`)}`,
  ],
  [
    "a comment's names without a space",
    `#item,user,rating\n${lines(60, (u, i, r) => `${i},${u},${r}`)}`,
  ],
  [
    "KONECT's comments",
    `% bip weighted\n% 60 50 30\n${lines(60, (u, i, r, t) => `${u} ${i} ${r} ${t}`)}`,
  ],
  ["a time after the rating", lines(60, (u, i, r, t) => `${u}::${i}::${r}::${t}`)],
  [
    "columns by number",
    lines(60, (u, i, r, t) => `${t},${r},${u},${i}`),
    { columns: ["3", "4", "2"] },
  ],
  [
    "columns by name",
    `a,b,c,d\n${lines(60, (u, i, r, t) => `${t},${r},${u},${i}`)}`,
    { columns: ["C", "d", "b"] },
  ],
  ["a delimiter of its own", lines(60, (u, i, r) => `${u}^${i}^${r}`), { delimiter: "^" }],
  [
    "UTF-8 with a byte order mark and comments",
    `\ufeff# x\nuser,item,rating\n${lines(60, (u, i, r) => `${u},${i},${r}`)}`,
  ],
])("parseRatings reads a file with %s", (_, text, format) => {
  expect(entries(text, format)).toEqual(plain);
});

test("ids may begin with # where all do, and in quotes", () => {
  expect(entries("#1,a,4\n#2,b,5\n")).toEqual([
    ["#1", "a", 4],
    ["#2", "b", 5],
  ]);
  expect(entries('"#1",a,4\nx,b,5\n')[0]).toEqual(["#1", "a", 4]);
});

test("a backslash before a quote, and at the end of a field, is what the file's dialect says", () => {
  expect(entries('"u";"i";"rating"\n"1";"\\"888\\"";"5"\n"2";"say \\"hi\\"; ok";"4"\n')).toEqual([
    ["1", '"888"', 5],
    ["2", 'say "hi"; ok', 4],
  ]);
  expect(entries('user,item,rating\n1,"C:\\",5\n2,"D:\\",4\n')).toEqual([
    ["1", "C:\\", 5],
    ["2", "D:\\", 4],
  ]);
  const late = `${lines(3000, (u, i, r) => `${u},"${i}",${r}`)}\n1,"a \\"q\\" b",5\n`;
  expect(entries(late).at(-1)).toEqual(["1", 'a "q" b', 5]);
});

test("text in another encoding is read with its name", () => {
  const latin1 = Buffer.from("user,item,rating\nann,café,4\n", "latin1");
  expect(() => parse(latin1)).toThrow("line 2: invalid UTF-8: read a file in Latin-1");
  expect(entries(latin1, { encoding: "latin1" })).toEqual([["ann", "café", 4]]);
  const utf16 = Buffer.from("\ufeffuser,item,rating\nann,映画,4\n", "utf16le");
  expect(() => parse(utf16)).toThrow(
    "it is text in UTF-16: save it as UTF-8, or pass --encoding utf-16le",
  );
  expect(entries(utf16, { encoding: "utf-16le" })).toEqual([["ann", "映画", 4]]);
  expect(() => parse(utf16.subarray(2))).toThrow("UTF-16");
  const marked = encode("\ufeffuser,item,rating\nann,café,4\n");
  expect(() => parse(marked, { encoding: "latin1" })).toThrow("it begins as UTF-8 does");
  expect(entries(marked, { encoding: "utf8" })).toEqual([["ann", "café", 4]]);
  expect(() => parse("a,b,1\n", { encoding: "klingon" })).toThrow('no encoding "klingon"');
  expect(() => parse(latin1, { encoding: "shift_jis" })).toThrow("it is not text in shift_jis");
});

test("text longer than a piece of decoding survives it", () => {
  const text = lines(200_000, (u, i, r) => `ü${u},ï${i},${r}`);
  expect(parse(Buffer.from(text, "latin1"), { encoding: "latin1" })).toEqual(parse(text));
});

describe("tables with --dense", () => {
  test("a table may be as wide as a line can be, every cell of it known", () => {
    const [items, users] = [20_000, 30];
    const header = Array.from({ length: items }, (_, i) => `i${i}`).join();
    const cells = Array.from({ length: items }, (_, i) => 1 + (i % 5)).join();
    const lines = Array.from({ length: users }, (_, u) => `u${u},${cells}\n`);
    const { rowIds, values } = parse(`user,${header}\n${lines.join("")}`, { dense: true });
    expect([values.length, new Set(rowIds).size]).toEqual([items * users, users]);
  });

  test.each<[string, string, RatingsFormat, (readonly [string, string, number])[]]>([
    [
      "a header and ids",
      "user,Alien,Brazil\nann,5,\nbob,NaN,1.5\n",
      {},
      [
        ["ann", "Alien", 5],
        ["bob", "Brazil", 1.5],
      ],
    ],
    [
      "a pivot of numbered items",
      "userId,31,1029\n1,5,\n2,,3\n",
      {},
      [
        ["1", "31", 5],
        ["2", "1029", 3],
      ],
    ],
    [
      "an index without a name",
      ",31,1029\n1,5,\n2,,3\n",
      {},
      [
        ["1", "31", 5],
        ["2", "1029", 3],
      ],
    ],
    [
      "ids without a header",
      "ann;5;99\nbob;99.0;3\n",
      { missing: "99" },
      [
        ["ann", "2", 5],
        ["bob", "3", 3],
      ],
    ],
    [
      "numbers only",
      "5 3 0\n4 0 5\n4 1 2\n",
      { missing: "0" },
      [
        ["1", "1", 5],
        ["1", "2", 3],
        ["2", "1", 4],
        ["2", "3", 5],
        ["3", "1", 4],
        ["3", "2", 1],
        ["3", "3", 2],
      ],
    ],
    [
      "what NumPy writes",
      "5.000000000000000000e+00 nan\nnan 3.500000000000000000e+00\n",
      {},
      [
        ["1", "1", 5],
        ["2", "2", 3.5],
      ],
    ],
    [
      "a first column to pass over",
      "15,99,-10\n11,2,99\n",
      { missing: "99", columns: ["none", "2"] },
      [
        ["1", "3", -10],
        ["2", "2", 2],
      ],
    ],
    [
      "ids in column 1",
      "15,99,-10\n11,2,99\n",
      { missing: "99", columns: ["1"] },
      [
        ["15", "3", -10],
        ["11", "2", 2],
      ],
    ],
    [
      "R's row names",
      "Alien Brazil\nann 5 NA\nbob NA 3\n",
      {},
      [
        ["ann", "Alien", 5],
        ["bob", "Brazil", 3],
      ],
    ],
  ])("%s", (_, text, format, wanted) => {
    expect(entries(text, { ...format, dense: true })).toEqual(wanted);
  });

  test.each<[string, string, RatingsFormat, string]>([
    [
      "ids or ratings",
      "15,99,3\n11,2,99\n",
      { missing: "99" },
      "line 1: is column 1 a row id or a rating?",
    ],
    ["a header or ratings", ",3,5\n4,5,2\n5,1,\n", {}, "line 1: is this a header or ratings?"],
    ["a row id twice", "u,a,b\nx,1,\nx,2,3\n", {}, 'line 3: the row id "x" comes twice'],
    ["a column twice", "u,a,a\nx,1,2\n", {}, 'line 1: the column "a" comes twice'],
    [
      "a word in a cell",
      "u,a,b\nx,1,2\ny,2,bad\n",
      {},
      'line 3: rating "bad" is not a number (column 3, "b")',
    ],
    ["a short line", "u,a,b\nx,1,2\ny,2\n", {}, "line 3: 2 columns and the others have 3"],
    ["a rating on each line", "user,item,rating\n1,2,3\n", {}, "leave out --dense"],
    ["no ratings", "u,a,b\nx,,\n", {}, "the table holds no ratings"],
    ["JSON Lines", '{"user":1,"item":2,"rating":3}\n', {}, "leave out --dense"],
    [
      "Matrix Market",
      "%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 1\n",
      {},
      "leave out",
    ],
  ])("refuses %s", (_, text, format, reason) => {
    expect(() => parse(text, { ...format, dense: true })).toThrow(FormatError);
    expect(() => parse(text, { ...format, dense: true })).toThrow(reason);
  });
});

const banner = "%%MatrixMarket matrix coordinate real general\n";
test.each<[string, string | Uint8Array, string, RatingsFormat?]>([
  [
    "a header without a rating",
    "userId,movieId,tag,timestamp\n1,2,x,3\n",
    'line 1: the header "userId", "movieId", "tag", "timestamp" does not name the rating: say which with --columns',
  ],
  ["a header without a user", "bookID,title,average_rating\n1,x,4\n", "does not name the user"],
  [
    "two users",
    "user_id,customer_id,item,rating\n1,2,3,4\n",
    'two columns for the user, "user_id" and "customer_id"',
  ],
  [
    "four names that say nothing",
    "a,b,c,d\nx,y,1,2\n",
    "does not name the user, the item and the rating",
  ],
  ["ids in the place of ratings", "user,item,review_id\n1,2,44\n", "does not name the rating"],
  [
    "an index without a header",
    lines(60, (u, i, r) => `${u},${i},${r}`)
      .split("\n")
      .map((line, k) => `${k},${line}`)
      .join("\n"),
    "column 1 counts the lines",
  ],
  [
    "times first, without a header",
    lines(60, (u, i, r, t) => `${t},${u},${i},${r}`),
    "column 3 looks like ids",
  ],
  [
    "times before ratings",
    lines(60, (u, i, r, t) => `${u},${i},${t},${r}`),
    "column 3 looks like ids",
  ],
  [
    "times as ratings",
    lines(60, (u, i, _, t) => `${u},${i},${t}`),
    "looks like timestamps or ids (1300000000, 1300000977, ...)",
  ],
  [
    "milliseconds as ratings",
    lines(60, (u, i, _, t) => `${u},${i},${t}000`),
    "looks like timestamps",
  ],
  ["days as ratings", lines(60, (u, i, r) => `${u},${i},2024010${r}`), "looks like timestamps"],
  [
    "times that a header calls values",
    `user,item,value\n${lines(60, (u, i, _, t) => `${u},${i},${t}`)}`,
    "looks like timestamps",
  ],
  [
    "a dense table",
    lines(5, (u, i, r) => `${r},${u % 5},${i % 5},${r},${r},0,1`),
    "7 columns of numbers look like a table",
  ],
  [
    "the table of the tutorials",
    "5,3,4,1\n4,1,2,1\n1,1,2,5\n1,3,3,4\n",
    "4 columns of numbers look like a table",
  ],
  [
    "a pivot",
    "user,Alien,Brazil,Cas\nann,5,,3\nbob,,4,1\n",
    "read a table with a column for each item with --dense",
  ],
  ["a pivot of two", "name,Alien,Brazil\nann,5,3\nbob,4,1\n", "does not name the rating"],
  ["a pivot of numbers", "userId,1,2\n1,5,3\n2,4,1\n", "this looks like the header of a table"],
  [
    "names and a number",
    "user,item,2019\n1,2,3\n",
    "line 1: this looks like the header of a table with a column for each item",
  ],
  [
    "a banner without a symmetry",
    "%%MatrixMarket matrix coordinate real\n1 1 1\n1 1 1\n",
    'the symmetry "" must be',
  ],
  [
    "a line of sizes",
    `50 30 60\n${lines(60, (u, i, r) => `${u} ${i} ${r}`)}`,
    "looks like the sizes of the matrix",
  ],
  [
    "a decimal comma",
    `user;item;rating\n1;2;3,5\n`,
    'line 2: rating "3,5" is not a number: it must have a decimal point',
  ],
  [
    "a decimal comma among commas",
    "user,item,rating\n1,2,3,5\n2,2,4,0\n",
    "line 2: 4 columns and the header has 3",
  ],
  [
    "an unquoted comma",
    "user,item,rating\n1,X,4\n2,Se7en, 7,5\n",
    "line 3: 4 columns and the first record has 3",
  ],
  [
    "an unquoted comma in the first line",
    "user,item,rating\n1,Se7en, 7,5\n",
    "line 2: 4 columns and the header has 3",
  ],
  ["rounded ids", "user,item,rating\n1.20564E+18,2,4\n", "ids that were rounded, as 1.20564E+18"],
  [
    "a rating that is missing in the first line",
    "ann,Alien,NA\nbob,Alien,3\n",
    'line 1: rating "NA" is not a number',
  ],
  [
    "a word as the first rating",
    "ann,Alien,good\nann,Brazil,4\n",
    'line 1: rating "good" is not a number',
  ],
  [
    "a comment among the ratings",
    "a,b,1\nc,d,2\n# note\ne,f,3\n",
    "line 3: a comment among the ratings",
  ],
  [
    "a rating that was commented out",
    `#1,2,3\n${lines(60, (u, i, r) => `${u},${i},${r}`)}`,
    "line 1: this line begins with # and reads as a rating",
  ],
  ["only comments", "# a\n# b\n", "no ratings"],
  [
    "pairs without a rating",
    "user,item\n1,2\n2,3\n",
    "line 1: 2 columns: it must be row id, column id and rating",
  ],
  ["another delimiter", "a^b^3\nc^d^4\n", "or what --delimiter says"],
  [
    "a column that is not there",
    "t,x,y\n1,2,3\n",
    'no column "q": there are "t", "x", "y"',
    { columns: ["t", "q", "y"] },
  ],
  [
    "a number that is not there",
    "t,x,y\n1,2,3\n",
    "3 columns: there is no column 4",
    { columns: ["1", "2", "4"] },
  ],
  ["one column twice", "1,2,3\n", "--columns names one column twice", { columns: ["1", "1", "3"] }],
  [
    "an array of Matrix Market",
    "%%MatrixMarket matrix array real general\n1 1\n1\n",
    "an array holds every cell",
  ],
  [
    "a pattern",
    "%%MatrixMarket matrix coordinate pattern general\n1 1 1\n1 1\n",
    "a pattern has no values",
  ],
  [
    "complex numbers",
    "%%MatrixMarket matrix coordinate complex general\n1 1 1\n1 1 1 0\n",
    'the field "complex"',
  ],
  [
    "an unknown symmetry",
    "%%MatrixMarket matrix coordinate real hermitian\n1 1 1\n1 1 1\n",
    'the symmetry "hermitian"',
  ],
  [
    "a vector",
    "%%MatrixMarket vector coordinate real general\n1 1\n1 1\n",
    'the object is "vector"',
  ],
  ["too few entries", `${banner}3 3 2\n1 1 4\n`, "promise 2 entries, and there are 1"],
  ["too many entries", `${banner}3 3 1\n1 1 4\n2 2 4\n`, "line 4: the sizes promise 1"],
  [
    "an entry outside",
    `${banner}3 3 1\n4 1 4\n`,
    "line 3: entry (4, 1) is outside the 3 x 3 matrix",
  ],
  ["places from 0", `${banner}3 3 1\n0 1 4\n`, "line 3: entry (0, 1) is outside"],
  [
    "a value that is not a number",
    `${banner}% x\n3 3 1\n1 1 x\n`,
    'line 4: rating "x" is not a number',
  ],
  [
    "a byte order mark before a value",
    `${banner}3 3 1\n1 1 \ufeff4\n`,
    'line 3: rating "\ufeff4" is not a number',
  ],
  [
    "an upper half",
    "%%MatrixMarket matrix coordinate real symmetric\n3 3 1\n1 2 4\n",
    "it must be below the diagonal",
  ],
  ["no sizes", banner, "the line of sizes is missing"],
  [
    "columns of Matrix Market",
    `${banner}1 1 1\n1 1 1\n`,
    "leave out --columns",
    { columns: ["1", "2", "3"] },
  ],
  [
    "an id beyond 2^53 in JSON",
    '{"user":1205640308657491975,"item":"a","rating":3}\n',
    'line 1: "user" is the number',
  ],
  [
    "a key that is missing",
    '{"user":1,"item":"a","rating":3}\n{"user":1,"item":"b"}\n',
    'line 2: there is no "rating"',
  ],
  [
    "a rating that is null",
    '{"user":1,"item":"a","rating":null}\n',
    '"rating" is null: a rating must be a number',
  ],
  ["keys that say nothing", '{"a":1,"b":"a","c":3}\n', 'the object "a", "b", "c" does not name'],
  ["a JSON array", '[{"user":1,"item":"a","rating":3}]', "it is a JSON array"],
  [
    "one object over several lines",
    '{\n "user":1,\n "item":"a","rating":3}\n',
    "every line must be one object of JSON",
  ],
  ["Python literals", "{'user':1,'item':'a','rating':3}\n", "it is Python literals"],
  ["the Netflix Prize", "1:\n1488844,3,2005-09-06\n", "in the layout of the Netflix Prize"],
  [
    "a zip archive",
    Buffer.from("PK\x03\x04xxxxxxxxxx", "latin1"),
    "it is a zip archive: unpack it",
  ],
  ["Parquet", Buffer.from("PAR1\x15\x04"), "it is a Parquet file"],
  [
    "an Excel workbook",
    Buffer.from("PK\x03\x04....[Content_Types].xml", "latin1"),
    "it is an Excel workbook",
  ],
  ["SQLite", Buffer.from("SQLite format 3\0"), "it is an SQLite database"],
  ["a .npy file", Buffer.from("\x93NUMPY\x01\0", "latin1"), "it is a .npy file"],
  ["a model", Buffer.from("LOWRANKM\x01\0"), "it is a model that lowrank train wrote"],
  ["a ranking model", Buffer.from("LOWRANKR\x01\0"), "it is a model that lowrank train wrote"],
  ["a file of R", Buffer.from("RDX3\nX\n\0\0"), "it is a file of R"],
])("parseRatings refuses %s by what it is, in one line", (_, file, reason, format) => {
  expect(() => parse(file, format)).toThrow(FormatError);
  expect(() => parse(file, format)).toThrow(reason);
  expect(() => parse(file, format)).toThrow(/^f\.csv( line \d+)?: [^\n\r]+$/);
});

test("columns that were asked for are taken, whatever they look like", () => {
  const columns = ["1", "2", "3"];
  const times = lines(60, (u, i, _, t) => `${u},${i},${t}`);
  expect(parse(times, { columns }).values[1]).toBe(1_300_000_977);
  expect(entries("5,3,4,1\n4,1,2,1\n", { columns })).toEqual([
    ["5", "3", 4],
    ["4", "1", 2],
  ]);
});

test("parseRatings reads or refuses by name, whatever the layout and the format", () => {
  const piece = fc.constantFrom(
    ...["user", "item", "rating", "1", "2", "5", "a", ",", ";", "|", "\t", " ", "\n", '"', "\\"],
    ...[
      "#",
      "%",
      "%%MatrixMarket matrix coordinate real general\n",
      "{",
      '{"user":1',
      "}",
      "NA",
      "é",
    ],
    ...["\n1,2,3\n", "\nuser,item,rating\n", "sep=;\n", "::", "1e5"],
  );
  const format = fc.record(
    {
      columns: fc.constantFrom(["1", "2", "3"], ["user", "item", "rating"], ["none", "2"], ["1"]),
      delimiter: fc.constantFrom(",", ";", " ", "::", "^"),
      encoding: fc.constantFrom("latin1", "utf-16le", "utf-8"),
      dense: fc.boolean(),
      missing: fc.constantFrom("99", "", "x"),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), format, (pieces, options) => {
      if (!options.dense && options.columns?.length !== 3) delete options.columns;
      try {
        const { rowIds, colIds, values } = parse(pieces.join(""), options);
        expect([rowIds.length, colIds.length]).toEqual([values.length, values.length]);
        expect([...rowIds, ...colIds].every((id) => id.length > 0)).toBe(true);
        expect(values.every(Number.isFinite)).toBe(true);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        expect(error.message).toMatch(/^f\.csv( line \d+)?: [^\n\r]+$/);
      }
    }),
    { numRuns: 3000 },
  );
});
