// Checks of records, field by field: they are composed, and messages name the path to what is wrong.
// To be used as `check.record({ .. })`, with those of values.ts and of matrices among them.

import { invalidValue } from "./describe.js";
import { readOptions } from "./options.js";
import {
  type Check,
  checkBoolean,
  checkInteger,
  checkList,
  checkNonNegative,
  checkObject,
  checkPositive,
  checkSeed,
  checkUpTo,
  checkWord,
} from "./values.js";

export type { Check };

/** What a table of checks describes: its fields, with their documentation. */
export type Checked<Checks> = {
  -readonly [K in keyof Checks]: Checks[K] extends Check<infer T> ? T : never;
};

/** A check for each field, or for some. */
type FieldChecks<T> = { readonly [K in keyof T]?: Check<T[K]> };

/** Checks the fields that are named, in their order. */
export function fields<T extends object>(
  name: string,
  what: string,
  value: T,
  checks: FieldChecks<T>,
): void {
  checkObject(name, what, value);
  for (const field of Object.keys(checks) as (keyof T & string)[]) {
    checks[field]?.(name, `${what}.${field}`, value[field]);
  }
}

/**
 * A setting as it is now: every field is checked, and an unknown one is refused. `checks` has
 * every field, `anything` for those that are checked where they are used.
 */
export function setting<T extends object>(
  name: string,
  what: string,
  value: T,
  checks: { readonly [K in keyof Required<T>]: Check<T[K]> },
): T {
  const read = readOptions(name, value, checks, "an object", what);
  fields(name, what, read, checks);
  return read;
}

/** What is checked elsewhere. */
export const anything: Check<unknown> = () => {};

/** An object with the fields. */
export function record<T extends object>(checks: FieldChecks<T>): Check<T> {
  return (name, what, value) => fields(name, what, value, checks);
}

/** What may be left out. */
export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (name, what, value) => {
    if (value !== undefined) check(name, what, value);
  };
}

/** What passes all of the checks. */
export function all<T>(...checks: readonly Check<T>[]): Check<T> {
  return (name, what, value) => {
    for (const check of checks) check(name, what, value);
  };
}

/** A list of what `entry` accepts. */
export function list<T>(entry: Check<T>): Check<ArrayLike<T>> {
  return (name, what, values) => {
    checkList(name, what, values);
    for (let i = 0; i < values.length; i++) entry(name, `${what}[${i}]`, values[i]);
  };
}

/** A list of that length; `why` says what an entry is for. */
export function length(wanted: number, why: string): Check<readonly unknown[]> {
  return (name, what, values) => {
    if (values.length === wanted) return;
    throw new RangeError(
      `${name}: ${what} has ${values.length} entries: it must have ${wanted}, ${why}`,
    );
  };
}

/** A list that is not empty. */
export const some: Check<readonly unknown[]> = (name, what, values) => {
  if (values.length === 0) throw wrong(name, what, values, "one entry or more");
};

/** Any number, NaN too: something measured. */
export const number: Check<number> = (name, what, value) => {
  if (typeof value !== "number") throw wrong(name, what, value, "a number");
};

/** A finite number: what is to be computed with. */
export const finite: Check<number> = (name, what, value) => {
  if (!Number.isFinite(value)) throw wrong(name, what, value, "a finite number");
};

/** One or more finite numbers. */
export const finiteNumbers: Check<readonly number[]> = (name, what, values) => {
  list(finite)(name, what, values);
  if (values.length === 0) throw wrong(name, what, values, "one number or more");
};

/** The share of something that must leave some of it, and take some. */
export const share: Check<number> = (name, what, value) => {
  if (!(typeof value === "number" && value > 0 && value < 1)) {
    throw wrong(name, what, value, "between 0 and 1");
  }
};

/** An integer in [low, high]. */
export function integer(low: number, high?: number): Check<number> {
  return (name, what, value) => checkInteger(name, what, value, low, high);
}

/** A number in (0, high]; `shown` is how messages write the bound. */
export function upTo(high: number, shown?: string): Check<number> {
  return (name, what, value) => checkUpTo(name, what, value, high, shown);
}

/** One of the words. */
export function word<T extends string>(
  words: readonly T[],
  Kind?: typeof RangeError | typeof TypeError,
): Check<T> {
  return (name, what, value) => checkWord(name, what, value, words, Kind);
}

export const positive: Check<number> = checkPositive;

export const nonNegative: Check<number> = checkNonNegative;

export const seed: Check<number> = (name, _, value) => checkSeed(name, value);

export const boolean: Check<boolean> = checkBoolean;

export const text: Check<string> = (name, what, value) => {
  if (typeof value !== "string") throw wrong(name, what, value, "a text");
};

function wrong(name: string, what: string, value: unknown, wanted: string): Error {
  const Kind = typeof value === "number" ? RangeError : TypeError;
  return invalidValue(name, what, value, wanted, Kind);
}
