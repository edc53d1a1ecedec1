// A matrix from a file: .npy, or a table of numbers as text.
import { quotedRows, type Row, tabbedRows } from "../../src/formats/csv.js";
import { isDecimal } from "../../src/formats/decimal.js";
import { FormatError } from "../../src/formats/errors.js";
import { foreignFile } from "../../src/formats/foreign-file.js";
import { decodeNpy } from "../../src/formats/npy.js";

/** Rows of numbers, and what the rows are called where the file says it. */
export interface Table {
  rows: number;
  cols: number;
  data: Float64Array | Float32Array;
  names: string[] | undefined;
}

/** @throws FormatError with the line. */
export function readTable(bytes: Uint8Array, source: string): Table {
  if (bytes.length === 0) throw new FormatError(source, "the file is empty");
  const npy = bytes[0] === 0x93;
  const table = npy ? fromNpy(bytes, source) : fromText(bytes, source);
  if (table.rows < 2 || table.cols < 2) {
    throw new FormatError(
      source,
      `it is ${table.rows} x ${table.cols}: there must be two rows and two columns or more`,
    );
  }
  const bad = table.data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return table;
  const [row, col] = [Math.floor(bad / table.cols), bad % table.cols];
  throw new FormatError(source, `entry [${row}, ${col}] is not a finite number`);
}

function fromNpy(bytes: Uint8Array, source: string): Table {
  const { shape, data } = decodeNpy(bytes, source);
  const [rows = 1, cols = 1] = shape;
  return { rows, cols, data, names: undefined };
}

/** Numbers are the same in either; only names differ. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

function fromText(bytes: Uint8Array, source: string): Table {
  const foreign = foreignFile(bytes);
  if (foreign !== undefined) throw new FormatError(source, foreign);
  const text = decode(bytes);
  const [first = ""] = /[^\r\n]+/.exec(text) ?? [];
  const records = first.includes("\t")
    ? tabbedRows(text, source)
    : quotedRows(text, first.includes(";") ? ";" : ",", source);
  const isNumbers = ({ fields }: Row) => fields.slice(1).every((field) => isDecimal(field.trim()));
  const body = records.length > 1 && !isNumbers(records[0]) ? records.slice(1) : records;
  if (body.length === 0) throw new FormatError(source, "the file holds no numbers");
  // A first column that is not of numbers names the rows.
  const named = body.some(({ fields }) => !isDecimal(fields[0].trim()));
  const width = body[0].fields.length;
  const from = named ? 1 : 0;
  const data = new Float64Array(body.length * Math.max(0, width - from));
  let place = 0;
  for (const { line, fields } of body) {
    if (fields.length !== width) {
      throw new FormatError(
        source,
        `${fields.length} fields, and the first row has ${width}`,
        line,
      );
    }
    for (const field of fields.slice(from)) {
      const shown = field.trim();
      if (!isDecimal(shown)) throw new FormatError(source, `"${shown}" is not a number`, line);
      data[place++] = Number(shown);
    }
  }
  const names = named ? body.map(({ fields }) => fields[0]) : undefined;
  return { rows: body.length, cols: width - from, data, names };
}
