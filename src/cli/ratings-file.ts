// How the commands read a file of ratings, and the options that say how it is laid out.
import { type Command, InvalidArgumentError } from "commander";
import { quote } from "../check/describe.js";
import { readFile } from "../files/read-file.js";
import { parseRatings, type Ratings, type RatingsFormat } from "../formats/delimited.js";
import { UsageError } from "./errors.js";

export type FormatOptions = RatingsFormat;

/** Names of delimiters that are awkward in a shell. */
const delimiterNames: Record<string, string> = {
  tab: "\t",
  "\\t": "\t",
  comma: ",",
  semicolon: ";",
  pipe: "|",
  space: " ",
};

/** Adds the options to a command. */
export function addFormatOptions(command: Command): void {
  command
    .option(
      "--columns <user,item,rating>",
      "which columns these are, by names or by numbers from 1 (default: by the header, or 1,2,3)",
      columnList,
    )
    .option(
      "--delimiter <d>",
      "what separates the columns, as ';' or tab (default: told by the file)",
      delimiterOf,
    )
    .option("--encoding <name>", "of the text, as latin1 or utf-16le (default: utf-8)")
    .option("--dense", "the file is a table: a line for each user, a column for each item")
    .option("--missing <text>", "with --dense: an unknown cell, as 99 (always: nothing, NA, NaN)");
}

/** What commander cannot say of them. */
export function checkFormatOptions({ columns, dense, missing }: FormatOptions): void {
  if (missing !== undefined && !dense) {
    throw new UsageError("--missing says what unknown cells hold: it needs --dense");
  }
  const count = columns?.length ?? 0;
  if (columns && (dense ? count > 2 : count !== 3)) {
    const wanted = dense
      ? "the column of the row ids or none, and the first column of ratings"
      : "three columns: user, item and rating";
    throw new UsageError(`--columns is ${quote(columns.join(","))}: it must be ${wanted}`);
  }
}

/** The ratings in a file, or for "-" on standard input. @throws FileError or FormatError by name. */
export function readRatings(path: string, options: FormatOptions): Ratings {
  return parseRatings(readFile(path), path === "-" ? "standard input" : path, options);
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
