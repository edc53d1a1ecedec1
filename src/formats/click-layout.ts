// Files without ratings, with a user and an item in each record: how they differ from ratings, and what
// their header looks like.
import { listNames } from "../check/describe.js";
import { clickColumnsOf, namesClicks, namesRowOrColumn } from "./column-names.js";
import { isDecimal } from "./decimal.js";
import { detect, type SampleRecord, sample } from "./dialect.js";
import { FormatError } from "./errors.js";
import type { Preamble } from "./preamble.js";
import { isInteger } from "./rating-checks.js";

/** Records that are looked at. */
const looked = 200;
const isDecimalComma = (text: string) => /^[+-]?\d+,\d+$/.test(text);

/**
 * Records with as many fields as the first one, which must be several. White space splits titles too,
 * so that any other delimiter is better.
 */
export function evenRecords(records: readonly SampleRecord[], delimiter: string): number {
  const count = records[0]?.fields.length ?? 0;
  if (count < 2) return 0;
  const even = records.filter(({ fields }) => fields.length === count).length;
  return 8 * even + (delimiter === " " ? 0 : Math.min(count, 7));
}

/**
 * Whether the records are of two columns, or of more whose header names a user and an item and
 * nothing that could be a rating.
 *
 * @param rated - the records under the delimiter that makes most ratings of them.
 * @throws FormatError when they read as ratings just as well.
 */
export function holdsClicks(
  bytes: Uint8Array,
  source: string,
  preamble: Preamble,
  delimiter: string | undefined,
  rated: readonly SampleRecord[],
): boolean {
  const dialect = detect(bytes, source, preamble, delimiter, evenRecords);
  const records = sample(bytes, source, dialect, preamble.start, looked);
  const [first, ...body] = records;
  if (first === undefined) return false;
  if (first.fields.length > 2)
    return namesClicks(first.fields) && isClickHeader(first.fields, body);
  if (first.fields.length < 2) return false;
  const data = rated.length > 1 ? rated.slice(1) : rated;
  const third = data.map(({ fields }) => fields[2] ?? "");
  if (third.every(isDecimalComma)) return false;
  if (!third.every(isDecimal)) return true;
  // A header of two names above three columns: the same delimiter makes ratings.
  if (rated[0].fields.length === 2) return false;
  throw new FormatError(
    source,
    "it may be users and items, or users, items and ratings separated by something else: say what " +
      "separates the columns with --delimiter",
    first.line,
  );
}

/** Names, not ids: of a user and an item, or above ids that are numbers. */
export function isClickHeader(names: readonly string[], body: readonly SampleRecord[]): boolean {
  if (names.some(isDecimal)) return false;
  const columns = clickColumnsOf(names);
  if (typeof columns === "string") return false;
  if (columns.every((column) => namesRowOrColumn(names[column]))) return true;
  const numbered = (column: number) => body.every(({ fields }) => isInteger(fields[column] ?? ""));
  return body.length > 0 && columns.some(numbered);
}

/** Why two columns are not of users and items; undefined when they may be. */
export function doubtOfClicks(records: readonly (readonly string[])[]): string | undefined {
  const second = records.map((fields) => fields[1]);
  if (!second.every(isDecimal) || second.every(isInteger)) return undefined;
  const shown = second.filter((text) => !isInteger(text));
  return `column 2 holds numbers with fractions, which are not ids: ${listNames(shown.slice(0, 2))}`;
}

/** Seconds or milliseconds since 1970, of the last fifty years. */
const isTime = (text: string) => isInteger(text) && Number(text) >= 1e8 && Number(text) < 1e13;

/** The one column beside the others that holds nothing but times, where no header says it. */
export function timeByLook(
  records: readonly (readonly string[])[],
  columns: readonly number[],
): number | undefined {
  const others = records[0].map((_, c) => c).filter((c) => !columns.includes(c));
  const times = others.filter((c) => records.every((fields) => isTime(fields[c] ?? "")));
  return times.length === 1 ? times[0] : undefined;
}
