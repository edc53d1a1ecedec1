import { quote } from "../linalg/describe.js";
import { parseDecimal } from "./decimal.js";
import { FormatError } from "./errors.js";
import { Interner } from "./interner.js";
import { type Delimiter, RecordReader } from "./records.js";

/** Ratings as columns of equal length: entry i is the rating of `colIds[i]` by `rowIds[i]`. */
export interface Ratings {
  rowIds: string[];
  colIds: string[];
  values: Float64Array;
}

/** In the order in which ties are broken: white space also splits what the others keep whole. */
const delimiters: readonly Delimiter[] = ["\t", "::", ",", " "];
/** Squares of ratings, and sums of squares, must stay finite. */
const largestRating = 1e150;
/** Records that are tried with each delimiter. */
const detectionRecords = 20;
const layout = "row id, column id and rating, separated by comma, tab, :: or white space";

/**
 * The ratings in delimited text: row id, column id, rating; further columns are ignored.
 *
 * The delimiter (comma, tab, `::`, white space) is the one under which most of the first records
 * read as ratings. The first record is a header when none of its fields is a number. Ids are
 * arbitrary non-empty strings; equal ids share one string. About 0.1 s a million lines.
 *
 * @param bytes - UTF-8, with or without a byte order mark.
 * @param source - the file's name, for messages.
 * @throws FormatError, with the line, at the first thing that is wrong: fewer than three columns,
 *   an empty id, a rating that is no finite decimal number, malformed text (see `RecordReader`);
 *   without a line when there are no ratings at all.
 * @example
 * ```ts
 * parseRatings(new TextEncoder().encode("user,film,stars\nann,Alien,5\n"));
 * // { rowIds: ["ann"], colIds: ["Alien"], values: Float64Array [5] }
 * ```
 */
export function parseRatings(bytes: Uint8Array, source = "ratings"): Ratings {
  if (bytes.length === 0) throw new FormatError(source, "the file is empty");
  const reader = new RecordReader(bytes, source, detectDelimiter(bytes, source));
  const rowInterner = new Interner();
  const colInterner = new Interner();
  const rowIds: string[] = [];
  const colIds: string[] = [];
  let values = new Float64Array(1024);

  let hasHeader = false;
  for (let first = true; reader.next(); first = false) {
    if (first && isHeader(reader)) {
      hasHeader = true;
      continue;
    }
    if (reader.fieldCount < 3) reader.fail(`${columns(reader.fieldCount)}: it must be ${layout}`);
    const count = rowIds.length;
    rowIds.push(readId(reader, 0, rowInterner));
    colIds.push(readId(reader, 1, colInterner));
    if (count === values.length) {
      const larger = new Float64Array(2 * count);
      larger.set(values);
      values = larger;
    }
    values[count] = readRating(reader);
  }
  if (rowIds.length === 0) {
    throw new FormatError(
      source,
      hasHeader ? "a header and no ratings" : "the file holds no ratings, only empty lines",
    );
  }
  return { rowIds, colIds, values: values.slice(0, rowIds.length) };
}

function detectDelimiter(bytes: Uint8Array, source: string): Delimiter {
  let best: Delimiter = ",";
  let bestScore = -1;
  for (const delimiter of delimiters) {
    const reader = new RecordReader(bytes, source, delimiter);
    let ratings = 0;
    let fields = 0;
    try {
      for (let records = 0; records < detectionRecords && reader.next(); records++) {
        if (records === 0) fields = Math.min(reader.fieldCount, 3);
        if (Number.isFinite(numberAt(reader, 2))) ratings++;
      }
    } catch {
      // What is malformed under this delimiter speaks against it; the chosen one will report.
    }
    // Without any rating the first record's fields decide, so that its message fits.
    const score = 4 * ratings + fields;
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Names, not data: three or more non-empty fields, none of them anything like a number. */
function isHeader(reader: RecordReader): boolean {
  if (reader.fieldCount < 3) return false;
  return [0, 1, 2].every((field) => {
    const text = textAt(reader, field);
    return text !== "" && !/^(?:[+-]?[\d.]|[+-]?(?:nan|inf|infinity)$|[+-])/i.test(text);
  });
}

function readId(reader: RecordReader, field: 0 | 1, interner: Interner): string {
  const start = reader.starts[field];
  const end = reader.ends[field];
  if (start === end) reader.fail(`the ${field === 0 ? "row" : "column"} id is empty`);
  return interner.intern(reader.source[field], start, end);
}

function readRating(reader: RecordReader): number {
  const value = numberAt(reader, 2);
  if (Math.abs(value) <= largestRating) return value;
  const text = textAt(reader, 2);
  const shown = `rating ${quote(text)}`;
  if (text === "") reader.fail("the rating is empty");
  if (Number.isFinite(value)) {
    reader.fail(`${shown} is too large: it must be at most ${largestRating} in size`);
  }
  if (/^[+-]?(?:nan|inf|infinity)$/i.test(text) || !Number.isNaN(value)) {
    reader.fail(`${shown} is not a finite number`);
  }
  if (/^[+-]?0[xob]/i.test(text)) reader.fail(`${shown} is not a decimal number`);
  reader.fail(`${shown} is not a number`);
}

/** NaN when the record has no such field. */
function numberAt(reader: RecordReader, field: number): number {
  if (field >= reader.fieldCount) return Number.NaN;
  return parseDecimal(reader.source[field], reader.starts[field], reader.ends[field]);
}

function textAt(reader: RecordReader, field: number): string {
  const piece = reader.source[field].subarray(reader.starts[field], reader.ends[field]);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(piece);
}

function columns(count: number): string {
  return count === 1 ? "1 column" : `${count} columns`;
}
