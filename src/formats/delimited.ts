import { quote } from "../check/describe.js";
import { plainBytes } from "./bytes.js";
import { parseDecimal } from "./decimal.js";
import { parseDense } from "./dense-ratings.js";
import { startsWithByteOrderMark, toUtf8 } from "./encoding.js";
import { FormatError } from "./errors.js";
import { foreignFile } from "./foreign-file.js";
import { Interner } from "./interner.js";
import { isMatrixMarket, parseMatrixMarket } from "./matrix-market.js";
import { doubtOfFirst, doubtOfValues } from "./rating-checks.js";
import { columnCount, type Layout, layoutOf, type RatingsFormat } from "./rating-layout.js";
import { isJsonLines, parseJsonEntries } from "./rating-lines.js";
import {
  type EntryTable,
  largestRating,
  NumberedRatings,
  type Ratings,
  whyNotRating,
} from "./rating-list.js";
import { BackslashError, type Position, RecordReader } from "./records.js";
import { timeOf } from "./times.js";

export type { RatingsFormat } from "./rating-layout.js";
export type { EntryTable, Ratings } from "./rating-list.js";

/** @throws FormatError that names what the file is instead of text. */
export function refuseForeign(text: Uint8Array, source: string): void {
  const foreign = foreignFile(text);
  if (foreign === undefined) return;
  const order = text[0] === 0xfe || text[0] === 0 ? "be" : "le";
  const way = foreign.includes("UTF-16") ? `, or pass --encoding utf-16${order}` : "";
  throw new FormatError(source, `${foreign}${way}`);
}

/**
 * The ratings in text: a user (row id), an item (column id) and a rating in each record.
 *
 * Delimited text, by the first records: the delimiter is the one under which most of them read as
 * ratings; a header names the columns, in any order and among others; without a header they are the
 * first three. Comments (# or %) may precede the records. Matrix Market files and JSON Lines are read
 * too, and with `dense` tables with a line for each user. Ids are arbitrary non-empty strings, each
 * of which is kept once. About 0.1 s per million lines.
 *
 * @param bytes - UTF-8 unless the format says otherwise, with or without a byte order mark.
 * @param source - the file's name, for messages.
 * @throws FormatError, with the line where there is one, at the first thing that is wrong: columns
 *   that are not clear, records of different lengths, an empty id, a rating that is not a finite
 *   decimal number, malformed text (see `RecordReader`), ratings that look like times or ids, a file
 *   of another kind.
 * @example
 * ```ts
 * parseRatings(new TextEncoder().encode("stars,user,film\n5,ann,Alien\n"));
 * // { rowIds: ["ann"], colIds: ["Alien"], rows: Int32Array [0], cols: Int32Array [0],
 * //   values: Float64Array [5] }
 * ```
 */
export function parseRatings(
  bytes: Uint8Array,
  source = "ratings",
  format: RatingsFormat = {},
): Ratings {
  const { rowIds, colIds, rows, cols, values } = parseEntries(bytes, source, format);
  return { rowIds, colIds, rows, cols, values };
}

/**
 * The ratings or the clicks in text, whichever `format.content` says or the file holds: clicks are
 * two columns, or more of which the header names a user and an item and nothing that could be a
 * rating. Otherwise as `parseRatings`, and with times where the format asks for them.
 *
 * @throws FormatError as `parseRatings`; where the file may hold either; where no column holds times.
 */
export function parseEntries(bytes: Uint8Array, source: string, format: RatingsFormat): EntryTable {
  const { dense, columns, delimiter, content = "ratings" } = format;
  const text = textOf(bytes, source, format.encoding);
  if (isMatrixMarket(text)) {
    if (columns || dense || delimiter !== undefined) {
      throw new FormatError(
        source,
        "a Matrix Market file has a layout of its own: leave out --columns, --dense and --delimiter",
      );
    }
    const { pattern, ...entries } = parseMatrixMarket(text, source);
    if (pattern && content === "ratings") {
      throw new FormatError(
        source,
        "Matrix Market: a pattern has no values: there must be a rating in every entry",
        1,
      );
    }
    return timeless(entries, source, pattern ? { ...format, content: "clicks" } : format);
  }
  const json = delimiter === undefined && isJsonLines(text);
  if (dense && json) throw new FormatError(source, "JSON Lines are not a table: leave out --dense");
  if (dense) return timeless(parseDense(text, source, format), source, format);
  const table = json
    ? parseJsonEntries(text, source, format)
    : parseTriplets(text, source, layoutOf(text, source, format));
  if (columns || table.kind === "clicks") return table;
  const values = doubtOfValues(table.values);
  const clicks = content === "either" ? ", or read only users and items with --clicks" : "";
  const doubt =
    values === undefined
      ? doubtOfFirst(table.rowIds, table.colIds, table.values[0], table.values.length)
      : `${values}${clicks}`;
  if (doubt !== undefined) throw new FormatError(source, doubt);
  return table;
}

/** The text of a file as UTF-8, without a byte order mark. */
export function textOf(
  bytes: Uint8Array,
  source: string,
  encoding: string | undefined,
): Uint8Array {
  let text: Uint8Array = plainBytes("parseRatings", "bytes", bytes);
  if (text.length === 0) throw new FormatError(source, "the file is empty");
  if (encoding !== undefined) text = toUtf8(text, encoding, source);
  refuseForeign(text, source);
  return startsWithByteOrderMark(text) ? text.subarray(3) : text;
}

