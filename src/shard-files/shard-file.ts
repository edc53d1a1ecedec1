// The bytes of a shard file, little endian: a header, then some blocks of rows.
//
//   header  64 bytes: "lowrank shard 1\n", the identity of the data (32 bytes), the first block and the one
//           after the last (u32 each), entries (f64)
//   block   values (f64 each), columns (i32 each), entries of each row (i32 each), zeros up to a multiple of 8
import { ValuesOverUnit } from "../completion/over-unit.js";
import { FormatError } from "../formats/errors.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";

const magic = "lowrank shard 1\n";
export const headerBytes = 64;
/** Squares and their sums must stay in range. */
const largestValue = 1e150;

/** Rows of a matrix, as a block holds them. */
export interface BlockRows {
  readonly counts: Int32Array;
  readonly colIndices: Int32Array;
  readonly values: Float64Array;
}

export function blockBytes(rows: number, entries: number): number {
  return 8 * Math.ceil((12 * entries + 4 * rows) / 8);
}

/** @param identity - in hexadecimal digits. */
export function encodeHeader(
  identity: string,
  first: number,
  end: number,
  entries: number,
): Uint8Array {
  const header = new Uint8Array(headerBytes);
  header.set(new TextEncoder().encode(magic));
  for (let i = 0; i < 32; i++)
    header[16 + i] = Number.parseInt(identity.slice(2 * i, 2 * i + 2), 16);
  const view = new DataView(header.buffer);
  view.setUint32(48, first, true);
  view.setUint32(52, end, true);
  view.setFloat64(56, entries, true);
  return header;
}

export function encodeBlock({ counts, colIndices, values }: BlockRows): Uint8Array {
  const block = new Uint8Array(blockBytes(counts.length, values.length));
  const at = placesOf(block, counts.length, values.length);
  at.values.set(values);
  at.colIndices.set(colIndices);
  at.counts.set(counts);
  return block;
}

/** The arrays of a block that begins at a multiple of 8 in its memory. */
function placesOf(block: Uint8Array, rows: number, entries: number) {
  const { buffer, byteOffset } = block;
  return {
    values: new Float64Array(buffer, byteOffset, entries),
    colIndices: new Int32Array(buffer, byteOffset + 8 * entries, entries),
    counts: new Int32Array(buffer, byteOffset + 12 * entries, rows),
  };
}

/** Checks a header. @throws FormatError where the file is not a shard, of another version or of other data. */
export function checkHeader(header: Uint8Array, expected: Uint8Array, source: string): void {
  const [given, wanted] = [header, expected].map((bytes) => Buffer.from(bytes));
  if (given.equals(wanted)) return;
  const text = given.toString("latin1", 0, 16);
  if (text !== magic) {
    const version = /^lowrank shard (.*)\n/.exec(text)?.[1];
    throw new FormatError(
      source,
      version === undefined
        ? "it is not a shard file, or its beginning is damaged"
        : `it is a shard file of version ${version}: this lowrank reads 1`,
    );
  }
  const isOther = !given.subarray(16, 48).equals(wanted.subarray(16, 48));
  throw new FormatError(
    source,
    isOther
      ? "it is a shard of other data: its identity is not that of manifest.json"
      : "it has other blocks than manifest.json says",
  );
}

/** Rows of several blocks, one after the other, while they are read. */
export class RowsReader {
  readonly #rowStart: Int32Array<ArrayBuffer>;
  readonly #colIndices: Int32Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer> | ValuesOverUnit;
  #row = 0;

  /** @param unit - by which the values are divided; without one they are as the file has them. */
  constructor(
    rows: number,
    readonly cols: number,
    entries: number,
    unit?: number,
  ) {
    this.#rowStart = new Int32Array(rows + 1);
    this.#colIndices = new Int32Array(entries);
    this.#values =
      unit === undefined ? new Float64Array(entries) : new ValuesOverUnit(entries, unit);
  }

  /**
   * Adds a block.
   *
   * @param bytes - of `blockBytes(rows, entries)`, from a multiple of 8 in their memory on.
   * @throws FormatError where it holds what no matrix can have.
   */
  add(bytes: Uint8Array, rows: number, entries: number, source: string): void {
    const { counts, colIndices, values } = placesOf(bytes, rows, entries);
    const wrong = (what: string) => new FormatError(source, `a block of it holds ${what}`);
    let at = this.#rowStart[this.#row];
    const first = at;
    let p = 0;
    for (const count of counts) {
      if (count < 0 || p + count > entries) throw wrong("rows that do not fit its entries");
      for (let before = -1, end = p + count; p < end; p++) {
        const col = colIndices[p];
        if (col <= before || col >= this.cols)
          throw wrong("columns that do not increase or do not exist");
        if (!(Math.abs(values[p]) <= largestValue)) throw wrong("a value that is out of range");
        before = col;
      }
      at += count;
      this.#rowStart[++this.#row] = at;
    }
    if (p !== entries) throw wrong("rows that do not fit its entries");
    this.#colIndices.set(colIndices, first);
    this.#values.set(values, first);
  }

  finish(): SparseMatrix {
    const values = this.#values instanceof ValuesOverUnit ? this.#values.values : this.#values;
    return SparseMatrix.fromSorted(this.cols, this.#rowStart, this.#colIndices, values);
  }
}
