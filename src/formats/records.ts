import { copyBytes } from "./bytes.js";
import { FormatError } from "./errors.js";

/** No line of ratings is longer; a file without line ends is not a table. */
export const maxRecordBytes = 1 << 20;

const [tab, lineFeed, carriageReturn, space, quotationMark, backslash] = [9, 10, 13, 32, 34, 92];

/** U+FEFF inside a file is a character like others. */
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** How records are written. */
export interface Dialect {
  /** What separates fields: a few ASCII characters; " " is any run of spaces and tabs. */
  delimiter: string;
  /** In quoted fields a backslash takes the next quote or backslash as it is, as MySQL writes. */
  backslash: boolean;
}

/** Where to begin: a byte, and the line that it is on. */
export interface Position {
  byte: number;
  line: number;
}

/** A quote that RFC 4180 does not allow, and that a backslash before it would explain. */
export class BackslashError extends FormatError {}

/**
 * Reads delimited text record by record, straight from the bytes.
 *
 * Quotes follow RFC 4180: a quoted field may hold delimiters, line ends and doubled quotes. Spaces
 * around unquoted fields are not part of them. Empty lines are passed over; lines end with LF or
 * CRLF. Strict: a stray quote, a NUL byte, a lone CR, invalid UTF-8 or a record above 1 MiB is an
 * error that names the line.
 *
 * A CSV library would build an object or an array of strings for each line: for ten million
 * ratings that is gigabytes and minutes. Here a record is a few pairs of positions.
 */
export class RecordReader {
  /** Line on which the current record starts, counted from 1. */
  line = 0;
  /** Fields of the current record, also those that are not kept. */
  fieldCount = 0;
  /** Where the kept fields lie: in `source[i]` from `starts[i]` up to `ends[i]`. */
  readonly starts: number[];
  readonly ends: number[];
  readonly source: Uint8Array[];

  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #delimiter: string;
  /** The delimiter's first byte. */
  readonly #mark: number;
  readonly #delimiterLength: number;
  readonly #backslash: boolean;
  /** The place that each field is kept at, -1 for those that are passed over; empty to keep all. */
  readonly #places: number[];
  /** 1 for bytes that an unquoted field cannot just run over, 2 for those that end it. */
  readonly #special = new Uint8Array(256);
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  #position: number;
  #recordStart = 0;
  #nextLine: number;
  /** The record holds bytes beyond ASCII: its UTF-8 has to be checked. */
  #beyondAscii = false;

  /** @param columns - the fields to keep, counted from 0, in this order; all where none is named. */
  constructor(
    bytes: Uint8Array,
    name: string,
    { delimiter, backslash: escapes }: Dialect,
    start: Position = { byte: 0, line: 1 },
    columns: readonly number[] = [],
  ) {
    this.#bytes = bytes;
    this.#name = name;
    this.#delimiter = delimiter;
    this.#mark = delimiter.charCodeAt(0);
    this.#delimiterLength = delimiter.length;
    this.#backslash = escapes;
    this.#places = placesOf(columns);
    this.starts = columns.map(() => 0);
    this.ends = columns.map(() => 0);
    this.source = columns.map(() => bytes);
    this.#position = start.byte;
    this.#nextLine = start.line;
    for (const byte of [0, carriageReturn, quotationMark]) this.#special[byte] = 1;
    this.#special.fill(1, 128);
    this.#special[lineFeed] = 2;
    this.#special[this.#mark] = delimiter.length === 1 ? 2 : 1;
    if (delimiter === " ") this.#special[tab] = 2;
  }

