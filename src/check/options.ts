// How public functions read an object of options: each option once, unknown names refused. A
// misspelt option that is passed over trains with the default and says nothing.

import { describe, quote } from "./describe.js";
import { type ForeignNames, ownNamesOf, settingNames } from "./foreign-names.js";
import { type Check, checkObject } from "./values.js";

/**
 * Every option that a function knows, such as a check of each; a name that is missing here does not
 * compile.
 */
export type OptionNames<T extends object> = { readonly [K in keyof Required<T>]: unknown };

/**
 * A copy of the options, in which those that are undefined are left out, so that their defaults
 * hold. Each is read once: a getter cannot give the check one value and the work another.
 *
 * @param what - what to call the object in messages, where it holds data and not options.
 * @throws TypeError when it is not an object, or holds a name that the function does not know; the
 *   message suggests the nearest known name.
 */
export function readOptions<T extends object>(
  name: string,
  options: T | undefined,
  names: OptionNames<T>,
  wanted?: string,
  what?: string,
): T {
  return readFields(name, options, names, wanted, what, settingNames);
}

/**
 * As `readOptions`, of data or of options that no method has: of other packages' names it knows
 * those of data, and `more`.
 */
export function readFields<T extends object>(
  name: string,
  options: T | undefined,
  names: OptionNames<T>,
  wanted?: string,
  what?: string,
  more?: ForeignNames,
): T {
  checkNames(name, options, names, wanted, what, more);
  const copy: Record<string, unknown> = {};
  for (const key in names) {
    const value = (options as T)[key];
    if (value !== undefined) copy[key] = value;
  }
  return copy as T;
}

/** A check for each option; it says which options there are, too. */
export type OptionChecks<T extends object> = { readonly [K in keyof T]-?: Check<Required<T>[K]> };

/**
 * As `readOptions`: those that are there, and those that are required, are checked in the order of
 * the table.
 */
export function checkedOptions<T extends object>(
  name: string,
  options: Partial<T> | undefined,
  checks: OptionChecks<T>,
  wanted?: string,
  ...required: readonly (keyof T)[]
): T {
  const read = readOptions(name, options as T, checks, wanted);
  for (const option of Object.keys(checks) as (keyof T & string)[]) {
    if (!(option in read || required.includes(option))) continue;
    checks[option](name, option, read[option] as Required<T>[typeof option]);
  }
  return read;
}

/**
 * That the object holds no other names, as `readFields` sees it. Reads no option and allocates nothing: for functions that
 * take less time than a copy would.
 *
 * @throws as `readOptions`.
 */
export function checkNames<T extends object>(
  name: string,
  options: T | undefined,
  names: OptionNames<T>,
  wanted = "an object",
  what = "options",
  more?: ForeignNames,
): void {
  checkObject(name, what, options, wanted);
  const prototype = Object.getPrototypeOf(options);
  if (prototype !== Object.prototype && prototype !== null) checkPlain(name, options, wanted, what);
  // Inherited names too, as of Object.create(defaults); not what a page has put on every object.
  for (const key in options) {
    if (Object.hasOwn(names, key)) continue;
    if (key in Object.prototype && !Object.hasOwn(options as T, key)) continue;
    throw unknownOption(name, key, Object.keys(names), what, more);
  }
}

/** Not a Map, an array or a promise: these have properties, but what was meant is not among them. */
function checkPlain(name: string, options: unknown, wanted: string, what: string): void {
  const kind = describe(options);
  if (kind === "Object" || kind === "Module") return;
  const plain = wanted === "an object" ? "a plain object" : wanted;
  throw new TypeError(`${name}: ${what} is ${kind}: it must be ${plain}`);
}

function unknownOption(
  name: string,
  key: string,
  known: readonly string[],
  what: string,
  more?: ForeignNames,
): TypeError {
  const near = nearest(key, known, more);
  const way =
    near !== undefined
      ? `did you mean ${near}?`
      : known.length === 0
        ? "there are none"
        : `there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
  const thing = what === "options" ? "option" : `field of ${what}`;
  return new TypeError(`${name}: there is no ${thing} ${quote(key)}: ${way}`);
}

/** The known name that was meant: the same in another spelling, or another package's word for it. */
export function nearest(
  given: string,
  known: readonly string[],
  more: ForeignNames = {},
): string | undefined {
  const plain = (text: string) => text.replace(/[_-]/g, "").toLowerCase();
  const key = plain(given.slice(0, 40));
  const same = known.find((one) => plain(one) === key);
  if (same !== undefined) return same;
  const ours = ownNamesOf(key, more).find((one) => known.includes(one));
  if (ours !== undefined) return ours;
  let best: string | undefined;
  // One slip in three letters is a slip; more is another word.
  let limit = Math.floor(key.length / 3) + 1;
  for (const one of known) {
    const distance = editDistance(key, plain(one));
    if (distance < limit) {
      limit = distance;
      best = one;
    }
  }
  if (best !== undefined || key.length < 4) return best;
  return known.find((one) => plain(one).startsWith(key) || key.startsWith(plain(one)));
}

/**
 * Letters to insert, drop, change or swap with their neighbour on the way from one text to the
 * other (Damerau and Levenshtein; each place at most once).
 */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 0; i < from.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const change = above[j] + (from[i] === to[j] ? 0 : 1);
      row.push(Math.min(change, above[j + 1] + 1, row[j] + 1));
      const swapped = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j];
      if (swapped) row[j + 1] = Math.min(row[j + 1], before[j - 1] + 1);
    }
    [before, above] = [above, row];
  }
  return above[to.length];
}
