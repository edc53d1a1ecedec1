import { quote } from "../check/describe.js";
import { isDecimal } from "./decimal.js";
import { Growing } from "./growing.js";
import { IdNumbers } from "./id-numbers.js";

/**
 * Ratings by number, as columns of equal length: entry i says that the row `rowIds[rows[i]]` rated
 * the column `colIds[cols[i]]` with `values[i]`.
 */
export interface Ratings {
  /** Every id once, in the order in which they occur. */
  readonly rowIds: readonly string[];
  readonly colIds: readonly string[];
  readonly rows: Int32Array;
  readonly cols: Int32Array;
  readonly values: Float64Array;
}

/** What a file holds: ratings, or clicks, each of which has the value 1. */
export interface EntryTable extends Ratings {
  readonly kind: "ratings" | "clicks";
  /** When each entry was made; undefined unless the reader asked for it. */
  readonly times: Float64Array | undefined;
  /** Titles of columns by their ids, where the file has them. */
  readonly titles: ReadonlyMap<string, string>;
}

/** Squares of ratings, and sums of squares, must stay finite. */
export const largestRating = 1e150;

/** Ratings by number while they are read. */
export class NumberedRatings {
  readonly #rows = new Growing(Int32Array);
  readonly #cols = new Growing(Int32Array);
  readonly #values = new Growing(Float64Array);

  get count(): number {
    return this.#values.length;
  }

  push(row: number, col: number, value: number): void {
    this.#rows.push(row);
    this.#cols.push(col);
    this.#values.push(value);
  }

  finish(rowIds: readonly string[], colIds: readonly string[]): Ratings {
    const [rows, cols] = [this.#rows.read(), this.#cols.read()];
    return { rowIds, colIds, rows, cols, values: this.#values.read() };
  }
}

/** Ratings by their ids while they are read. */
export class RatingList {
  readonly #rowIds = new IdNumbers();
  readonly #colIds = new IdNumbers();
  readonly #ratings = new NumberedRatings();

  get count(): number {
    return this.#ratings.count;
  }

  push(rowId: string, colId: string, value: number): void {
    this.#ratings.push(this.#rowIds.of(rowId), this.#colIds.of(colId), value);
  }

  finish(): Ratings {
    return this.#ratings.finish(this.#rowIds.ids, this.#colIds.ids);
  }
}

/** What is wrong with the text of a rating; undefined where nothing is. */
export function whyNotRating(text: string): string | undefined {
  const value = isDecimal(text) ? Number(text) : Number.NaN;
  if (Math.abs(value) <= largestRating) return undefined;
  if (text === "") return "the rating is empty";
  const shown = `rating ${quote(text)}`;
  if (Number.isFinite(value)) {
    return `${shown} is too large: it must be at most ${largestRating} in size`;
  }
  if (/^[+-]?(?:nan|inf|infinity)$/i.test(text) || !Number.isNaN(value)) {
    return `${shown} is not a finite number`;
  }
  if (/^[+-]?0[xob]/i.test(text)) return `${shown} is not a decimal number`;
  if (/^[+-]?\d[\d.]*,\d+$/.test(text)) {
    return `${shown} is not a number: it must have a decimal point, not a comma`;
  }
  return `${shown} is not a number`;
}
