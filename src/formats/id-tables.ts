// Small tables beside the ratings: titles of items, and what one user has done.
import { quote } from "../check/describe.js";
import { plainBytes } from "./bytes.js";
import { evenRecords, isClickHeader } from "./click-layout.js";
import { clickColumnsOf, namesRowOrColumn, ratingByName, titleColumnOf } from "./column-names.js";
import { isDecimal } from "./decimal.js";
import { detect, records, type SampleRecord } from "./dialect.js";
import { startsWithByteOrderMark, toUtf8 } from "./encoding.js";
import { FormatError } from "./errors.js";
import { foreignFile } from "./foreign-file.js";
import { readPreamble } from "./preamble.js";
import { columnCount } from "./rating-layout.js";
import { whyNotRating } from "./rating-list.js";

/** What the user says of such a table. */
export interface IdTableFormat {
  delimiter?: string;
  encoding?: string;
}

/**
 * The titles of items: an id and a title in each record, by the header's names or in the first two
 * columns. Of several titles of an id the first one counts.
 *
 * @throws FormatError with the line: a record of one column, an empty id, malformed text.
 */
export function parseTitles(
  bytes: Uint8Array,
  source: string,
  format: IdTableFormat,
): Map<string, string> {
  const [first, ...rest] = recordsOf(bytes, source, format);
  const named = titleColumns(first.fields);
  const [id, title] = named ?? [0, 1];
  const titles = new Map<string, string>();
  for (const { line, fields } of named === undefined ? [first, ...rest] : rest) {
    const fail = (reason: string): never => {
      throw new FormatError(source, reason, line);
    };
    if (fields.length < 2) fail(`${columnCount(fields.length)}: it must be an id and a title`);
    const key = fields[id] ?? "";
    if (key === "") fail("the id is empty");
    const text = fields[title] ?? "";
    if (text !== "" && !titles.has(key)) titles.set(key, text);
  }
  return titles;
}

/** Where a header names ids and titles. */
function titleColumns(names: readonly string[]): [id: number, title: number] | undefined {
  const title = names.findIndex((_, column) => titleColumnOf(names, -1) === column);
  const id = idColumnOf(names);
  return title >= 0 && id >= 0 ? [id, title] : undefined;
}

/** The column of ids, where a header names one beside that of titles; else -1. */
export function idColumnOf(names: readonly string[]): number {
  const title = titleColumnOf(names, -1);
  return names.findIndex(
    (name, column) =>
      column !== title && (name.trim().toLowerCase() === "id" || namesRowOrColumn(name)),
  );
}

/**
 * A list of item ids: those of the column that a header names, otherwise the first field of each
 * record.
 *
 * @throws FormatError with the line: an empty id, malformed text.
 */
export function parseIds(bytes: Uint8Array, source: string, format: IdTableFormat): string[] {
  const [first, ...rest] = recordsOf(bytes, source, format);
  const named = first.fields.findIndex(namesRowOrColumn);
  return (named < 0 ? [first, ...rest] : rest).map(({ line, fields }) => {
    const id = fields[Math.max(named, 0)] ?? "";
    if (id !== "") return id;
    throw new FormatError(source, "the item id is empty", line);
  });
}

/** What one user has done: items, and where the file has them, ratings. */
export interface HistoryTable {
  readonly colIds: readonly string[];
  readonly values: readonly number[] | undefined;
}

/**
 * The history of one user: an item in each record, before it perhaps the user, after it perhaps a
 * rating. Two columns are item and rating where `rated`, otherwise user and item.
 *
 * @throws FormatError with the line: a second user, an empty id, a rating that is not a number.
 */
export function parseHistory(
  bytes: Uint8Array,
  source: string,
  format: IdTableFormat,
  rated: boolean,
): HistoryTable {
  const all = recordsOf(bytes, source, format);
  const [first, ...rest] = all;
  const layout = historyColumns(first, rest, rated);
  const { user, item, rating } = layout;
  const colIds: string[] = [];
  const values: number[] = [];
  let owner: string | undefined;
  for (const { line, fields } of layout.hasHeader ? rest : all) {
    const fail = (reason: string): never => {
      throw new FormatError(source, reason, line);
    };
    if (fields.length !== first.fields.length) {
      fail(`${columnCount(fields.length)} and the first record has ${first.fields.length}`);
    }
    if (user !== undefined) {
      owner ??= fields[user];
      if (fields[user] !== owner) {
        fail(`user ${quote(fields[user])} after ${quote(owner)}: the history must be of one user`);
      }
    }
    if (fields[item] === "") fail("the item id is empty");
    colIds.push(fields[item]);
    if (rating === undefined) continue;
    const reason = whyNotRating(fields[rating]);
    if (reason !== undefined) fail(reason);
    values.push(Number(fields[rating]));
  }
  if (colIds.length === 0) throw new FormatError(source, "a header and no items");
  return { colIds, values: rating === undefined ? undefined : values };
}

interface HistoryColumns {
  hasHeader: boolean;
  user: number | undefined;
  item: number;
  rating: number | undefined;
}

function historyColumns(
  { fields }: SampleRecord,
  rest: readonly SampleRecord[],
  rated: boolean,
): HistoryColumns {
  const count = fields.length;
  if (count === 1) {
    return { hasHeader: namesRowOrColumn(fields[0]), user: undefined, item: 0, rating: undefined };
  }
  const rating = ratingByName(fields);
  const columns = clickColumnsOf(fields);
  if (rating === undefined && count === 2 && rated) {
    return { hasHeader: false, user: undefined, item: 0, rating: 1 };
  }
  if (typeof columns !== "string" && isClickHeader(fields, rest)) {
    return { hasHeader: true, user: columns[0], item: columns[1], rating };
  }
  if (rating !== undefined) {
    const item = fields.findIndex((name, c) => c !== rating && namesRowOrColumn(name));
    return {
      hasHeader: true,
      user: undefined,
      item: item < 0 ? 1 - Math.min(rating, 1) : item,
      rating,
    };
  }
  const isRated = count > 2 && [fields, ...rest.map((one) => one.fields)].every(ratedThird);
  return { hasHeader: false, user: 0, item: 1, rating: isRated ? 2 : undefined };
}

const ratedThird = (fields: readonly string[]) => isDecimal(fields[2] ?? "");

/** Every record as text; at least one. */
export function recordsOf(
  given: Uint8Array,
  source: string,
  { delimiter, encoding }: IdTableFormat,
): SampleRecord[] {
  let text: Uint8Array = plainBytes("records", source, given);
  if (encoding !== undefined) text = toUtf8(text, encoding, source);
  const foreign = foreignFile(text);
  if (foreign !== undefined) throw new FormatError(source, foreign);
  if (startsWithByteOrderMark(text)) text = text.subarray(3);
  const preamble = readPreamble(text);
  // White space splits titles: only who asks for it has it.
  const dialect = detect(text, source, preamble, delimiter, (records, mark) =>
    mark === " " ? 0 : evenRecords(records, mark),
  );
  const found = [...records(text, source, dialect, preamble.start)];
  if (found.length === 0) throw new FormatError(source, "the file is empty");
  return found;
}
