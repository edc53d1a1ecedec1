// Tables that are given line by line, as JSON and databases have them.

import { type OptionNames, readFields } from "../check/options.js";

/**
 * An id of a row or a column. A number stands for its decimal text: 7 and "7" are one id. It must be
 * a safe integer: larger ones are rounded, so that two ids may be one number.
 */
export type Id = string | number;

/** One rating. */
export interface RatingRecord {
  readonly user: Id;
  readonly item: Id;
  readonly rating: number;
}

/** One click, play or purchase. */
export interface InteractionRecord {
  readonly user: Id;
  readonly item: Id;
  /** How much it says. @defaultValue 1 */
  readonly weight?: number;
  /** When it happened, in any unit. */
  readonly time?: number;
}

/**
 * The columns of a list of records, by the names that columns have: what the fields hold is checked
 * with these.
 *
 * @param columns - the column of each field.
 * @param required - fields that every record must have; of the others all or none.
 * @throws TypeError for what is not such a record, by its place.
 */
export function columnsOfRecords<T extends object>(
  name: string,
  what: string,
  records: readonly T[],
  columns: Record<keyof Required<T>, string>,
  required: readonly (keyof T)[],
): Record<string, unknown[]> {
  const fields = Object.keys(columns) as (keyof T & string)[];
  const wanted = `an object with ${fields.join(", ")}`;
  const read = records.map((record, i) =>
    readFields(name, record, columns as OptionNames<T>, wanted, `${what}[${i}]`),
  );
  const result: Record<string, unknown[]> = {};
  for (const field of fields) {
    const column = read.map((record) => record[field]);
    const needed = required.includes(field);
    if (!needed && column.every((value) => value === undefined)) continue;
    const missing = column.indexOf(undefined as never);
    if (missing >= 0) {
      const rule = needed ? "every record must have it" : "all records must have it, or none";
      throw new TypeError(`${name}: ${what}[${missing}].${field} is undefined: ${rule}`);
    }
    result[columns[field]] = column;
  }
  return result;
}
