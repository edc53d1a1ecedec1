// Items that the user names: in an option, in a file of ids, or as the history of one user.
import { existsSync } from "node:fs";
import { quote } from "../check/describe.js";
import { readFile } from "../files/read-file.js";
import {
  type HistoryTable,
  type IdTableFormat,
  parseHistory,
  parseIds,
} from "../formats/id-tables.js";
import { RecordReader } from "../formats/records.js";
import { UsageError } from "./errors.js";
import type { AnyModel } from "./load-model.js";

const nameOf = (path: string) => (path === "-" ? "standard input" : path);

/**
 * The ids in an option: separated by commas, quoted where an id holds one, or with @ before it the
 * name of a file of ids.
 *
 * @throws UsageError, FileError or FormatError by name.
 */
export function itemList(option: string, text: string, format: IdTableFormat): string[] {
  if (text.startsWith("@")) {
    const path = text.slice(1);
    return parseIds(readFile(path), nameOf(path), format);
  }
  const dialect = { delimiter: ",", backslash: false };
  const reader = new RecordReader(new TextEncoder().encode(text), option, dialect);
  const ids: string[] = [];
  while (reader.next()) {
    for (let field = 0; field < reader.fieldCount; field++) ids.push(reader.text(field));
  }
  if (ids.length > 0 && ids.every((id) => id !== "")) return ids;
  throw new UsageError(
    `${option} is ${quote(text)}: it must be item ids separated by commas, or @FILE`,
  );
}

/** @throws UsageError where the model knows none of the items. */
export function checkSomeKnown(
  option: string,
  text: string,
  ids: readonly string[],
  model: AnyModel,
): void {
  if (ids.some((id) => model.hasCol(id))) return;
  const isFile = !text.startsWith("@") && existsSync(text);
  const way = isFile ? `@${text} reads the file` : `it knows ${model.cols} others`;
  throw new UsageError(`${option}: the model knows none of the items, as ${quote(ids[0])}: ${way}`);
}

/** What one user has done, by a file. */
export function readHistory(path: string, format: IdTableFormat, rated: boolean): HistoryTable {
  return parseHistory(readFile(path), nameOf(path), format, rated);
}
