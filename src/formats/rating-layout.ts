// How a file of ratings or clicks is laid out, by its first records: what precedes them, and which
// columns are the user, the item and the rating.
import { listNames, quote } from "../check/describe.js";
import {
  doubtOfClicks,
  evenRecords,
  holdsClicks,
  isClickHeader,
  timeByLook,
} from "./click-layout.js";
import {
  clickColumnsOf,
  columnsOf,
  columnsOption,
  namesRowOrColumn,
  ratingByName,
  timeColumnOf,
  titleColumnOf,
} from "./column-names.js";
import { isDecimal } from "./decimal.js";
import { detect, type SampleRecord, sample } from "./dialect.js";
import { FormatError } from "./errors.js";
import { type Preamble, readPreamble } from "./preamble.js";
import {
  countsLines,
  doubtOf,
  doubtOfIds,
  isMissing,
  looksDense,
  looksPivoted,
} from "./rating-checks.js";
import type { Dialect, Position } from "./records.js";

/** What the user says of a file; what is left out is found in the file. */
export interface RatingsFormat {
  /**
   * What the records hold: ratings, clicks (a user and an item), or whichever it is.
   * @defaultValue "ratings"
   */
  content?: "ratings" | "clicks" | "either";
  /** The column of times is needed: which records came first. */
  times?: boolean;
  /**
   * User, item and rating, of clicks user and item, and then perhaps a time: names in the header, or
   * numbers counted from 1.
   */
  columns?: readonly string[];
  /** What separates the fields; " " is any white space. */
  delimiter?: string;
  /** A name of the web's encoding standard. @defaultValue UTF-8 */
  encoding?: string;
  /** The file is a table: a line for each row, a column for each column. */
  dense?: boolean;
  /** With `dense`: what stands for an unknown cell, beside nothing, NA, NaN and null. */
  missing?: string;
}

export interface Layout {
  dialect: Dialect;
  /** Where the ratings start. */
  start: Position;
  hasHeader: boolean;
  /** Fields of every record; undefined where there is none that can be read. */
  fieldCount: number | undefined;
  /** Whether there are no ratings. */
  clicks: boolean;
  /** Where user, item and, unless it is of clicks, rating stand. */
  columns: readonly number[];
  /** Where times and titles of items stand. */
  time: number | undefined;
  title: number | undefined;
}

/** Records by which the columns are judged. */
const sampleRecords = 200;
const wanted =
  "row id, column id and rating, separated by comma, semicolon, tab, pipe, :: or white space " +
  "(or what --delimiter says)";

const wantedClicks = "user and item, separated by comma, semicolon, tab, pipe, :: or white space";
const timesOption = "say which with --columns USER,ITEM,RATING,TIME";
const clickTimesOption = "say which with --columns USER,ITEM,TIME";

const withDense = "read a table with a column for each item with --dense";

/** @throws FormatError when the columns are not clear. */
export function layoutOf(bytes: Uint8Array, source: string, format: RatingsFormat): Layout {
  const preamble = readPreamble(bytes);
  const { delimiter } = format;
  const ratings = () =>
    detect(bytes, source, preamble, delimiter, (records) =>
      ratingsIn(records, format.columns?.[2]),
    );
  const records = (dialect: Dialect) =>
    sample(bytes, source, dialect, preamble.start, sampleRecords);
  const clicks =
    format.content === "clicks" ||
    format.columns?.length === 2 ||
    (format.content === "either" &&
      format.columns === undefined &&
      holdsClicks(bytes, source, preamble, delimiter, records(ratings())));
  const dialect = clicks ? detect(bytes, source, preamble, delimiter, evenRecords) : ratings();
  const first = records(dialect);
  checkComment(first, preamble, source);
  const header = headerOf(first, preamble, dialect, format, clicks ? isClickHeader : isHeader);
  const body = header === first[0] ? first.slice(1) : first;
  const start = header !== undefined && header === first[0] ? header.next : preamble.start;
  const known = { dialect, start, hasHeader: header !== undefined, clicks };
  // What cannot be read is reported by who reads on.
  if (body.length === 0) {
    const columns = clicks ? [0, 1] : [0, 1, 2];
    return { ...known, fieldCount: undefined, columns, time: undefined, title: undefined };
  }
  const judge = new Judge(source, header, body, format, clicks);
  return { ...known, fieldCount: body[0].fields.length, ...judge.columns() };
}