  /** Steps to the next record. False at the end. @throws FormatError at a malformed one. */
  next(): boolean {
    const bytes = this.#bytes;
    let p = this.#position;
    for (;;) {
      this.line = this.#nextLine;
      this.#recordStart = p;
      this.fieldCount = 0;
      p = this.#skipSpaces(p);
      if (p >= bytes.length) return false;
      if (!this.#atLineEnd(p)) break;
      p = this.#afterLineEnd(p);
    }

    for (;;) {
      p = this.#skipSpaces(p);
      p = bytes[p] === quotationMark ? this.#quotedField(p) : this.#plainField(p);
      this.fieldCount++;
      if (p >= bytes.length || this.#atLineEnd(p)) break;
      p += this.#delimiterLength;
      // Runs of white space separate, and do not end in an empty field.
      if (this.#mark === space) {
        p = this.#skipSpaces(p);
        if (p >= bytes.length || this.#atLineEnd(p)) break;
      }
    }
    if (this.#beyondAscii) this.#checkUtf8(p);
    this.#position = p < bytes.length ? this.#afterLineEnd(p) : p;
    return true;
  }

  /** The first byte of the current record. */
  get start(): number {
    return this.#recordStart;
  }

  /** Where the record after the current one starts. */
  get after(): Position {
    return { byte: this.#position, line: this.#nextLine };
  }

  /** A kept field of the current record as text. */
  text(field: number): string {
    return utf8.decode(this.source[field].subarray(this.starts[field], this.ends[field]));
  }

  fail(reason: string, line = this.line): never {
    throw new FormatError(this.#name, reason, line);
  }

  /** From the first byte of an unquoted field to the delimiter or line end after it. */
  #plainField(start: number): number {
    const bytes = this.#bytes;
    const special = this.#special;
    const limit = Math.min(bytes.length, this.#recordStart + maxRecordBytes);
    let p = start;
    for (;;) {
      while (p < limit && special[bytes[p]] === 0) p++;
      if (p >= limit) {
        if (p < bytes.length) this.#failTooLong();
        break;
      }
      const byte = bytes[p];
      if (special[byte] === 2 || this.#atDelimiter(p)) break;
      if (byte >= 128) this.#beyondAscii = true;
      else if (byte === 0) this.#failNul();
      else if (byte === quotationMark) {
        this.fail("a quote inside an unquoted field: quote the field and double the quote");
      } else if (byte === carriageReturn) {
        if (this.#atLineEnd(p)) break;
        this.fail("a carriage return without a line feed: lines must end with LF or CRLF");
      }
      p++;
    }
    let end = p;
    while (end > start && isSpace(bytes[end - 1])) end--;
    this.#keep(bytes, start, end);
    return p;
  }

  /** From the opening quote of a field to the delimiter or line end after it. */
  #quotedField(start: number): number {
    const bytes = this.#bytes;
    const limit = Math.min(bytes.length, this.#recordStart + maxRecordBytes);
    let escaped = false;
    let p = start + 1;
    for (; ; p++) {
      if (p >= limit) {
        const explained = bytes.subarray(start, p).includes(backslash);
        this.#failQuote("a quote that opens here is never closed", explained);
      }
      const byte = bytes[p];
      if (byte >= 128) this.#beyondAscii = true;
      else if (byte === 0) this.#failNul();
      else if (byte === lineFeed) this.#nextLine++;
      else if (byte === backslash && this.#backslash && isEscaped(bytes[p + 1])) {
        escaped = true;
        p++;
      } else if (byte === quotationMark) {
        if (bytes[p + 1] !== quotationMark) break;
        escaped = true;
        p++;
      }
    }
    if (escaped) this.#keepUnescaped(start + 1, p);
    else this.#keep(bytes, start + 1, p);
    const closing = p;
    p = this.#mark === space ? p + 1 : this.#skipSpaces(p + 1);
    if (p < bytes.length && !this.#atLineEnd(p) && !this.#atDelimiter(p)) {
      this.#failQuote(
        "text after a closing quote: a quote inside a field must be doubled",
        bytes[closing - 1] === backslash,
      );
    }
    return p;
  }

  /** Into memory of its own: the file's bytes are never written to. */
  #keepUnescaped(start: number, end: number): void {
    const text = copyBytes(this.#bytes, start, end);
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      const escapes = this.#backslash && text[i] === backslash && isEscaped(text[i + 1]);
      if (escapes || text[i] === quotationMark) i++;
      text[length++] = text[i];
    }
    this.#keep(text, 0, length);
  }

  #keep(source: Uint8Array, start: number, end: number): void {
    const field = this.fieldCount;
    const places = this.#places;
    const place = field < places.length ? places[field] : places.length === 0 ? field : -1;
    if (place < 0) return;
    this.source[place] = source;
    this.starts[place] = start;
    this.ends[place] = end;
  }

  #atDelimiter(p: number): boolean {
    const byte = this.#bytes[p];
    if (byte !== this.#mark) return byte === tab && this.#mark === space;
    for (let i = 1; i < this.#delimiterLength; i++) {
      if (this.#bytes[p + i] !== this.#delimiter.charCodeAt(i)) return false;
    }
    return true;
  }

  /** At LF, at CRLF, or at a CR that ends the file. */
  #atLineEnd(p: number): boolean {
    const byte = this.#bytes[p];
    if (byte === lineFeed) return true;
    return (
      byte === carriageReturn && (p + 1 === this.#bytes.length || this.#bytes[p + 1] === lineFeed)
    );
  }

  #afterLineEnd(p: number): number {
    this.#nextLine++;
    return this.#bytes[p] === lineFeed ? p + 1 : p + 2;
  }

  /** Spaces, and tabs where they do not delimit. */
  #skipSpaces(start: number): number {
    const bytes = this.#bytes;
    let p = start;
    while (bytes[p] === space || (bytes[p] === tab && this.#mark !== tab)) p++;
    return p;
  }

  #checkUtf8(end: number): void {
    this.#beyondAscii = false;
    try {
      this.#utf8.decode(this.#bytes.subarray(this.#recordStart, end));
    } catch {
      this.fail("invalid UTF-8: read a file in Latin-1 (Windows) with --encoding latin1");
    }
  }

  #failQuote(reason: string, backslash: boolean): never {
    if (!backslash || this.#backslash) this.fail(reason);
    throw new BackslashError(this.#name, reason, this.line);
  }

  #failNul(): never {
    this.fail("a NUL byte: the file must be UTF-8 text");
  }

  #failTooLong(): never {
    this.fail("longer than 1 MiB: a line must be row id, column id and rating");
  }
}

function placesOf(columns: readonly number[]): number[] {
  return Array.from({ length: Math.max(-1, ...columns) + 1 }, (_, field) => columns.indexOf(field));
}

function isSpace(byte: number): boolean {
  return byte === space || byte === tab;
}

function isEscaped(byte: number): boolean {
  return byte === quotationMark || byte === backslash;
}
