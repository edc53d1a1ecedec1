// Labelled texts for the commands: from a file's columns to examples of a task.
import { InvalidArgumentError } from "commander";
import { FormatError } from "../io/errors.js";
import { readFile } from "../io/read-file.js";
import { readTextTable, type TextRecord } from "../io/text-table.js";
import { quote } from "../linalg/describe.js";
import { randomPermutation } from "../linalg/random.js";
import type { Task } from "../lora/adapter.js";
import type { Example } from "../lora/finetune.js";
import type { TextInput } from "../lora/text-model.js";
import { UsageError } from "./errors.js";

/** "A,B" as one or two names. */
export function columnNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length <= 2 && names.every((name) => name !== "")) return names;
  throw new UsageError(`--text-columns is ${quote(text)}: it must be one or two names`);
}

export function readTexts(file: string, texts: readonly string[], label?: string): TextRecord[] {
  const columns = label === undefined ? { texts } : { texts, label };
  return readTextTable(readFile(file), file, columns);
}

export function inputOf({ texts: [text, pair] }: TextRecord): TextInput {
  return { text, pair };
}

/** The labels of a text that has several, or none. */
function severalLabels(text: string, separator: string): string[] {
  return text.trim() === "" ? [] : text.split(separator).map((label) => label.trim());
}

/**
 * Numbers with fractions, or many different ones, are values to predict; all else is classes.
 *
 * @param separator - between the labels of a text that has several.
 * @throws UsageError where a label is made of others, and nobody said how to take it.
 */
export function taskOf(records: readonly TextRecord[], asked?: string, separator = "|"): Task {
  const whole = records.map(({ label }) => label!);
  const several = whole.map((label) => severalLabels(label, separator));
  if (asked === undefined) {
    const known = new Set(whole);
    const joined = several.findIndex(
      (parts) => parts.length > 1 && parts.every((p) => known.has(p)),
    );
    if (joined >= 0) {
      throw new UsageError(
        `line ${records[joined].line}: the label ${quote(whole[joined])} is made of other labels: ` +
          "--task multi-label takes it as several, --task classification as one",
      );
    }
  }
  const labels = [...new Set(asked === "multi-label" ? several.flat() : whole)];
  const numeric = labels.every((label) => label.trim() !== "" && Number.isFinite(Number(label)));
  const values =
    numeric && (labels.length > 20 || labels.some((l) => !Number.isInteger(Number(l))));
  if (asked === "similarity") return { kind: asked };
  if (asked === "regression" || (asked === undefined && values)) return { kind: "regression" };
  const order = numeric
    ? (a: string, b: string) => Number(a) - Number(b)
    : (a: string, b: string) => (a < b ? -1 : 1);
  const kind = asked === "multi-label" ? asked : "classification";
  return { kind, labels: labels.sort(order) };
}

/** "LOW,HIGH" as two numbers. */
export function labelRange(text: string): [number, number] {
  const ends = text.split(",").map((end) => (end.trim() === "" ? Number.NaN : Number(end)));
  const [low, high] = ends;
  if (ends.length === 2 && Number.isFinite(high - low) && low < high) return [low, high];
  throw new InvalidArgumentError(`it is ${quote(text)}: it must be two numbers, the smaller first`);
}

/**
 * Examples of a task.
 *
 * @param range - of labels of a similarity, to be brought to 0 .. 1.
 * @throws FormatError that names the line of a label which the task does not know.
 */
export function examplesOf(
  records: readonly TextRecord[],
  task: Task,
  source: string,
  range: readonly [number, number] = [0, 1],
  separator = "|",
): Example[] {
  return records.map((record) => {
    const text = record.label!;
    const number = (name: string, labels: readonly string[]) => {
      const label = labels.indexOf(name);
      if (label >= 0) return label;
      const known = labels.slice(0, 8).map(quote).join(", ");
      throw new FormatError(
        source,
        `the label ${quote(name)} is unknown: there are ${known}`,
        record.line,
      );
    };
    if (task.kind === "classification") {
      return { ...inputOf(record), label: number(text, task.labels) };
    }
    if (task.kind === "multi-label") {
      const names = severalLabels(text, separator);
      if (new Set(names).size < names.length || names.includes("")) {
        throw new FormatError(
          source,
          `the labels ${quote(text)} hold one twice, or an empty one`,
          record.line,
        );
      }
      return { ...inputOf(record), label: names.map((name) => number(name, task.labels)) };
    }
    const label = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(label)) {
      throw new FormatError(source, `the label ${quote(text)} is not a number`, record.line);
    }
    if (task.kind === "regression") return { ...inputOf(record), label };
    const [low, high] = range;
    const similarity = (label - low) / (high - low);
    if (Math.abs(similarity) <= 1) return { ...inputOf(record), label: similarity };
    throw new FormatError(
      source,
      `the label ${quote(text)} is no similarity in [-1, 1]: --label-range 0,5 brings 0 .. 5 to 0 .. 1`,
      record.line,
    );
  });
}

/** The stream that draws few-shot samples. */
const sampleStream = 0x73_00_00_00;

/** `count` of the records, drawn without replacement. */
export function sample<T>(records: readonly T[], count: number | undefined, seed: number): T[] {
  if (count === undefined || count >= records.length) return [...records];
  const order = randomPermutation(records.length, seed, sampleStream);
  return Array.from(order.subarray(0, count), (i) => records[i]);
}
