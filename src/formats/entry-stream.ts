// Ratings from text that comes in pieces: a file larger than memory is read like a small one.
import { concatenate } from "./bytes.js";
import { nothingIn, refuseForeign, TripletReader } from "./delimited.js";
import { EncodedText, startsWithByteOrderMark } from "./encoding.js";
import { FormatError } from "./errors.js";
import type { Interner } from "./interner.js";
import { isMatrixMarket } from "./matrix-market.js";
import { doubtOfFirst, doubtOfValues } from "./rating-checks.js";
import { layoutOf, type RatingsFormat } from "./rating-layout.js";
import { isJsonLines, JsonReader } from "./rating-lines.js";
import { maxRecordBytes } from "./records.js";

/** Text that is looked at together: its layout is found in the first. */
const windowBytes = 4 * maxRecordBytes;
/** No line of JSON is longer. */
const longestLine = 64 * maxRecordBytes;
/** Values by which the first window is judged. */
const judgedValues = 1000;

/** What takes the entries, by the numbers of their ids. */
export interface EntrySink {
  readonly rows: Interner;
  readonly cols: Interner;
  push(row: number, col: number, value: number): void;
}

/** What the user may say of text that comes in pieces. */
export interface StreamFormat extends Pick<RatingsFormat, "columns" | "delimiter" | "encoding"> {
  /** Quotes are escaped by backslashes, which only shows late in the file. */
  readonly backslash?: boolean;
}

/** Reads a window of text: as much as it can, and all where it is the last. Returns the bytes it has read. */
type WindowReader = (text: Uint8Array, isLast: boolean) => number;

/**
 * Reads one file of ratings, in the layouts of `parseRatings` but for tables and Matrix Market files. Memory:
 * some MiB, and the ids.
 *
 * `write` and `end` throw FormatError as `parseRatings`; BackslashError where the file must be read again with
 * `backslash`.
 */
export class EntryStream {
  readonly #encoded: EncodedText | undefined;
  readonly #isFirst: boolean;
  #pieces: Uint8Array[] = [];
  #size = 0;
  #read: WindowReader | undefined;
  #nothing = "the file is empty";
  #count = 0;
  /** The first ones. */
  readonly #values: number[] = [];

  constructor(
    readonly source: string,
    readonly format: StreamFormat,
    readonly sink: EntrySink,
  ) {
    const { encoding } = format;
    this.#encoded = encoding === undefined ? undefined : new EncodedText(encoding, source);
    this.#isFirst = sink.rows.strings.length === 0;
  }

  /** Takes the next bytes of the file, which must not change afterwards. */
  write(piece: Uint8Array): void {
    this.#add(this.#encoded?.read(piece, false) ?? piece);
    if (this.#size >= windowBytes) this.#readWindow(false);
  }

  /** Reads what is left. */
  end(): void {
    if (this.#encoded) this.#add(this.#encoded.read(new Uint8Array(0), true));
    this.#readWindow(true);
    if (this.#count === 0) throw new FormatError(this.source, this.#nothing);
    if (this.format.columns || !this.#isFirst) return;
    const { rows, cols } = this.sink;
    const doubt = doubtOfFirst(rows.strings, cols.strings, this.#values[0], this.#count);
    if (doubt !== undefined) throw new FormatError(this.source, doubt);
  }

  #add(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  #readWindow(isLast: boolean): void {
    let text: Uint8Array = concatenate(this.#pieces);
    const isBeginning = this.#read === undefined;
    if (isBeginning) {
      if (text.length === 0) return;
      refuseForeign(text, this.source);
      if (startsWithByteOrderMark(text)) text = text.subarray(3);
      this.#read = this.#readerOf(text);
    }
    const consumed = (this.#read as WindowReader)(text, isLast);
    if (isBeginning) this.#judge();
    this.#pieces = [text.slice(consumed)];
    this.#size = text.length - consumed;
  }

  readonly #push = (row: number, col: number, value: number) => {
    if (this.#values.length < judgedValues) this.#values.push(value);
    this.#count++;
    this.sink.push(row, col, value);
  };

  #judge(): void {
    if (this.format.columns) return;
    const doubt = doubtOfValues(Float64Array.from(this.#values));
    if (doubt !== undefined) throw new FormatError(this.source, doubt);
  }

  #readerOf(text: Uint8Array): WindowReader {
    const { source, format } = this;
    if (isMatrixMarket(text)) {
      throw new FormatError(
        source,
        "a Matrix Market file is not read in pieces: it must be a line for each entry, user, item and rating",
      );
    }
    const asked = { ...format, content: "ratings" } as const;
    if (format.delimiter === undefined && isJsonLines(text)) return this.#jsonReader(asked);
    return this.#recordReader(text, asked);
  }

  #recordReader(text: Uint8Array, format: RatingsFormat & StreamFormat): WindowReader {
    const { rows, cols } = this.sink;
    const found = layoutOf(text, this.source, format);
    const backslash = format.backslash ?? found.dialect.backslash;
    const layout = { ...found, dialect: { ...found.dialect, backslash } };
    this.#nothing = nothingIn(layout);
    const reader = new TripletReader(this.source, layout, rows, cols, { push: this.#push });
    let next = layout.start;
    return (window, isLast) => {
      const limit = isLast ? Number.POSITIVE_INFINITY : window.length - maxRecordBytes - 2;
      const { byte, line } = reader.read(window, next, limit);
      next = { byte: 0, line };
      return byte;
    };
  }

  #jsonReader(format: RatingsFormat): WindowReader {
    const { rows, cols } = this.sink;
    const push = (rowId: string, colId: string, value: number) => {
      this.#push(rows.internText(rowId), cols.internText(colId), value);
    };
    this.#nothing = "the file holds no ratings";
    const reader = new JsonReader(this.source, format, { push });
    return (window, isLast) => {
      const end = isLast ? window.length : window.lastIndexOf(10) + 1;
      if (end === 0 && window.length > longestLine) {
        throw new FormatError(this.source, "a line of JSON is longer than 64 MiB");
      }
      reader.read(window.subarray(0, end));
      return end;
    };
  }
}
