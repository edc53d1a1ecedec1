import { quote } from "../check/describe.js";
import { isDecimal } from "./decimal.js";

/** Ratings as columns of equal length: entry i is the rating of `colIds[i]` by `rowIds[i]`. */
export interface Ratings {
  rowIds: string[];
  colIds: string[];
  values: Float64Array;
}

/** Squares of ratings, and sums of squares, must stay finite. */
export const largestRating = 1e150;

/** Ratings while they are read. */
export class RatingList {
  count = 0;
  readonly #rowIds: string[] = [];
  readonly #colIds: string[] = [];
  #values = new Float64Array(1024);

  push(rowId: string, colId: string, value: number): void {
    const { count } = this;
    this.#rowIds.push(rowId);
    this.#colIds.push(colId);
    if (count === this.#values.length) {
      const larger = new Float64Array(2 * count);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[count] = value;
    this.count = count + 1;
  }

  finish(): Ratings {
    const values = this.#values.slice(0, this.count);
    return { rowIds: this.#rowIds, colIds: this.#colIds, values };
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
