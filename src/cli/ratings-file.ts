// How the commands read a file of ratings or clicks, and the options that say how it is laid out.

import { quote } from "../check/describe.js";
import { readFile } from "../files/read-file.js";
import { type EntryTable, parseEntries, type RatingsFormat } from "../formats/delimited.js";
import { FormatError } from "../formats/errors.js";
import { inSeconds } from "../formats/times.js";
import { UsageError } from "./errors.js";
import { type Command, InvalidArgumentError } from "./packages.js";

export type { EntryTable };
/** What the options say. */
export type FormatOptions = Pick<
  RatingsFormat,
  "columns" | "delimiter" | "encoding" | "dense" | "missing"
>;

/** Names of delimiters that are awkward in a shell. */
const delimiterNames: Record<string, string> = {
  tab: "\t",
  "\\t": "\t",
  comma: ",",
  semicolon: ";",
  pipe: "|",
  space: " ",
};

/** What is said of any table. */
export type TextOptions = Pick<RatingsFormat, "delimiter" | "encoding">;

/** Adds the options of any table to a command. */
export function addTextOptions(command: Command): void {
  command
    .option(
      "--delimiter <d>",
      "what separates the columns, as ';' or tab (default: found in the file)",
      delimiterOf,
    )
    .option("--encoding <name>", "of the text, as latin1 or utf-16le (default: utf-8)");
}

/** Adds the options to a command. */
export function addFormatOptions(command: Command): void {
  addTextOptions(command);
  addColumnsOption(command, "; two are clicks, one more is a time");
  command
    .option("--dense", "the file is a table: a line for each user, a column for each item")
    .option("--missing <text>", "with --dense: an unknown cell, as 99 (always: nothing, NA, NaN)");
}

export function addColumnsOption(command: Command, more = ""): void {
  command.option(
    "--columns <user,item,rating>",
    `which columns these are, by names or by numbers from 1 (default: by the header, or 1,2,3)${more}`,
    columnList,
  );
}

/** What commander cannot say of them. */
export function checkFormatOptions(options: FormatOptions & { clicks?: boolean }): void {
  const { columns, dense, missing, clicks } = options;
  if (missing !== undefined && !dense) {
    throw new UsageError("--missing says what unknown cells hold: it needs --dense");
  }
  if (columns === undefined) return;
  const [least, most, wanted] = dense
    ? [1, 2, "the column of the row ids or none, and the first column of ratings"]
    : clicks
      ? [2, 3, "two columns, user and item, or three with a time"]
      : [2, 4, "three columns: user, item and rating (two of clicks, four with a time)"];
  if (columns.length < least || columns.length > most) {
    throw new UsageError(`--columns is ${quote(columns.join(","))}: it must be ${wanted}`);
  }
}

/**
 * Refuses two files that are both standard input.
 *
 * @param inputs - paths by what the user calls them.
 */
export function checkStandardInput(inputs: Record<string, string | undefined>): void {
  const names = Object.keys(inputs).filter((name) => inputs[name] === "-");
  if (names.length < 2) return;
  throw new UsageError(
    `${names.slice(0, 2).join(" and ")} are both -: standard input can be read only once`,
  );
}

/**
 * The ratings or clicks in a file, or for "-" on standard input.
 *
 * @throws FileError or FormatError by name.
 */
export function readEntries(path: string, format: RatingsFormat): EntryTable {
  const { content, times, columns, delimiter, encoding, dense, missing } = format;
  const given = { content, times, columns, delimiter, encoding, dense, missing };
  const known = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
  return parseEntries(readFile(path), path === "-" ? "standard input" : path, known);
}

/**
 * A table whose times are seconds, by which weights of clicks can fade.
 *
 * @throws FormatError where they cannot be times.
 */
export function withSeconds(table: EntryTable, source: string): EntryTable {
  const times = table.times && inSeconds(table.times);
  if (times !== undefined) return { ...table, times };
  throw new FormatError(
    source,
    "its times are not dates: they must be seconds or milliseconds since 1970, or as 2024-12-31",
  );
}

function columnList(text: string): string[] {
  const columns = text.split(",").map((column) => column.trim());
  if (columns.every((column) => column !== "")) return columns;
  throw new InvalidArgumentError("It must be names or numbers, separated by commas.");
}

function delimiterOf(text: string): string {
  const delimiter = delimiterNames[text.toLowerCase()] ?? text;
  const oneMark = /^[^\w."+\r\n-]$/.test(delimiter) && delimiter > "\0" && delimiter < "\x7f";
  if (oneMark || delimiter === "::") return delimiter;
  throw new InvalidArgumentError(
    "It must be one character that is not a letter, a digit, a quote, a point or a minus, or ::.",
  );
}
