// Tables of texts with labels: CSV with a header, tab separated text, or JSON lines.
import { listNames, quote } from "../check/describe.js";
import { plainBytes } from "./bytes.js";
import { quotedRows, type Row, tabbedRows } from "./csv.js";
import { FormatError } from "./errors.js";
import { foreignFile } from "./foreign-file.js";
import { kindOf, parseJsonText } from "./strict-json.js";

/** The columns that were asked for, of one record. */
export interface TextRecord {
  /** Counted from 1. */
  line: number;
  texts: string[];
  /** Undefined when no label was asked for. Without the spaces around it. */
  label: string | undefined;
}

interface TextColumns {
  /** Names, or numbers from 1 where the file has no header. */
  texts: readonly string[];
  label?: string;
}

/** V8's longest string. */
const longestText = 0x1fffffe8;

/**
 * The named columns of a table.
 *
 * JSON lines when the first character is "{". Otherwise tab separated when the first line has a
 * tab; else quoted as in RFC 4180, and separated by the first of comma, semicolon and "|" under
 * which the header has the columns that are asked for. The first line is a header unless all
 * columns are asked for by number.
 *
 * @param given - UTF-8, with or without a byte order mark.
 * @param source - the file's name, for messages.
 * @throws FormatError with the line: what is not UTF-8, a NUL, a column that is missing or named
 *   twice, a record with another number of fields than the header, malformed quotes or JSON;
 *   without one when there are no records, or the file is of another kind.
 */
export function readTextTable(
  given: Uint8Array,
  source: string,
  columns: TextColumns,
): TextRecord[] {
  const bytes = plainBytes("readTextTable", source, given);
  const foreign = foreignFile(bytes);
  if (foreign !== undefined) throw new FormatError(source, foreign);
  if (bytes.length > longestText) {
    throw new FormatError(source, "it is larger than 512 MiB: split it");
  }
  const text = decode(bytes, source);
  const records = text.trimStart().startsWith("{")
    ? fromJsonLines(text, source, columns)
    : fromDelimited(text, source, columns);
  if (records.length === 0) throw new FormatError(source, "the file holds no records");
  return records;
}

function decode(bytes: Uint8Array, source: string): string {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    let line = 1;
    for (let start = 0; ; line++) {
      const end = bytes.indexOf(10, start);
      try {
        utf8.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
      } catch {
        break;
      }
      start = end + 1;
    }
    throw new FormatError(
      source,
      "invalid UTF-8, perhaps Latin-1: save the file as UTF-8 (iconv -f latin1 -t utf-8)",
      line,
    );
  }
  const nul = text.indexOf("\0");
  if (nul < 0) return text;
  const line = text.slice(0, nul).split("\n").length;
  throw new FormatError(source, "a NUL byte: the file must be UTF-8 text", line);
}

function fromJsonLines(text: string, source: string, columns: TextColumns): TextRecord[] {
  const records: TextRecord[] = [];
  text.split("\n").forEach((row, i) => {
    if (row.trim() === "") return;
    const line = i + 1;
    const object = parseJsonText(row, source, line);
    const value = (name: string) => {
      const found = Object.hasOwn(object, name) ? object[name] : undefined;
      if (typeof found === "string") return found;
      if (typeof found === "boolean") return String(found);
      if (typeof found === "number") {
        const exact = Number.isInteger(found) ? Number.isSafeInteger(found) : found - found === 0;
        if (exact) return String(found);
        throw new FormatError(source, `${quote(name)} is beyond 2^53: write it in quotes`, line);
      }
      throw new FormatError(
        source,
        `${quote(name)} is ${kindOf(found)}: it must be a text or a number`,
        line,
      );
    };
    const { label } = columns;
    const texts = columns.texts.map(value);
    records.push({ line, texts, label: label === undefined ? undefined : value(label).trim() });
  });
  return records;
}

function fromDelimited(text: string, source: string, columns: TextColumns): TextRecord[] {
  const wanted = [...columns.texts, ...(columns.label === undefined ? [] : [columns.label])];
  const numbered = wanted.every((name) => /^[1-9]\d*$/.test(name));
  const [firstLine] = /[^\r\n].*/.exec(text) ?? [""];
  // A tab inside quotes is a text's.
  const tabs = firstLine.replace(/"[^"]*"/g, "").includes("\t");
  const rows = tabs
    ? tabbedRows(text, source)
    : quotedRows(text, delimiterOf(firstLine, wanted, numbered), source);
  if (rows.length === 0) return [];
  const header = numbered ? undefined : rows.shift();
  const places = wanted.map((name) => (header ? placeOf(name, header, source) : Number(name) - 1));
  // Files without a header may have more columns in some rows, as those of STS-B: tabs belong to no
  // text.
  const width = header?.fields.length ?? (tabs ? undefined : rows[0].fields.length);
  const first = header ? "the header" : "the first line";
  return rows.map(({ line, fields }) => {
    if (width !== undefined && fields.length !== width) {
      const how = tabs ? "" : ": a text that holds a comma must be in quotes";
      throw new FormatError(
        source,
        `${count(fields.length)}, and ${first} has ${width}${fields.length > width ? how : ""}`,
        line,
      );
    }
    const found = places.map((at) => {
      if (at < fields.length) return fields[at];
      throw new FormatError(source, `${count(fields.length)}: column ${at + 1} is missing`, line);
    });
    const label = columns.label === undefined ? undefined : found.pop()!.trim();
    return { line, texts: found, label };
  });
}

/** The separator under which the first line has the columns that are asked for. */
function delimiterOf(line: string, wanted: readonly string[], numbered: boolean): string {
  const fits = (delimiter: string) => {
    try {
      const [{ fields }] = quotedRows(line, delimiter, "");
      const names = fields.map((name) => name.trim());
      return wanted.every((name) =>
        numbered ? Number(name) <= names.length : names.includes(name),
      );
    } catch {
      return false; // The chosen one will report.
    }
  };
  return [",", ";", "|"].find(fits) ?? ",";
}

function placeOf(name: string, header: Row, source: string): number {
  const names = header.fields.map((field) => field.trim());
  const at = names.indexOf(name);
  const fail = (reason: string) => new FormatError(source, reason, header.line);
  if (at < 0) {
    throw fail(
      `there is no column ${quote(name)}: there are ${listNames(names)}` +
        " (without a header, columns go by number from 1)",
    );
  }
  if (names.includes(name, at + 1)) throw fail(`the column ${quote(name)} appears twice`);
  return at;
}

function count(fields: number): string {
  return fields === 1 ? "1 field" : `${fields} fields`;
}
