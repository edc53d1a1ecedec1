// Tables as files have them, from trees of any shape: lines of fields, a delimiter, the ends of lines, a
// byte order mark and quotes.
import { jsonText, Pairs } from "./json.mjs";

export function encodeTable(tree) {
  const { mark, lastEnd, quoteAll, lines, ...ends } = Object(tree);
  // Between all fields and lines: what is long there would fill the memory of who writes it.
  const delimiter = String(ends.delimiter).slice(0, 100);
  const lineEnd = String(ends.lineEnd).slice(0, 100);
  const rows = (Array.isArray(lines) ? lines : [lines]).map((line) => {
    const fields = Array.isArray(line) ? line : [line];
    return fields.map((field) => fieldText(field, delimiter, quoteAll === true)).join(delimiter);
  });
  const text = rows.join(lineEnd) + (lastEnd === false ? "" : lineEnd);
  return new TextEncoder().encode(String(mark ?? "") + text);
}

function fieldText(field, delimiter, quoteAll) {
  const text =
    typeof field === "string" ? field : field instanceof Pairs ? jsonText(field) : String(field);
  const quote = quoteAll || text.includes('"') || text.includes("\n") || text.includes(delimiter);
  return quote && delimiter !== "::" && delimiter !== " "
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
