// Observations as they are given, and their checks.

import { type OptionNames, readFields } from "../check/options.js";
import { checkColumns } from "../check/values.js";
import { columnsOfRecords, type Id, type RatingRecord } from "./records.js";

export type { Id };

/** Observed entries as columns of equal length: entry i is `values[i]` at row and column i. */
export interface Observations {
  rowIds: ArrayLike<Id>;
  colIds: ArrayLike<Id>;
  values: ArrayLike<number>;
}

/** Observations as columns, or as a list of records: `[{ user, item, rating }]`. */
export type RatingTable = Observations | readonly RatingRecord[];

const recordColumns = { user: "rowIds", item: "colIds", rating: "values" };
const fields: readonly (keyof RatingRecord)[] = ["user", "item", "rating"];

const names: OptionNames<Observations> = { rowIds: true, colIds: true, values: true };

/** Squares and their sums must stay in range. */
const largestValue = 1e150;

/** The columns as they are now. Refuses what is not a table of observations. */
export function readColumns(name: string, observations: RatingTable) {
  const wanted =
    "an object with rowIds, colIds and values, or records { user, item, rating }; lowrank train reads files";
  const what = "observations";
  const given =
    Array.isArray(observations) && observations.length > 0
      ? columnsOfRecords(name, what, observations, recordColumns, fields)
      : observations;
  const read = readFields(name, given as Observations, names, wanted, what);
  const { rowIds, colIds, values } = read;
  checkColumns(name, { rowIds, colIds, values });
  return { rowIds, colIds, values: readValues(name, values) };
}

/** A copy of the values: each a number that can be squared and summed. */
export function readValues(name: string, values: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const read = new Float64Array(values.length);
  for (let i = 0; i < read.length; i++) {
    const value = values[i];
    if (!isValue(value)) refuseValue(name, `values[${i}]`, value);
    read[i] = value;
  }
  return read;
}

const isValue = (value: unknown) => typeof value === "number" && Math.abs(value) <= largestValue;

/** The fields of one record, checked. */
export function readRating(name: string, what: string, record: RatingRecord) {
  const wanted = "an object with user, item and rating";
  const read = readFields(name, record, recordColumns, wanted, what);
  const { user, item, rating } = read;
  if (!isValue(rating)) refuseValue(name, `${what}.rating`, rating);
  return {
    rowId: textOf(name, `${what}.user`, user),
    colId: textOf(name, `${what}.item`, item),
    value: rating,
  };
}

function refuseValue(name: string, what: string, value: unknown): never {
  if (typeof value !== "number") {
    throw new TypeError(`${name}: ${what} is of type ${typeof value}: it must be a number`);
  }
  throw new RangeError(
    `${name}: ${what} is ${value}: every value must be finite and at most ${largestValue} in size`,
  );
}

/**
 * The text of an id.
 *
 * @throws TypeError when it is neither a string nor a number, RangeError when it is a number and not
 *   a safe integer.
 */
export function textOf(name: string, what: string, id: Id): string {
  if (typeof id === "string") return id;
  if (typeof id === "number") {
    if (Number.isSafeInteger(id)) return String(id);
    throw new RangeError(
      `${name}: ${what} is ${id}: an id that is a number must be a safe integer, ` +
        "at most 2^53 - 1 in size: pass it as a string",
    );
  }
  throw new TypeError(`${name}: ${what} is of type ${typeof id}: it must be a string or a number`);
}

/** The text of entry i of a column of ids; its place is only spelled out for a complaint. */
export function textAt(name: string, what: string, column: ArrayLike<Id>, i: number): string {
  const id = column[i];
  return typeof id === "string" ? id : textOf(name, `${what}[${i}]`, id);
}
