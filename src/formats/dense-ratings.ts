// Tables with a line for each row and a column for each column: pivots, and bare matrices.
import { listNames, quote } from "../check/describe.js";
import { columnsOf, namesRowOrColumn, ratingByName } from "./column-names.js";
import { isDecimal } from "./decimal.js";
import { detect, records, type SampleRecord, sample } from "./dialect.js";
import { FormatError } from "./errors.js";
import { readPreamble } from "./preamble.js";
import { countsLines, isInteger, isMissing } from "./rating-checks.js";
import { columnCount, placeOf, type RatingsFormat } from "./rating-layout.js";
import { RatingList, type Ratings, whyNotRating } from "./rating-list.js";

/** Records by which header and ids are judged. */
const sampleRecords = 200;
const sayColumns =
  "pass --columns 1 where column 1 holds the row ids, --columns none where every column holds " +
  "ratings, --columns none,2 to begin with column 2";

/** How a table is laid out. */
interface Table {
  hasHeader: boolean;
  /** Names of all columns. */
  names: readonly string[];
  /** Where the row ids are; undefined where the lines count. */
  idColumn: number | undefined;
  /** The first column of ratings. */
  from: number;
}

/**
 * The known cells of a table. The header names the columns, otherwise they are numbered from 1; the
 * row ids are in the first column, otherwise the lines are numbered from 1. `format.columns` says
 * what is not clear: the column of the row ids or "none", then the first column of ratings.
 *
 * @throws FormatError with the line: lines of different lengths, a cell that is neither a number nor
 *   missing, an id that comes twice, a layout that is not clear; without a line when there are no
 *   ratings.
 */
export function parseDense(text: Uint8Array, source: string, format: RatingsFormat): Ratings {
  const preamble = readPreamble(text);
  const dialect = detect(text, source, preamble, format.delimiter, decimalCells);
  const first = sample(text, source, dialect, preamble.start, sampleRecords);
  const table = tableOf(first, source, format);
  const list = new RatingList();
  const rows = new Set<string>();
  let header = table.hasHeader;
  for (const { line, fields } of records(text, source, dialect, preamble.start)) {
    if (header) {
      header = false;
      continue;
    }
    const fail = (reason: string): never => {
      throw new FormatError(source, reason, line);
    };
    const { names, idColumn, from } = table;
    if (fields.length !== names.length) {
      fail(`${columnCount(fields.length)} and the others have ${names.length}`);
    }
    const id = idColumn === undefined ? String(rows.size + 1) : fields[idColumn];
    if (id === "") fail("the row id is empty");
    if (rows.has(id)) fail(`the row id ${quote(id)} comes twice`);
    rows.add(id);
    for (let c = from; c < fields.length; c++) {
      if (c === idColumn || isUnknown(fields[c], format.missing)) continue;
      const reason = whyNotRating(fields[c]);
      if (reason !== undefined) fail(`${reason} (column ${c + 1}, ${quote(names[c])})`);
      list.push(id, names[c], Number(fields[c]));
    }
  }
  if (list.count > 0) return list.finish();
  throw new FormatError(source, "the table holds no ratings");
}

function decimalCells(first: readonly SampleRecord[]): number {
  return first.reduce((sum, { fields }) => sum + fields.filter(isDecimal).length, 0);
}

function isUnknown(cell: string, missing: string | undefined): boolean {
  if (isMissing(cell) || cell === missing) return true;
  const numbers = missing !== undefined && isDecimal(missing) && isDecimal(cell);
  return numbers && Number(missing) === Number(cell);
}