/** Records with a rating. Without any the first record's fields decide, so that its message fits. */
function ratingsIn(records: readonly SampleRecord[], column: string | undefined): number {
  if (records.length === 0) return 0;
  const names = records[0].fields;
  const place = column === undefined ? ratingByName(names) : placeOf(names, column);
  const ratings = records.filter(({ fields }) => isDecimal(fields[place ?? 2] ?? ""));
  return 4 * ratings.length + Math.min(names.length, 3);
}

/** "#1,Alien,5" may be a rating by user #1 or one that was commented out. */
function checkComment(records: readonly SampleRecord[], preamble: Preamble, source: string): void {
  const mark = preamble.doubtfulMark;
  if (mark === undefined || records.length === 0) return;
  if (records.slice(1).some(({ fields }) => fields[0].startsWith(mark))) return;
  throw new FormatError(
    source,
    `this line begins with ${mark} and reads as a rating: quote the id, or remove the comment`,
    records[0].line,
  );
}

/** The first record where it holds names, or a comment before it that does. */
function headerOf(
  records: readonly SampleRecord[],
  preamble: Preamble,
  dialect: Dialect,
  { columns }: RatingsFormat,
  isNames: typeof isHeader,
): SampleRecord | undefined {
  if (records.length === 0) return undefined;
  const [first, ...body] = records;
  const { lastComment } = preamble;
  if (lastComment !== undefined) {
    const text = new TextEncoder().encode(lastComment.text);
    const [names] = sample(text, "", dialect, { byte: 0, line: lastComment.line }, 1);
    const fits = names?.fields.length === first.fields.length;
    if (fits && !isNames(first.fields, body) && isNames(names.fields, records)) return names;
  }
  const named = columns?.some((name) => !isNumber(name));
  return named || isNames(first.fields, body) ? first : undefined;
}

/** Names, not data: none of them is a number, and they do not come again. */
function isHeader(names: readonly string[], body: readonly SampleRecord[]): boolean {
  if (names[0] === "" && names.length > 3 && countsLines(names.slice(1))) return true;
  const shown = names.filter((name) => name !== "");
  if (shown.length < 3) return false;
  if (shown.some(isDecimal)) return false;
  if (ratingByName(names) !== undefined) return true;
  if (shown.some((name) => isMissing(name) || /^[+-]?(inf|infinity)$/i.test(name))) return false;
  const again = body.some(({ fields }) => fields[0] === names[0] || fields[1] === names[1]);
  return !again && names.slice(0, 3).every((name) => !/^[+-]?[\d.]|^[+-]/.test(name));
}

const isNumber = (column: string) => /^\d+$/.test(column);

/** Where a column is that was asked for, by number from 1 or by name; undefined where it is not. */
export function placeOf(names: readonly string[], column: string): number | undefined {
  if (isNumber(column)) {
    const place = Number(column) - 1;
    return place >= 0 && place < names.length ? place : undefined;
  }
  const exact = names.indexOf(column);
  const plain = (text: string) => text.trim().toLowerCase();
  const place = exact >= 0 ? exact : names.findIndex((name) => plain(name) === plain(column));
  return place >= 0 ? place : undefined;
}

/** Decides which columns are which, or says why it cannot. */
class Judge {
  constructor(
    readonly source: string,
    readonly header: SampleRecord | undefined,
    readonly body: readonly SampleRecord[],
    readonly format: RatingsFormat,
    readonly clicks: boolean,
  ) {}

