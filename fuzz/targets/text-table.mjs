// Tables of texts and labels: CSV, tab separated, JSON lines.
import { readTextTable } from "../../build/fuzz/sources.mjs";
import { jsonText, Pairs } from "../json.mjs";

const words = ["good", "bad film", "Zoë", "映画", "it's", "a; b", "x | y", "100 %", "👩‍👧", "#1"];
const quotable = ['say "hi"', "a, b", '""', "two\nlines", "cr\r\nlf"];

export default {
  name: "text-table",

  specimen(random) {
    const format = random.pick(["csv", "tsv", "json"]);
    const word = () => random.pick(format !== "tsv" && random.chance(0.2) ? quotable : words);
    const records = random.list(2, 12, (i) => [`${word()} ${i}`, word(), ["no", "yes"][i % 2]]);
    const lineEnd = random.pick(["\n", "\r\n"]);
    const tree = {
      mark: random.chance(0.2) ? "\ufeff" : "",
      format,
      lineEnd,
      lastEnd: random.chance(0.7),
      quoteAll: random.chance(0.2),
      names: ["text", "pair", "label"],
      records: records.map((record) => [...record]),
    };
    let line = format === "json" ? 1 : 2;
    const value = records.map(([text, pair, label]) => {
      const record = { line, texts: [text, pair], label };
      const within = format === "csv" ? (text + pair).split("\n").length - 1 : 0;
      line += 1 + within;
      return record;
    });
    return { tree, value };
  },

  encode(tree) {
    const { mark, format, lineEnd, lastEnd, quoteAll, names, records } = Object(tree);
    const rows = (Array.isArray(records) ? records : []).map((row) =>
      Array.isArray(row) ? row : [row],
    );
    const header = Array.isArray(names) ? names : [names];
    const lines =
      format === "json"
        ? rows.map((row) => jsonLine(header, row))
        : delimited([header, ...rows], format, quoteAll === true);
    const text = lines.join(String(lineEnd)) + (lastEnd === false ? "" : String(lineEnd));
    return new TextEncoder().encode(String(mark ?? "") + text);
  },

  read(bytes) {
    const columns = { texts: ["text", "pair"], label: "label" };
    return readTextTable(bytes, "texts.csv", columns).map(({ line, texts, label }) => ({
      line,
      texts,
      label,
    }));
  },

  check(records) {
    const odd = records.find(
      ({ texts, label }) => ![...texts, label].every((one) => typeof one === "string"),
    );
    return odd === undefined ? undefined : `line ${odd.line} holds something other than texts`;
  },
};

function jsonLine(names, row) {
  return jsonText(new Pairs(row.map((one, i) => [names[i] ?? "more", one])));
}

function delimited(rows, format, quoteAll) {
  return rows.map((row) => {
    const fields = row.map((one) => (typeof one === "object" ? jsonText(one) : String(one)));
    if (format === "tsv") return fields.join("\t");
    return fields
      .map((text) => (quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
      .join(",");
  });
}
