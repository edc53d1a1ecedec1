// Numbers and lines as people read them, the same in the summary and in the report.
import { printable } from "../check/describe.js";

/** Prints a line. Ids and paths may hold line ends, and characters that terminals act on. */
export function print(line: string): void {
  process.stdout.write(`${printable(line)}\n`);
}

/** A line per item: its score, its id, and where there is one its title. */
export function printScored(list: readonly Named[]): void {
  for (const { col, value, title } of list) {
    print([value.toFixed(4), col, ...(title === undefined ? [] : [title])].join("  "));
  }
}

/** An item with a score, and its title where it is known. */
export interface Named {
  col: string;
  value: number;
  title?: string;
}

/** 44,613 */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** 44,613 ratings, 1 rating */
export function amount(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** 1.83 % */
export function percent(fraction: number): string {
  return `${Number((100 * fraction).toPrecision(3))} %`;
}

/** How an error compares with another; undefined where that other is zero. */
export function improvement(error: number, reference: number) {
  if (!(reference > 0)) return undefined;
  const gain = 1 - error / reference;
  return { better: gain > 0, text: `${percent(Math.abs(gain))} ${gain >= 0 ? "better" : "worse"}` };
}

/** 147 times */
export function times(ratio: number): string {
  return `${count(Number(ratio.toPrecision(3)))} times`;
}

/** 12.3 ms, 4.56 s */
export function duration(milliseconds: number): string {
  const [value, unit] = milliseconds < 1000 ? [milliseconds, "ms"] : [milliseconds / 1000, "s"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** 1.2 MB */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let power = 0;
  for (let rest = value; rest >= 1000 && power < units.length - 1; rest /= 1000) power++;
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
