// Tables of what is known of items, in every dialect that is read.
import { parseFeatures } from "../../build/fuzz/sources.mjs";
import { encodeTable } from "../delimited.mjs";

const ids = ["tt1", "映画", "a-b", "O'Neil", "007x", "👩‍👧", "Ж"];
const genres = ["drama", "comedy", "film noir", "war", "映画", "éclair"];
const makers = ["Ann", "Bob & Sons", "Cy"];

export default {
  name: "features",

  specimen(random) {
    const delimiter = random.pick([",", "\t", ";"]);
    const items = random.list(4, 12, (i) => ({
      id: `${random.pick(ids)}${i}`,
      // All different, so that their order says which is which.
      year: 1900 + 10 * i + random.below(10),
      genres: [genres[i % 2], ...genres.slice(2).filter(() => random.chance(0.3))],
      maker: random.pick(makers),
    }));
    const between = random.pick(["|", " | ", "/"]);
    const fields = items.map((item) => [
      item.id,
      String(item.year),
      item.genres.join(between),
      item.maker,
    ]);
    const hasHeader = random.chance(0.5);
    // With a header the columns may come in any order.
    const order = [0, 1, 2, 3];
    const keys = order.map(() => random.next());
    if (hasHeader) order.sort((a, b) => keys[a] - keys[b]);
    const names = [random.pick(["id", "item", "movieId"]), "year", "genres", "maker"];
    const lines = [...(hasHeader ? [names] : []), ...fields];
    const tree = {
      mark: random.chance(0.2) ? "\ufeff" : "",
      delimiter,
      lineEnd: random.pick(["\n", "\r\n"]),
      lastEnd: random.chance(0.7),
      quoteAll: random.chance(0.2),
      lines: lines.map((line) => order.map((place) => line[place])),
    };
    const value = {
      ids: items.map(({ id }) => id),
      words: [
        ...sharedWords(items.map((item) => item.genres.join(" "))),
        ...sharedWords(items.map(({ maker }) => maker)),
      ].sort(),
      orders: [items.map((_, row) => row).join(" ")],
    };
    return { tree, value };
  },

  encode: encodeTable,

  read(bytes) {
    const table = parseFeatures(bytes, "films.csv", {});
    const columns = Array.from({ length: table.cols }, () => new Map());
    table.colIndices.forEach((col, p) => {
      columns[col].set(table.rowIndices[p], table.values[p]);
    });
    const isWord = (column) => [...column.values()].every((value) => value === 1);
    const rowsOf = (column) => [...column.keys()].sort((a, b) => a - b);
    return {
      ids: [...table.ids],
      words: columns
        .filter(isWord)
        .map((column) => rowsOf(column).join(" "))
        .sort(),
      orders: columns
        .filter((column) => !isWord(column))
        .map((column) =>
          rowsOf(column)
            .sort((a, b) => column.get(a) - column.get(b))
            .join(" "),
        ),
    };
  },

  check({ ids, words, orders }) {
    if (ids.includes("")) return "an empty id";
    if (new Set(ids).size < ids.length) return "an id twice";
    const rows = [...words, ...orders].flatMap((list) => list.split(" ").map(Number));
    if (rows.some((row) => !(row >= 0 && row < ids.length))) return "a feature of no item";
    return words.some((list) => !list.includes(" ")) ? "a word of one item" : undefined;
  },
};

/** Of each word that several texts have, which these are. */
function sharedWords(texts) {
  const words = new Map();
  texts.forEach((text, row) => {
    for (const word of new Set(text.toLowerCase().split(/[^\p{L}]+/u))) {
      if (word !== "") words.set(word, [...(words.get(word) ?? []), row]);
    }
  });
  return [...words.values()].filter((rows) => rows.length > 1).map((rows) => rows.join(" "));
}
