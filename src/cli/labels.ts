// What the labels of a table are: classes, several of them a text, or numbers.

import { quote } from "../check/describe.js";
import { FormatError } from "../formats/errors.js";
import type { TextRecord } from "../formats/text-table.js";
import type { Task } from "../lora/adapter.js";
import { UsageError } from "./errors.js";

/**
 * More different whole numbers than these are values to predict, unless somebody says otherwise.
 */
const maxNumberedClasses = 20;

/** What tables write where there is no value, by pandas' list. */
const missing = new Set(
  (
    "#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|" +
    "null"
  ).split("|"),
);

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a label spells, or undefined. */
export function numberOf(label: string): number | undefined {
  const value = decimal.test(label) ? Number(label) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** As `numberOf`, where no other label may be meant: beyond 2^53 numbers run together. */
function exactNumberOf(label: string): number | undefined {
  const value = numberOf(label);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : value;
}

/** Number of a class by its name; numbers are compared as numbers, so that 1 is 1.0 and 01. */
export function classFinder(labels: readonly string[]): (name: string) => number | undefined {
  const numeric = labels.every((label) => exactNumberOf(label) !== undefined);
  const key = (name: string) => (numeric ? (exactNumberOf(name) ?? name) : name);
  const places = new Map(labels.map((label, i) => [key(label), i]));
  return (name) => places.get(key(name));
}

/** The labels of a text that has several, or none. */
export function severalLabels(text: string, separator: string): string[] {
  return text === "" ? [] : text.split(separator).map((label) => label.trim());
}

/**
 * Refuses labels that are missing: empty, or what other programs write for a missing value. An
 * empty one is right where a text may have none.
 *
 * @throws FormatError with the line.
 */
export function checkLabels(records: readonly TextRecord[], source: string, asked?: string): void {
  for (const { label, line } of records) {
    if (label === "" && asked !== "multi-label") {
      throw new FormatError(source, "the label is empty: give one, or leave the record out", line);
    }
    if (missing.has(label!)) {
      throw new FormatError(
        source,
        `the label ${quote(label!)} stands for a missing value: leave the record out, or give the ` +
          "class another name",
        line,
      );
    }
  }
}

/**
 * Numbers with fractions, or many different ones, are values to predict; all else is classes, in
 * order. Classes that are all numbers are named as JavaScript writes them.
 *
 * @param asked - what the labels are, by who knows it.
 * @param separator - between the labels of a text that has several.
 * @throws UsageError where a label is made of others, and nobody said how to take it; FormatError
 *   where numbers have decimal commas, or one label among numbers is not a number.
 */
export function taskOf(
  records: readonly TextRecord[],
  source: string,
  asked?: string,
  separator = "|",
): Task {
  checkLabels(records, source, asked);
  if (asked === "similarity" || asked === "regression") return { kind: asked };
  const whole = records.map(({ label }) => label!);
  const several = whole.map((label) => severalLabels(label, separator));
  if (asked === undefined) {
    checkJoined(records, source, several);
    checkNumbers(records, source);
  }
  if (asked === "multi-label") return { kind: asked, labels: classNames(several.flat()) };
  const labels = classNames(whole);
  const values = labels.map(exactNumberOf);
  const fractions = values.some((value) => value !== undefined && !Number.isInteger(value));
  const numeric = values.every((value) => value !== undefined);
  if (asked === undefined && numeric && (fractions || labels.length > maxNumberedClasses)) {
    return { kind: "regression" };
  }
  if (labels.length < 2) {
    throw new FormatError(
      source,
      `every label is ${quote(labels[0])}: there must be two classes or more`,
    );
  }
  return { kind: "classification", labels };
}

/** The different names in order; numbers by their value, each once. */
function classNames(names: readonly string[]): string[] {
  const values = names.map(exactNumberOf);
  if (!values.every((value) => value !== undefined)) {
    return [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
  }
  return [...new Set(values)].sort((a, b) => a - b).map(String);
}

function checkJoined(
  records: readonly TextRecord[],
  source: string,
  several: readonly string[][],
): void {
  const known = new Set(records.map(({ label }) => label!));
  const joined = several.findIndex((parts) => parts.length > 1 && parts.every((p) => known.has(p)));
  if (joined < 0) return;
  const { line, label } = records[joined];
  throw new UsageError(
    `${source} line ${line}: the label ${quote(label!)} is made of other labels: ` +
      "--task multi-label takes it as several, --task classification as one",
  );
}

/** What is not a number among numbers would make classes of all of them. */
function checkNumbers(records: readonly TextRecord[], source: string): void {
  const others = records.filter(({ label }) => exactNumberOf(label!) === undefined);
  if (others.length === 0) return;
  const [{ line, label }] = others;
  if (others.every((record) => /^[+-]?\d+,\d+$/.test(record.label!))) {
    throw new FormatError(
      source,
      `the label ${quote(label!)} has a decimal comma: numbers need a point ` +
        "(--task classification takes it as a class)",
      line,
    );
  }
  const numbers = new Set(records.map((record) => exactNumberOf(record.label!)));
  numbers.delete(undefined);
  const values =
    numbers.size > maxNumberedClasses || [...numbers].some((value) => !Number.isInteger(value));
  if (others.length < records.length - 1 && numbers.size > 1 && (others.length === 1 || values)) {
    const way =
      line === 1
        ? "if this line is a header, name the columns by name"
        : "if it is a class, say --task classification";
    throw new FormatError(source, `the label ${quote(label!)} stands among numbers: ${way}`, line);
  }
}

/** What is worth a word, though it may be right: each one line. */
export function remarksOnLabels(
  records: readonly TextRecord[],
  task: Task,
  source: string,
  asked?: string,
): string[] {
  if (task.kind === "classification") {
    return remarksOnClasses(records, task.labels).map((remark) => `${source}: ${remark}`);
  }
  const values = new Set(records.map(({ label }) => Number(label)));
  if (task.kind !== "regression" || asked !== undefined || ![...values].every(Number.isInteger)) {
    return [];
  }
  return [
    `${source}: ${values.size} different whole numbers are taken as values to predict: ` +
      "--task classification makes them classes",
  ];
}

function remarksOnClasses(records: readonly TextRecord[], labels: readonly string[]): string[] {
  const remarks: string[] = [];
  const find = classFinder(labels);
  const lines: number[][] = labels.map(() => []);
  for (const { label, line } of records) lines[find(label!)!].push(line);
  const once = labels.flatMap((label, i) => (lines[i].length === 1 ? [[label, lines[i][0]]] : []));
  if (once.length > 0) {
    const shown = once.slice(0, 5).map(([label, line]) => `${quote(String(label))} (line ${line})`);
    const more = once.length > 5 ? `, and ${once.length - 5} more` : "";
    remarks.push(
      `seen only once: class${once.length === 1 ? "" : "es"} ${shown.join(", ")}${more}`,
    );
  }
  const spelling = new Map<string, string>();
  for (const label of labels) {
    const plain = label.toLowerCase().replace(/\s+/g, " ");
    const other = spelling.get(plain);
    if (other !== undefined) {
      remarks.push(`classes ${quote(other)} and ${quote(label)} differ only in case or spaces`);
      break;
    }
    spelling.set(plain, label);
  }
  return remarks;
}
