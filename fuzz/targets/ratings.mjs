// Tables of ratings, in every dialect that is read.
import { FormatError, parseEntries, parseRatings } from "../../build/fuzz/sources.mjs";
import { encodeTable } from "../delimited.mjs";

const letters = [
  "ann",
  "bob",
  "Zoë",
  "映画",
  "a b",
  "x-1",
  "007",
  "O'Neil",
  "👩‍👧",
  "Ж",
  "e\u0301",
];
/** What must be quoted where the delimiter is one of these. */
const quotable = ['say "hi"', "a,b", "two\nlines", ' "" ', "tab\there"];

export default {
  name: "ratings",

  specimen(random) {
    const delimiter = random.pick([",", "\t", "::", " ", ";", "|"]);
    const plain = delimiter === " " ? letters.filter((id) => !id.includes(" ")) : letters;
    const quotes = delimiter !== "::" && delimiter !== " ";
    const id = (kind) =>
      kind + random.pick(quotes && random.chance(0.2) ? quotable : plain) + random.below(9);
    const more = random.below(2) ? ["978300760"] : [];
    // With a header the columns may come in any order.
    const names = [
      random.pick(["user", "userId", "User-ID", "customer_id"]),
      random.pick(
        ["item", "movieId", "ISBN", "product id"].filter((name) => !name.includes(delimiter)),
      ),
      random.pick(["rating", "Stars", "Book-Rating", "overall"]),
      ...more.map(() => "timestamp"),
    ];
    const hasHeader = random.chance(0.5);
    const order = names.map((_, place) => place);
    const keys = names.map(() => random.next());
    if (hasHeader) order.sort((a, b) => keys[a] - keys[b]);
    const rows = random.list(1, 25, () => {
      const rating = random.pick(["5", "4.5", "3", "0.5", "1e0", "2.50", "+4", ".5", "-1"]);
      return [id("u"), id("i"), rating, ...more];
    });
    const tree = {
      mark: random.chance(0.2) ? "\ufeff" : "",
      delimiter,
      lineEnd: random.pick(["\n", "\r\n"]),
      lastEnd: random.chance(0.7),
      quoteAll: quotes && random.chance(0.2),
      lines: [...(hasHeader ? [names] : []), ...rows].map((line) => order.map((k) => line[k])),
    };
    const column = (place) => rows.map((row) => row[place]);
    return {
      tree,
      value: {
        rowIds: column(0),
        colIds: column(1),
        values: Float64Array.from(column(2), Number),
      },
    };
  },

  encode: encodeTable,

  read(bytes) {
    for (const content of ["either", "clicks"]) checkTable(bytes, content);
    const { rowIds, colIds, rows, cols, values } = parseRatings(bytes, "ratings.csv");
    return {
      rowIds: Array.from(rows, (row) => rowIds[row]),
      colIds: Array.from(cols, (col) => colIds[col]),
      values,
    };
  },

  check({ rowIds, colIds, values }) {
    if (rowIds.length !== values.length || colIds.length !== values.length)
      return "columns of unequal length";
    return rowIds.includes("") || colIds.includes("") ? "an empty id" : undefined;
  },
};

/** What the command reads, which may also be clicks: refused in our words, or whole. */
function checkTable(bytes, content) {
  let table;
  try {
    table = parseEntries(bytes, "ratings.csv", { content });
  } catch (error) {
    if (error instanceof FormatError) return;
    throw error;
  }
  const { kind, rows, cols, values, rowIds, colIds, titles } = table;
  if (rows.length !== values.length || cols.length !== values.length) {
    throw new Error("columns of unequal length");
  }
  if (rowIds.includes("") || colIds.includes("")) throw new Error("an empty id");
  if (kind === "clicks" && !values.every((value) => value === 1))
    throw new Error("a click of not 1");
  const known = new Set(colIds);
  for (const id of titles.keys()) if (!known.has(id)) throw new Error("a title of no item");
}
