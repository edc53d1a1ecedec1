// Delimited text as rows of fields. Rating files have a reader of their own (records.ts), which
// keeps positions of three fields and makes no strings; here texts are wanted, of any length and
// column.
import { FormatError } from "./errors.js";

/** A record of delimited text. */
export interface Row {
  /** Where it starts, counted from 1. */
  line: number;
  fields: string[];
}

const stray =
  "a quote that is not closed, or is inside a field: " +
  'quote the whole field and write the quote twice: "say ""so"""';

const twoWays =
  "a quote opens here and closes in a later line, or both are the texts' own: " +
  "put the whole header in quotes, or double quotes that are the texts' own";

/** Fails at a carriage return that ends no line, as old Macs wrote them. */
function failLoneReturn(source: string, line: number): never {
  throw new FormatError(
    source,
    "a carriage return without a line feed: lines must end with LF or CRLF",
    line,
  );
}

/**
 * The rows of text whose fields may be quoted as in RFC 4180: spaces belong to the fields, a quoted
 * one holds delimiters, line ends and doubled quotes. Empty lines are passed over.
 *
 * @param delimiter - one character.
 * @throws FormatError with the line: a quote that is not closed or is inside a field, a
 *   carriage return without a line feed.
 */
export function quotedRows(text: string, delimiter: string, source: string): Row[] {
  return parseQuoted(text, delimiter, source).rows;
}

/** As `quotedRows`, and whether there was a doubled quote. */
function parseQuoted(text: string, delimiter: string, source: string) {
  const rows: Row[] = [];
  let doubled = false;
  const special = new RegExp(`[${delimiter}"\\r\\n]`, "g");
  let p = 0;
  let line = 1;
  let row: Row = { line, fields: [] };
  let quoted = false;

  /** The field in quotes that starts at p. */
  const quotedField = (): string => {
    const start = p + 1;
    let end = p;
    for (;;) {
      end = text.indexOf('"', end + 1);
      if (end < 0) throw new FormatError(source, stray, line);
      if (text[end + 1] !== '"') break;
      doubled = true;
      end++;
    }
    p = end + 1;
    quoted = true;
    return text.slice(start, end).replaceAll('""', '"');
  };
  /** The field up to the next delimiter or line end. */
  const plainField = (): string => {
    special.lastIndex = p;
    const end = special.exec(text)?.index ?? text.length;
    const field = text.slice(p, end);
    p = end;
    return field;
  };

  while (p < text.length || row.fields.length > 0) {
    const opened = line;
    const field = text[p] === '"' ? quotedField() : plainField();
    row.fields.push(field);
    for (let at = field.indexOf("\n"); at >= 0; at = field.indexOf("\n", at + 1)) line++;
    if (text[p] === delimiter) {
      p++;
      continue;
    }
    if (text[p] === "\r" && (text[p + 1] === "\n" || p + 1 === text.length)) p++;
    else if (text[p] === "\r") failLoneReturn(source, line);
    if (p < text.length && text[p] !== "\n") throw new FormatError(source, stray, opened);
    if (quoted || row.fields.length > 1 || field.trim() !== "") rows.push(row);
    p++;
    row = { line: ++line, fields: [] };
    quoted = false;
  }
  return { rows, doubled };
}

/**
 * The rows of tab separated text. GLUE's files hold quotes that mean nothing, and programs that
 * write tables quote what needs it. Quotes count when the whole header is in quotes; or when the
 * rows have one width with them, and either not so without them or a quote in quotes is doubled.
 *
 * @throws FormatError with the line: a carriage return without a line feed; under a header in
 *   quotes as `quotedRows`.
 */
export function tabbedRows(text: string, source: string): Row[] {
  const returns = text.includes("\r");
  const plain: Row[] = [];
  const lines = returns ? text.replace(/\r$/, "").split(/\r?\n/) : text.split("\n");
  lines.forEach((row, i) => {
    const fields = row.split("\t");
    if (fields.length > 1 || row.trim() !== "") plain.push({ line: i + 1, fields });
  });
  if (text.includes('"')) {
    // A header all in quotes is by a program that quotes everything: what it breaks is an error.
    const whole = plain.length > 0 && plain[0].fields.every((field) => /^".*"$/.test(field));
    if (whole) return quotedRows(text, "\t", source);
    const quoted = ifQuoted(text, source);
    if (quoted && ofOneWidth(quoted.rows)) {
      if (quoted.doubled || !ofOneWidth(plain)) return quoted.rows;
      const differs = quoted.rows.findIndex(({ line }, i) => line !== plain[i].line);
      if (quoted.rows.length < plain.length) {
        const { line } = quoted.rows[(differs < 0 ? quoted.rows.length : differs) - 1];
        throw new FormatError(source, twoWays, line);
      }
    }
  }
  if (returns) {
    const lone = plain.find(({ fields }) => fields.some((field) => field.includes("\r")));
    if (lone) failLoneReturn(source, lone.line);
  }
  return plain;
}

/** What the text is in the reading with quotes; undefined where they are not in pairs. */
function ifQuoted(text: string, source: string) {
  try {
    return parseQuoted(text, "\t", source);
  } catch {
    return undefined;
  }
}

function ofOneWidth(rows: readonly Row[]): boolean {
  return rows.every(({ fields }) => fields.length === rows[0].fields.length);
}
