// Matrix Market's exchange format: a banner, comments, a line of sizes, and then the entries.
import { quote } from "../check/describe.js";
import { parseDecimal } from "./decimal.js";
import { FormatError } from "./errors.js";
import { RatingList, type Ratings, whyNotRating } from "./rating-list.js";
import { RecordReader } from "./records.js";

/** The banner, the first line that is not empty. */
function bannerOf(text: Uint8Array): string {
  const start = new TextDecoder("latin1").decode(text.subarray(0, 1024));
  return start.trimStart().split(/\r?\n/)[0].toLowerCase();
}

export function isMatrixMarket(text: Uint8Array): boolean {
  return /^%+\s*matrixmarket/.test(bannerOf(text));
}

/**
 * The entries of a coordinate file as ratings, those of a pattern, which has no values, as ones; ids are the numbers of rows and columns, from 1.
 * Symmetric files hold one half: the other is filled in.
 *
 * @throws FormatError when it is an array (every cell is known), has no real values, or its entries
 *   are not those that the line of sizes promises.
 */
export function parseMatrixMarket(
  text: Uint8Array,
  source: string,
): Ratings & { pattern: boolean } {
  const { sign, pattern } = bannerFields(text, source);
  const [fields, entry] = pattern ? [2, "row and column"] : [3, "row, column and value"];
  const start = afterComments(text);
  const line = 1 + text.subarray(0, start).filter((byte) => byte === 10).length;
  const dialect = { delimiter: " ", backslash: false };
  const reader = new RecordReader(text, source, dialect, { byte: start, line });
  if (!reader.next()) throw new FormatError(source, "the line of sizes is missing");
  const sizes = "the line of sizes must be rows, columns, entries";
  const [rows, cols, count] = integers(reader, 3, sizes);
  const list = new RatingList();
  let found = 0;
  while (reader.next()) {
    if (reader.fieldCount !== fields) reader.fail(`an entry must be ${entry}`);
    const [row, col] = integers(reader, 2, "row and column must be integers", fields);
    if (row < 1 || row > rows || col < 1 || col > cols) {
      reader.fail(`entry (${row}, ${col}) is outside the ${rows} x ${cols} matrix`);
    }
    const text = pattern ? "1" : reader.text(2);
    const reason = whyNotRating(text);
    const value = reason === undefined ? Number(text) : reader.fail(reason);
    list.push(String(row), String(col), value);
    if (++found > count) reader.fail(`the sizes promise ${count} entries, and there are more`);
    if (sign === 0) continue;
    if (row < col || (row === col && sign < 0)) {
      reader.fail(`entry (${row}, ${col}) of a symmetric matrix: it must be below the diagonal`);
    }
    if (row > col) list.push(String(col), String(row), sign * value);
  }
  if (found < count) {
    throw new FormatError(source, `the sizes promise ${count} entries, and there are ${found}`);
  }
  if (count === 0) throw new FormatError(source, "the matrix holds no entries");
  return { ...list.finish(), pattern };
}

interface BannerFields {
  /** 1 where entries stand for their mirror image too, -1 with the other sign, or 0. */
  sign: number;
  /** There are no values. */
  pattern: boolean;
}

function bannerFields(text: Uint8Array, source: string): BannerFields {
  const words = bannerOf(text)
    .replace(/^%+\s*/, "")
    .trim()
    .split(/\s+/);
  const [, object = "", format = "", field = "", symmetry = ""] = words;
  const fail = (reason: string): never => {
    throw new FormatError(source, `Matrix Market: ${reason}`, 1);
  };
  if (object !== "matrix") fail(`the object is ${quote(object)}: it must be a matrix`);
  if (format === "array") {
    fail("an array holds every cell: write the ratings as coordinates, without the unknown ones");
  }
  if (format !== "coordinate") fail(`the format ${quote(format)} must be coordinate`);
  const pattern = field === "pattern";
  if (!["pattern", "real", "integer", "unsigned-integer", "double"].includes(field)) {
    fail(`the field ${quote(field)} must be real or integer`);
  }
  switch (symmetry) {
    case "general":
      return { sign: 0, pattern };
    case "symmetric":
      return { sign: 1, pattern };
    case "skew-symmetric":
      if (pattern) break;
      return { sign: -1, pattern };
  }
  return fail(`the symmetry ${quote(symmetry)} must be general, symmetric or skew-symmetric`);
}

/** Where the lines that begin with % end. */
function afterComments(text: Uint8Array): number {
  let start = 0;
  for (;;) {
    let p = start;
    while (text[p] === 32 || text[p] === 9 || text[p] === 13) p++;
    if (text[p] !== 37 && text[p] !== 10) return start;
    const end = text.indexOf(10, p);
    if (end < 0) return text.length;
    start = end + 1;
  }
}

function integers(reader: RecordReader, count: number, reason: string, fields = 3): number[] {
  if (reader.fieldCount !== fields) reader.fail(reason);
  return Array.from({ length: count }, (_, i) => {
    const value = parseDecimal(reader.source[i], reader.starts[i], reader.ends[i]);
    return Number.isSafeInteger(value) && value >= 0 ? value : reader.fail(reason);
  });
}