  columns(): Pick<Layout, "columns" | "time" | "title"> {
    const { header, body, format } = this;
    const count = body[0].fields.length;
    const [needed, what] = this.clicks ? [2, wantedClicks] : [3, wanted];
    if (count < needed) this.#fail(`${columnCount(count)}: it must be ${what}`);
    const names = header && this.#namesFor(header.fields);
    const given = format.columns && this.#given(format.columns, names ?? body[0].fields);
    const columns = given?.slice(0, needed) ?? this.#found(names);
    const rounded = doubtOfIds(this.#evenRecords(), columns);
    if (rounded !== undefined) this.#fail(rounded);
    return {
      columns,
      time: format.times ? (given?.[needed] ?? this.#time(names, columns)) : undefined,
      title: names && titleColumnOf(names, columns[1]),
    };
  }

  /** By the header, or the first ones. */
  #found(names: readonly string[] | undefined): number[] {
    const { header, clicks } = this;
    const records = this.#evenRecords();
    if (names === undefined) {
      const doubt = clicks ? doubtOfClicks(records) : (doubtOf(records) ?? this.#headerOfNumbers());
      return doubt === undefined ? (clicks ? [0, 1] : [0, 1, 2]) : this.#fail(doubt);
    }
    if (clicks) {
      const found = clickColumnsOf(names);
      return typeof found === "string" ? this.#fail(found, header) : found;
    }
    const found = columnsOf(names);
    if (typeof found === "string") {
      return this.#fail(looksDense(records) ? `${found}; ${withDense}` : found, header);
    }
    if (!found.sure && looksPivoted(records)) {
      this.#fail(
        `the header ${listNames(names)} does not name the rating: ${columnsOption}; ${withDense}`,
        header,
      );
    }
    return found.columns;
  }

  #time(names: readonly string[] | undefined, columns: readonly number[]): number {
    const option = this.clicks ? clickTimesOption : timesOption;
    const time = names ? timeColumnOf(names) : timeByLook(this.#evenRecords(), columns);
    if (time !== undefined && !columns.includes(time)) return time;
    return this.#fail(
      names
        ? `the header ${listNames(names)} does not name the time: ${option}`
        : `no column holds times (seconds since 1970): ${option}`,
      this.header,
    );
  }

  /** "user,1,2,3": an item's number above each column. */
  #headerOfNumbers(): string | undefined {
    const [first, ...rest] = this.body[0].fields;
    const numbered = rest.every((name) => isDecimal(name) || namesRowOrColumn(name));
    if (!namesRowOrColumn(first) || !numbered) return undefined;
    return "this looks like the header of a table with a column for each item: read it with --dense";
  }

  #given(columns: readonly string[], names: readonly string[]): number[] {
    const places = columns.map((column) => {
      const place = placeOf(names, column);
      if (place !== undefined) return place;
      return this.#fail(
        isNumber(column)
          ? `${columnCount(names.length)}: there is no column ${column}`
          : `there is no column ${quote(column)}: there are ${listNames(names)}`,
        this.header,
      );
    });
    if (new Set(places).size === places.length) return places;
    return this.#fail(`--columns names one column twice (${columns.join(",")}): they must differ`);
  }

  /** The header's names, one for each field of the records. */
  #namesFor(names: readonly string[]): string[] {
    const [first] = this.body;
    const count = first.fields.length;
    if (names.length === count) return [...names];
    const spare = names.slice(count);
    if (names.length > count && spare.every((name) => name === "")) return names.slice(0, count);
    if (names.length + 1 === count) {
      const records = this.body.map(({ fields }) => fields);
      const all = (holds: (fields: string[]) => boolean) =>
        records.every((fields) => fields.length === count && holds(fields));
      if (all((fields) => fields[count - 1] === "")) return [...names, ""];
      // Data frames of R have a column more than names: the names of the lines.
      const counts = records.length > 2 && countsLines(records.map((fields) => fields[0]));
      if (counts && all(() => true)) return ["", ...names];
    }
    return this.#fail(
      `${columnCount(count)} and the header has ${names.length}: a field that holds the ` +
        "delimiter, as a decimal comma, must be quoted",
      first,
    );
  }

  /** The records that have as many fields as the first one. */
  #evenRecords(): string[][] {
    const records = this.body.map(({ fields }) => fields);
    return records.filter((fields) => fields.length === records[0].length);
  }

  #fail(reason: string, { line }: { line: number } = this.body[0]): never {
    throw new FormatError(this.source, reason, line);
  }
}

/** "1 column", "3 columns" */
export function columnCount(count: number): string {
  return count === 1 ? "1 column" : `${count} columns`;
}