function tableOf(first: readonly SampleRecord[], source: string, format: RatingsFormat): Table {
  if (first.length === 0) return { hasHeader: false, names: [], idColumn: undefined, from: 0 };
  const fail = (reason: string, { line } = first[0]): never => {
    throw new FormatError(source, reason, line);
  };
  const known = (cell: string) => !isUnknown(cell, format.missing);
  const [, highest] = extentOf(
    first.slice(1).map(({ fields }) => fields),
    known,
  );
  const hasHeader = isHeader(first, highest, fail);
  const body = first.slice(hasHeader ? 1 : 0).map(({ fields }) => fields);
  if (body.length === 0) fail("a header and no ratings");
  const names = namesOf(hasHeader ? first[0].fields : undefined, body[0].length, fail);
  if (hasHeader && ratingByName(names) !== undefined && typeof columnsOf(names) !== "string") {
    fail(`the header ${listNames(names)} names a rating on each line: leave out --dense`);
  }
  if (format.columns) return { hasHeader, names, ...givenColumns(format.columns, names, fail) };
  const hasIds = holdsIds(body, hasHeader ? names[0] : undefined, known);
  if (hasIds === undefined) fail(`is column 1 a row id or a rating? ${sayColumns}`);
  return { hasHeader, names, ...(hasIds ? { idColumn: 0, from: 1 } : noIds) };
}

const noIds = { idColumn: undefined, from: 0 };

function isHeader(
  [{ fields: names }, ...body]: readonly SampleRecord[],
  highest: number,
  fail: (reason: string) => never,
): boolean {
  const [corner, ...others] = names;
  if (!others.every((name) => isDecimal(name) || isMissing(name))) return true;
  if (isDecimal(corner)) return names.length > 3 && countsLines(names);
  if (corner !== "") {
    const numbered = body.length > 0 && body.every(({ fields }) => isDecimal(fields[0]));
    return numbered || namesRowOrColumn(corner);
  }
  // A pivot of numbered columns, or a line whose first cell is unknown.
  if (new Set(others).size < others.length || !others.every(isInteger)) return false;
  if (others.some((name) => Number(name) > highest)) return true;
  return fail("is this a header or ratings? write a name, or NA, into its first field");
}

function namesOf(
  header: readonly string[] | undefined,
  count: number,
  fail: (reason: string) => never,
): string[] {
  if (header === undefined) return Array.from({ length: count }, (_, c) => String(c + 1));
  // Data frames of R have a column more than names: the row ids.
  const names = header.length + 1 === count ? ["", ...header] : [...header];
  if (names.length !== count) fail(`${columnCount(names.length)} and the next line has ${count}`);
  const twice = names.find((name, c) => names.indexOf(name) < c);
  if (twice !== undefined) fail(`the column ${quote(twice)} comes twice`);
  return names;
}

function givenColumns(
  [ids, begin]: readonly string[],
  names: readonly string[],
  fail: (reason: string) => never,
) {
  const place = (column: string) =>
    placeOf(names, column) ?? fail(`there is no column ${quote(column)}`);
  const idColumn = ids.toLowerCase() === "none" ? undefined : place(ids);
  return { idColumn, from: begin === undefined ? 0 : place(begin) };
}

/** Whether the first column holds row ids and not ratings; undefined where it may be both. */
function holdsIds(
  body: readonly string[][],
  name: string | undefined,
  known: (cell: string) => boolean,
): boolean | undefined {
  const ids = body.map(([id]) => id);
  if (ids.some((id) => !isDecimal(id) && !isMissing(id))) return true;
  if (name === "" || (name !== undefined && /^(unnamed.*|index|id|name)$/i.test(name))) return true;
  if (name !== undefined && namesRowOrColumn(name)) return true;
  if (!ids.every((id) => isInteger(id) || isMissing(id))) return false;
  const [low, high] = extentOf(body, known);
  const likeTheOthers = ids.every((id) => !known(id) || (Number(id) >= low && Number(id) <= high));
  const allDifferent = ids.every(isInteger) && new Set(ids).size === ids.length;
  return likeTheOthers && !allDifferent ? false : undefined;
}

/** The least and the largest number behind the first column: too many, in a wide table, to spread. */
function extentOf(
  body: readonly string[][],
  known: (cell: string) => boolean,
): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [, ...cells] of body) {
    for (const cell of cells) {
      if (!known(cell)) continue;
      low = Math.min(low, Number(cell));
      high = Math.max(high, Number(cell));
    }
  }
  return [low, high];
}
