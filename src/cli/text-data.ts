// Labelled texts for the commands: from a file's columns to examples of a task.

import { listNames, quote } from "../check/describe.js";
import { readFile } from "../files/read-file.js";
import { FormatError } from "../formats/errors.js";
import { readTextTable, type TextRecord } from "../formats/text-table.js";
import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import type { Task } from "../lora/adapter.js";
import type { Example } from "../lora/finetune-options.js";
import type { TextInput } from "../lora/text-input.js";
import { UsageError } from "./errors.js";
import { checkLabels, classFinder, numberOf, severalLabels } from "./labels.js";
import { InvalidArgumentError } from "./packages.js";

/** "A,B" as names, at most so many. */
export function columnNames(text: string, most: 2 | 3 = 2): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length === 2 && names[0] === names[1]) {
    throw new UsageError(`--text-columns is ${quote(text)}: it must be two different columns`);
  }
  if (names.length <= most && names.every((name) => name !== "")) return names;
  const wanted = most === 2 ? "one or two names" : "one to three names";
  throw new UsageError(`--text-columns is ${quote(text)}: it must be ${wanted}`);
}

export function readTexts(file: string, texts: readonly string[], label?: string): TextRecord[] {
  const columns = label === undefined ? { texts } : { texts, label };
  return readTextTable(readFile(file), file, columns);
}

/** What is worth a word of a file's texts, though it may be right. */
export function remarksOnTexts(file: string, records: readonly TextRecord[]): string[] {
  const empty = records.filter(({ texts }) => texts.some((text) => text.trim() === ""));
  if (empty.length === 0) return [];
  const count = empty.length === 1 ? "1 record" : `${empty.length} records`;
  return [`${file}: ${count} without a text, first in line ${empty[0].line}`];
}

export function inputOf({ texts: [text, pair] }: TextRecord): TextInput {
  return { text, pair };
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
 * @throws FormatError that names the line of a label which is missing, or which the task does not
 *   know.
 */
export function examplesOf(
  records: readonly TextRecord[],
  task: Task,
  source: string,
  range: readonly [number, number] = [0, 1],
  separator = "|",
): Example[] {
  checkLabels(records, source, task.kind);
  const labels = "labels" in task ? task.labels : [];
  const find = classFinder(labels);
  return records.map((record) => {
    const text = record.label;
    if (text === undefined) {
      const [, , negative] = record.texts;
      return { ...inputOf(record), ...(negative !== undefined && { negative }) };
    }
    const fail = (reason: string) => new FormatError(source, reason, record.line);
    const number = (name: string) => {
      const label = find(name);
      if (label !== undefined) return label;
      throw fail(`the label ${quote(name)} is unknown: there are ${listNames(labels)}`);
    };
    if (task.kind === "classification") return { ...inputOf(record), label: number(text) };
    if (task.kind === "multi-label") {
      const names = severalLabels(text, separator);
      const several = names.includes("") ? [] : names.map(number);
      if (new Set(several).size === names.length) return { ...inputOf(record), label: several };
      throw fail(`the labels ${quote(text)} hold one twice, or an empty one`);
    }
    const label = numberOf(text);
    if (label === undefined) throw fail(`the label ${quote(text)} is not a number`);
    if (task.kind === "regression") {
      const [low, high] = task.range ?? [label, label];
      if (label >= low && label <= high) return { ...inputOf(record), label };
      throw fail(`the label ${quote(text)} is not in the range ${low} .. ${high}`);
    }
    const [low, high] = range;
    const similarity = (label - low) / (high - low);
    if (Math.abs(similarity) <= 1) return { ...inputOf(record), label: similarity };
    throw fail(
      `the label ${quote(text)} is not a similarity in [-1, 1]: ` +
        "--label-range 0,5 brings 0 .. 5 to 0 .. 1",
    );
  });
}

/** `count` of the records, drawn without replacement. */
export function sample<T>(records: readonly T[], count: number | undefined, seed: number): T[] {
  if (count === undefined || count >= records.length) return [...records];
  const order = randomPermutation(records.length, seed, streams.fewShot.first);
  return Array.from(order.subarray(0, count), (i) => records[i]);
}
