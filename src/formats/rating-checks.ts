// Whether columns can be what they are taken for. A file in another layout is often readable as
// ratings too; what looks like times, ids or a whole table is refused instead of trained on.
import { columnsOption } from "./column-names.js";
import { isDecimal } from "./decimal.js";

type Record = readonly string[];

/** What tables write where a value is unknown. */
export function isMissing(text: string): boolean {
  return /^(|na|n\/a|#n\/a|nan|null|none|nil|missing|unknown|\\n|\?|-)$/i.test(text);
}

const isNumberOrMissing = (text: string) => isDecimal(text) || isMissing(text);

export function isInteger(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}

const column = (records: readonly Record[], c: number) => records.map((fields) => fields[c]);
const distinct = (texts: readonly string[]) => new Set(texts).size;

/** With this many columns of nothing but numbers, a file without a header is a whole table. */
const wideTable = 6;
/** With fewer records, how often values occur says nothing. */
const fewRecords = 20;
/** So many scores of 0 .. 100 are never all different; ids are. */
const manyRecords = 100;

/**
 * A table with a line for each user and a column for each item: numbers in every column but the
 * first, many of them or all of one size.
 */
export function looksDense(records: readonly Record[]): boolean {
  const count = records[0].length;
  if (count < 4) return false;
  const all = Array.from({ length: count }, (_, c) => c);
  const numeric = all.filter((c) => column(records, c).every(isNumberOrMissing));
  if (numeric.length < count - 1 || (numeric.length < count && numeric[0] === 0)) return false;
  if (count >= wideTable) return true;
  const sizes = numeric.map((c) =>
    Math.max(...column(records, c).map((x) => Math.abs(Number(x)) || 0)),
  );
  return Math.max(...sizes) <= 10 * Math.min(...sizes);
}

/** A line for each user, where the names in the header do not tell a rating from an item. */
export function looksPivoted(records: readonly Record[]): boolean {
  const others = records.every((fields) => fields.slice(1).every(isNumberOrMissing));
  return others && records.length > 1 && distinct(column(records, 0)) === records.length;
}

/**
 * Why the first three columns of records without a header are not user, item and rating; undefined
 * when they may be.
 */
export function doubtOf(records: readonly Record[]): string | undefined {
  const count = records[0].length;
  if (looksDense(records)) {
    return (
      `${count} columns of numbers look like a table with a column for each item: read it ` +
      "with --dense, or pass --columns 1,2,3 where these are user, item and rating"
    );
  }
  if (records.length < fewRecords) return undefined;
  if (count > 3 && countsLines(column(records, 0))) {
    return `column 1 counts the lines: ${columnsOption}`;
  }
  const third = column(records, 2);
  if (!third.every(isInteger) || distinct(third) <= fewRecords) return undefined;
  const like = `column 3 looks like ids (integers, ${distinct(third)} different ones in ${records.length} lines)`;
  if (records.length >= manyRecords && distinct(third) === records.length)
    return `${like}: ${columnsOption}`;
  for (let c = 3; c < count; c++) {
    const values = column(records, c);
    const kinds = distinct(values);
    if (kinds > 2 && kinds <= fewRecords && values.every(isDecimal)) {
      return `${like} and column ${c + 1} like ratings: ${columnsOption}`;
    }
  }
  return undefined;
}

/** 0, 1, 2 or 1, 2, 3: the index that data frames write. */
export function countsLines(texts: readonly string[]): boolean {
  const first = Number(texts[0]);
  return (first === 0 || first === 1) && texts.every((text, i) => text === String(first + i));
}

/** Ids that a spreadsheet or NumPy has rounded: 1.20564E+18. */
export function doubtOfIds(records: readonly Record[], columns: readonly number[]) {
  for (const c of columns.slice(0, 2)) {
    const id = column(records, c).find((text) => /^[+-]?\d\.\d+e[+-]?\d+$/i.test(text));
    if (id !== undefined) {
      return `column ${c + 1} holds ids that were rounded, as ${id}: write them as integers or text`;
    }
  }
  return undefined;
}

/** Values that are looked at. */
const sampleSize = 1000;

/** Why values cannot be ratings; undefined when they may be. */
export function doubtOfValues(values: Float64Array): string | undefined {
  if (values.length < 3) return undefined;
  const size = Math.min(values.length, sampleSize);
  const looked = Array.from({ length: size }, (_, i) => {
    return values[Math.floor((i * values.length) / size)];
  });
  // Seconds since 1970 have ten digits, days as 20240131 eight, ids of shops seven and more.
  const large = looked.filter((value) => value >= 1e6 && value <= Number.MAX_SAFE_INTEGER);
  if (2 * large.length <= looked.length) return undefined;
  return (
    "the column of ratings looks like timestamps or ids " +
    `(${large[0]}, ${large[1]}, ...): ${columnsOption}`
  );
}

/**
 * Why ratings of which most repeat a pair may be of other columns: of "rating,user,item", say.
 *
 * @param values - those of the ratings; each may come once only.
 */
export function doubtOfPairs(
  pairs: number,
  count: number,
  values: Iterable<number>,
): string | undefined {
  if (2 * pairs >= count || count < fewRecords) return undefined;
  const kinds = new Set<number>();
  for (const value of values) {
    if (!Number.isInteger(value)) return undefined;
    if (kinds.add(value).size > fewRecords) {
      return (
        `${count} ratings of ${pairs} different pairs of user and item look like other ` +
        `columns: ${columnsOption}`
      );
    }
  }
  return undefined;
}

/** Why the first line is not a rating: "50 30 597" before 597 lines of a 50 x 30 matrix. */
export function doubtOfFirst(
  rowIds: readonly string[],
  colIds: readonly string[],
  first: number,
  count: number,
): string | undefined {
  const others = count - 1;
  if (others < 2 || first !== others) return undefined;
  const within = (ids: readonly string[]) => ids.every((id) => Number(id) <= Number(ids[0]));
  if (!within(rowIds) || !within(colIds)) return undefined;
  return (
    `the first line (${rowIds[0]}, ${colIds[0]}, ${others}) looks like the sizes of the matrix and ` +
    `the number of its ${others} entries: remove it`
  );
}
