// Parsers of option values. Commander puts the option's name before their complaints.

import { isDecimal } from "../formats/decimal.js";
import { availableThreads } from "../threads/worker-team.js";
import { InvalidArgumentError, Option } from "./packages.js";

/** A parser of decimal integers in low .. high. */
export function integer(low: number, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value) || value < low || value > high) {
      const range = high === Number.MAX_SAFE_INTEGER ? `>= ${low}` : `in ${low} .. ${high}`;
      throw new InvalidArgumentError(`It must be an integer ${range}.`);
    }
    return value;
  };
}

/** A decimal number, also as 5e-4, in low <= x < high, or <= high where that is allowed. */
export function fraction(low: number, high: number, closed = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const inside = value >= low && (value < high || (closed && value === high));
    if (!/^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || !inside) {
      throw new InvalidArgumentError(
        `It must be a number >= ${low} and ${closed ? "<=" : "<"} ${high}.`,
      );
    }
    return value;
  };
}

/** Any decimal number, also as -5e-4. */
export function number(text: string): number {
  if (isDecimal(text) && Number.isFinite(Number(text))) return Number(text);
  throw new InvalidArgumentError("It must be a number.");
}

/** A decimal number above 0. */
export function positive(text: string): number {
  const value = number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("It must be a number > 0.");
}

/** @param which - what these threads do. */
export const threadsOption = (which: string) =>
  new Option("--threads <n>", `${which}, or auto for all cores; the result is the same`)
    .argParser(threads)
    .default(1);

const most = 64;

function threads(text: string): number {
  if (text === "auto") return Math.min(availableThreads(), most);
  try {
    return integer(1, most)(text);
  } catch {
    throw new InvalidArgumentError(`It must be an integer in 1 .. ${most}, or auto.`);
  }
}

/** How frozen weights are held, as `loadEncoder` takes it. */
export const weightStorageOption = () =>
  new Option("--weight-storage <s>", "how frozen weights are held: f16 and int8 take less memory")
    .choices(["full", "f16", "int8"])
    .default("full");
