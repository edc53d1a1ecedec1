// Checks of sizes and options at the border of the public functions. Each names the function, what
// was given and what must be.
import { describe } from "./describe.js";

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
  if (!isSize(value)) {
    throw new RangeError(
      `${name}: ${what} is ${describe(value)}: it must be an integer in 0 .. ${largestSize}`,
    );
  }
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
    throw new RangeError(`${name}: ${what} is ${describe(value)}: it must be an integer ${range}`);
  }
}

/** A seed of random numbers. */
export function checkSeed(name: string, seed: number): void {
  checkInteger(name, "seed", seed, 0);
}

/** An element type. */
export function checkDType(name: string, dtype: string): void {
  if (dtype !== "f32" && dtype !== "f64") {
    throw new TypeError(`${name}: dtype is ${describe(dtype)}: it must be "f32" or "f64"`);
  }
}

/** A finite number > 0. */
export function checkPositive(name: string, what: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new RangeError(`${name}: ${what} is ${describe(value)}: it must be a finite number > 0`);
  }
}

/** A finite number >= 0. */
export function checkNonNegative(name: string, what: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`${name}: ${what} is ${describe(value)}: it must be a finite number >= 0`);
  }
}

/** A number in [0, 1]. */
export function checkUnit(name: string, what: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0 && value <= 1)) {
    throw new RangeError(`${name}: ${what} is ${describe(value)}: it must be in [0, 1]`);
  }
}

/** Something with properties, such as options. @throws TypeError otherwise. */
export function checkObject(
  name: string,
  what: string,
  value: unknown,
  wanted = "an object",
): void {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${name}: ${what} is ${describe(value)}: it must be ${wanted}`);
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
    throw new TypeError(`${name}: ${what} is ${describe(value)}: it must be an array`);
  }
  if (ArrayBuffer.isView(value) && value.byteLength === 0 && isGone(value)) {
    throw new TypeError(
      `${name}: ${what} is ${describe(value)} whose buffer was transferred or shrunk: ` +
        "its entries are gone",
    );
  }
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
    throw new TypeError(`${name}: ${what} is ${describe(value)}: it must be true or false`);
  }
}
