// Tables of texts with labels: CSV with a header, tab separated text, or JSON lines.
import { quote } from "../linalg/describe.js";
import { plainBytes } from "./bytes.js";
import { FormatError } from "./errors.js";
import { parseJsonObject } from "./strict-json.js";

/** The columns that were asked for, of one record. */
export interface TextRecord {
  /** Counted from 1. */
  line: number;
  texts: string[];
  /** Undefined when no label was asked for. */
  label: string | undefined;
}

export interface TextColumns {
  /** Names, or numbers from 1 where the file has no header. */
  texts: readonly string[];
  label?: string;
}

/**
 * The named columns of a table.
 *
 * JSON lines when the first character is "{". Otherwise tab separated, without quoting, when the first
 * line has a tab; else comma separated, quoted as in RFC 4180. The first line is a header unless all
 * columns are asked for by number.
 *
 * @param bytes - UTF-8, with or without a byte order mark.
 * @param source - the file's name, for messages.
 * @throws FormatError with the line: invalid UTF-8, a column that is missing, a record that is too
 *   short, malformed quotes or JSON; without one when there are no records.
 */
export function readTextTable(
  given: Uint8Array,
  source: string,
  columns: TextColumns,
): TextRecord[] {
  const bytes = plainBytes("readTextTable", source, given);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(source, "invalid UTF-8: the file must be UTF-8 text");
  }
  const records = text.trimStart().startsWith("{")
    ? fromJsonLines(text, source, columns)
    : fromDelimited(text, source, columns);
  if (records.length === 0) throw new FormatError(source, "the file holds no records");
  return records;
}

function fromJsonLines(text: string, source: string, columns: TextColumns): TextRecord[] {
  const records: TextRecord[] = [];
  text.split(/\r?\n/).forEach((row, i) => {
    if (row.trim() === "") return;
    const line = i + 1;
    const object = parseJsonObject(new TextEncoder().encode(row), source, line);
    const value = (name: string) => {
      const found = Object.hasOwn(object, name) ? object[name] : undefined;
      if (typeof found === "string") return found;
      if (typeof found === "number" || typeof found === "boolean") return String(found);
      throw new FormatError(source, `${quote(name)} is no text or number`, line);
    };
    const { label } = columns;
    const texts = columns.texts.map(value);
    records.push({ line, texts, label: label === undefined ? undefined : value(label) });
  });
  return records;
}

function fromDelimited(text: string, source: string, columns: TextColumns): TextRecord[] {
  const tabs = /^[^\n]*\t/.test(text);
  const rows = tabs ? tabSeparated(text) : commaSeparated(text, source);
  const asked = [...columns.texts, ...(columns.label === undefined ? [] : [columns.label])];
  const numbered = asked.every((name) => /^[1-9]\d*$/.test(name));
  const header = numbered ? undefined : rows.shift();
  const place = (name: string): number => {
    if (header === undefined) return Number(name) - 1;
    const at = header.fields.indexOf(name);
    if (at >= 0) return at;
    const known = header.fields.slice(0, 12).map(quote).join(", ");
    throw new FormatError(
      source,
      `there is no column ${quote(name)}: there are ${known}`,
      header.line,
    );
  };
  const textPlaces = columns.texts.map(place);
  const labelPlace = columns.label === undefined ? undefined : place(columns.label);
  return rows.map(({ line, fields }) => {
    const field = (at: number) => {
      if (at < fields.length) return fields[at];
      throw new FormatError(source, `${fields.length} columns: column ${at + 1} is missing`, line);
    };
    const label = labelPlace === undefined ? undefined : field(labelPlace);
    return { line, texts: textPlaces.map(field), label };
  });
}

interface Row {
  line: number;
  fields: string[];
}

/** GLUE's files hold quotes that mean nothing: no quoting. */
function tabSeparated(text: string): Row[] {
  return text
    .split(/\r?\n/)
    .map((row, i) => ({ line: i + 1, fields: row.split("\t") }))
    .filter(({ fields }) => fields.length > 1 || fields[0].trim() !== "");
}

function commaSeparated(text: string, source: string): Row[] {
  const rows: Row[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let line = 1;
  let row: Row = { line, fields: [] };
  while (field.lastIndex < text.length || row.fields.length > 0) {
    const match = field.exec(text);
    if (!match)
      throw new FormatError(
        source,
        "a quote that is not closed, or stands inside of a field",
        line,
      );
    const [whole, quoted, plain, end] = match;
    row.fields.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    line += whole.split("\n").length - 1;
    if (end === ",") continue;
    if (row.fields.length > 1 || row.fields[0] !== "") rows.push(row);
    row = { line, fields: [] };
    if (end === "") break;
  }
  return rows;
}
