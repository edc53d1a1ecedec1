// Checks of sizes and options at the border of the public functions. Each names the function, what
// was given and what must be.
import { describe, invalidValue, joined } from "./describe.js";

/** Throws when the value is not of its kind; `name` is the function's, `what` the value's. */
export type Check<T> = (name: string, what: string, value: T) => void;

/**
 * The largest size: a job's 4 GiB hold so many f32 entries. Kernels count in 32 bits with a sign;
 * up to here no index and no step beyond one can wrap.
 */
export const largestSize = 2 ** 30;

/** Whether it is a size: an integer ≥ 0 whose matrix can be addressed. */
export function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largestSize;
}

/** A size. @throws RangeError otherwise. */
export function checkSize(name: string, what: string, value: number): void {
  if (!isSize(value)) throw invalidValue(name, what, value, `an integer in 0 .. ${largestSize}`);
}

/** An integer in [low, high]. */
export function checkInteger(
  name: string,
  what: string,
  value: number,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): void {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    const range = high === Number.MAX_SAFE_INTEGER ? `>= ${low}` : `in ${low} .. ${high}`;
    throw invalidValue(name, what, value, `an integer ${range}`);
  }
}

/** A seed of random numbers. */
export function checkSeed(name: string, seed: number): void {
  checkInteger(name, "seed", seed, 0);
}

/** An element type. */
export function checkDType(name: string, what: string, dtype: string): void {
  checkWord(name, what, dtype, ["f32", "f64"], TypeError);
}

/** A finite number > 0. */
export function checkPositive(name: string, what: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return;
  throw invalidValue(name, what, value, "a finite number > 0");
}

/** A finite number >= 0. */
export function checkNonNegative(name: string, what: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw invalidValue(name, what, value, "a finite number >= 0");
}

/** A number in [0, 1]. */
export function checkUnit(name: string, what: string, value: number): void {
  if (Number.isFinite(value) && value >= 0 && value <= 1) return;
  throw invalidValue(name, what, value, "in [0, 1]");
}

/** A number in (0, high]; `shown` is how messages write the bound. */
export function checkUpTo(
  name: string,
  what: string,
  value: number,
  high: number,
  shown = String(high),
): void {
  if (Number.isFinite(value) && value > 0 && value <= high) return;
  throw invalidValue(name, what, value, `a number in (0, ${shown}]`);
}

/** One of two words or more. @throws an error of the kind. */
export function checkWord<T extends string>(
  name: string,
  what: string,
  value: T,
  words: readonly T[],
  Kind: typeof RangeError | typeof TypeError = RangeError,
): void {
  if (words.includes(value)) return;
  const quoted = words.map((word) => `"${word}"`);
  const wanted = joined(quoted, "or");
  throw invalidValue(name, what, value, wanted, Kind);
}

/** Something with properties, such as options. @throws TypeError otherwise. */
export function checkObject(
  name: string,
  what: string,
  value: unknown,
  wanted = "an object",
): void {
  if (typeof value !== "object" || value === null) {
    throw invalidValue(name, what, value, wanted, TypeError);
  }
}

/**
 * An array of any kind.
 *
 * @throws TypeError when it is something else, or its memory is gone: without entries it would pass
 *   for empty.
 */
export function checkList(name: string, what: string, value: ArrayLike<unknown>): void {
  if (typeof value !== "object" || value === null || !isLength(value.length)) {
    throw invalidValue(name, what, value, "an array", TypeError);
  }
  if (ArrayBuffer.isView(value) && value.byteLength === 0 && isGone(value)) {
    throw new TypeError(
      `${name}: ${what} is ${describe(value)} whose buffer was transferred or shrunk: ` +
        "its entries are gone",
    );
  }
}

/**
 * Columns of one table.
 *
 * @throws TypeError when one of them is not an array; RangeError when their lengths differ.
 */
export function checkColumns(name: string, columns: Record<string, ArrayLike<unknown>>): void {
  for (const [what, column] of Object.entries(columns)) checkList(name, what, column);
  const lengths = Object.values(columns).map(({ length }) => length);
  if (lengths.every((length) => length === lengths[0])) return;
  const [first, ...others] = Object.keys(columns).map((what, i) => [what, lengths[i]]);
  const is = [`${first[0]} has ${first[1]} entries`, ...others.map((other) => other.join(" "))];
  throw new RangeError(`${name}: ${joined(is, "and")}: the lengths must be equal`);
}

function isLength(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Methods of typed arrays refuse one without memory, where its length only says 0. */
function isGone(view: ArrayBufferView): boolean {
  try {
    (view as Uint8Array).keys();
    return false;
  } catch {
    return true;
  }
}

export function checkBoolean(name: string, what: string, value: boolean): void {
  if (typeof value !== "boolean") {
    throw invalidValue(name, what, value, "true or false", TypeError);
  }
}

/** Whether values can be asked for one after the other, at once or later. */
export function isIterable(value: unknown): boolean {
  const iterators = [Symbol.iterator, Symbol.asyncIterator];
  return typeof value === "object" && iterators.some((iterator) => iterator in Object(value));
}