/** Entries of a file that has no place for times or titles. */
function timeless(ratings: Ratings, source: string, format: RatingsFormat): EntryTable {
  if (format.times) {
    throw new FormatError(source, "it holds no times: the file must have a line for each entry");
  }
  const clicks = format.content === "clicks";
  const values = clicks ? new Float64Array(ratings.values.length).fill(1) : ratings.values;
  const kind = clicks ? "clicks" : "ratings";
  return { ...ratings, values, kind, times: undefined, titles: new Map() };
}

function parseTriplets(text: Uint8Array, source: string, layout: Layout): EntryTable {
  try {
    return readTriplets(text, source, layout);
  } catch (error) {
    if (!(error instanceof BackslashError)) throw error;
    try {
      return readTriplets(text, source, {
        ...layout,
        dialect: { ...layout.dialect, backslash: true },
      });
    } catch {
      throw error;
    }
  }
}

function readTriplets(text: Uint8Array, source: string, layout: Layout): EntryTable {
  const [rows, cols] = [new Interner(), new Interner()];
  const ratings = new NumberedRatings();
  const reader = new TripletReader(source, layout, rows, cols, ratings);
  reader.read(text, layout.start);
  const what = layout.clicks ? "clicks" : "ratings";
  if (ratings.count === 0) throw new FormatError(source, nothingIn(layout));
  return {
    ...ratings.finish(rows.strings, cols.strings),
    kind: what,
    times: layout.time === undefined ? undefined : Float64Array.from(reader.times),
    titles: reader.titles,
  };
}

/** What is said of a file without entries. */
export function nothingIn({ hasHeader, clicks }: Layout): string {
  const what = clicks ? "clicks" : "ratings";
  return hasHeader ? `a header and no ${what}` : `the file holds no ${what}`;
}

/** Reads the records of one layout, whose text may come in pieces. */
export class TripletReader {
  readonly times: number[] = [];
  readonly titles = new Map<string, string>();

  /** @param ratings - what takes the entries, by the numbers that the interners give. */
  constructor(
    readonly source: string,
    readonly layout: Layout,
    readonly rows: Interner,
    readonly cols: Interner,
    readonly ratings: Pick<NumberedRatings, "push">,
  ) {}

  /**
   * Reads the records that begin before `limit`: where the text is a piece, the longest record must fit
   * between there and its end. Returns where the next record, or what precedes it, begins.
   */
  read(text: Uint8Array, from: Position, limit = Number.POSITIVE_INFINITY): Position {
    const { dialect, fieldCount, clicks, time, title } = this.layout;
    const columns = [...this.layout.columns];
    const fieldOf = (column: number | undefined) =>
      column === undefined ? undefined : columns.push(column) - 1;
    const [timeField, titleField] = [fieldOf(time), fieldOf(title)];
    const reader = new RecordReader(text, this.source, dialect, from, columns);
    const { rows, cols, ratings, times, titles } = this;
    while (nextBefore(reader, limit)) {
      if (reader.fieldCount !== fieldCount) failCount(reader, text, this.layout);
      const known = cols.strings.length;
      const row = readId(reader, 0, rows);
      const col = readId(reader, 1, cols);
      ratings.push(row, col, clicks ? 1 : readRating(reader));
      if (timeField !== undefined) times.push(readTime(reader, timeField));
      if (titleField === undefined || col < known) continue;
      const shown = reader.text(titleField);
      if (shown !== "") titles.set(cols.strings[col], shown);
    }
    return { byte: reader.start, line: reader.line };
  }
}

/** Steps to the next record unless it begins at the limit or after: what is wrong with it may be its end. */
function nextBefore(reader: RecordReader, limit: number): boolean {
  try {
    return reader.next() && reader.start < limit;
  } catch (error) {
    if (reader.start >= limit) return false;
    throw error;
  }
}

function readTime(reader: RecordReader, field: number): number {
  const text = reader.text(field);
  const time = timeOf(text);
  if (time !== undefined) return time;
  reader.fail(
    `${quote(text)} is not a time: it must be a number, or a date such as 2024-01-31 12:00:00`,
  );
}

function failCount(reader: RecordReader, text: Uint8Array, { fieldCount, dialect }: Layout): never {
  const { fieldCount: found } = reader;
  const mark = String.fromCharCode(text[reader.start]);
  if (mark === "#" || mark === "%") {
    reader.fail("a comment among the ratings: comments may only precede them");
  }
  reader.fail(
    `${columnCount(found)} and the first record has ${fieldCount}: every record must have as ` +
      `many, and a field that holds ${quote(dialect.delimiter)} must be quoted`,
  );
}

function readId(reader: RecordReader, field: 0 | 1, interner: Interner): number {
  const start = reader.starts[field];
  const end = reader.ends[field];
  if (start === end) reader.fail(`the ${field === 0 ? "row" : "column"} id is empty`);
  return interner.intern(reader.source[field], start, end);
}

function readRating(reader: RecordReader): number {
  const value = parseDecimal(reader.source[2], reader.starts[2], reader.ends[2]);
  if (Math.abs(value) <= largestRating) return value;
  const text = reader.text(2);
  reader.fail(whyNotRating(text) ?? `rating ${quote(text)} is too long`);
}
