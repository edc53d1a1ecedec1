import { FormatError } from "./errors.js";

/** What separates fields; " " is any run of spaces and tabs. */
export type Delimiter = "," | "\t" | "::" | " ";

/** Fields that are kept; later ones are checked and passed over. */
export const keptFields = 3;
/** No line of ratings is longer; a file without line ends is no table. */
const maxRecordBytes = 1 << 20;

const [tab, lineFeed, carriageReturn, space, quotationMark, comma, colon] = [
  9, 10, 13, 32, 34, 44, 58,
];

/**
 * Reads delimited text record by record, straight from the bytes.
 *
 * Quotes follow RFC 4180: a quoted field may hold delimiters, line ends and doubled quotes. Spaces
 * around unquoted fields are not part of them. Empty lines are passed over; lines end with LF or
 * CRLF. Strict: a stray quote, a NUL byte, a lone CR, invalid UTF-8 or a record above 1 MiB is an
 * error that names the line.
 *
 * A CSV library would build an object or an array of strings for each line: for ten million
 * ratings that is gigabytes and minutes. Here a record is three pairs of positions.
 */
export class RecordReader {
  /** Line on which the current record starts, counted from 1. */
  line = 0;
  /** Fields of the current record, also those that are not kept. */
  fieldCount = 0;
  /** Where the kept fields lie: in `source[i]` from `starts[i]` up to `ends[i]`. */
  readonly starts = [0, 0, 0];
  readonly ends = [0, 0, 0];
  readonly source: Uint8Array[];

  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #delimiter: Delimiter;
  /** 1 for bytes that an unquoted field cannot just run over. */
  readonly #special = new Uint8Array(256);
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  #position: number;
  #recordStart = 0;
  #nextLine = 1;
  /** The record holds bytes beyond ASCII: its UTF-8 has to be checked. */
  #beyondAscii = false;

  constructor(bytes: Uint8Array, name: string, delimiter: Delimiter) {
    this.#bytes = bytes;
    this.#name = name;
    this.#delimiter = delimiter;
    this.source = [bytes, bytes, bytes];
    this.#position = startsWithByteOrderMark(bytes) ? 3 : 0;
    for (const byte of [0, lineFeed, carriageReturn, quotationMark]) this.#special[byte] = 1;
    if (delimiter === " ") this.#special[space] = this.#special[tab] = 1;
    else this.#special[delimiter.charCodeAt(0)] = 1;
    this.#special.fill(1, 128);
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
      p += this.#delimiter.length;
      // Runs of white space separate, and do not end in an empty field.
      if (this.#delimiter === " ") {
        p = this.#skipSpaces(p);
        if (p >= bytes.length || this.#atLineEnd(p)) break;
      }
    }
    if (this.#beyondAscii) this.#checkUtf8(p);
    this.#position = p < bytes.length ? this.#afterLineEnd(p) : p;
    return true;
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
      if (byte === lineFeed || this.#atDelimiter(p)) break;
      if (byte >= 128) this.#beyondAscii = true;
      else if (byte === 0) this.#failNul();
      else if (byte === quotationMark) {
        this.fail("a quote inside of an unquoted field: quote the field and double the quote");
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
    let doubled = false;
    let p = start + 1;
    for (; ; p++) {
      if (p >= limit) this.fail("a quote that opens here is never closed");
      const byte = bytes[p];
      if (byte >= 128) this.#beyondAscii = true;
      else if (byte === 0) this.#failNul();
      else if (byte === lineFeed) this.#nextLine++;
      else if (byte === quotationMark) {
        if (bytes[p + 1] !== quotationMark) break;
        doubled = true;
        p++;
      }
    }
    if (doubled) {
      const text = bytes.slice(start + 1, p);
      let length = 0;
      for (let i = 0; i < text.length; i++) {
        if (text[i] === quotationMark) i++;
        text[length++] = text[i];
      }
      this.#keep(text, 0, length);
    } else {
      this.#keep(bytes, start + 1, p);
    }
    p = this.#delimiter === " " ? p + 1 : this.#skipSpaces(p + 1);
    if (p < bytes.length && !this.#atLineEnd(p) && !this.#atDelimiter(p)) {
      this.fail("text after a closing quote: a quote inside of a field must be doubled");
    }
    return p;
  }

  #keep(source: Uint8Array, start: number, end: number): void {
    const field = this.fieldCount;
    if (field >= keptFields) return;
    this.source[field] = source;
    this.starts[field] = start;
    this.ends[field] = end;
  }

  #atDelimiter(p: number): boolean {
    const byte = this.#bytes[p];
    switch (this.#delimiter) {
      case ",":
        return byte === comma;
      case "\t":
        return byte === tab;
      case "::":
        return byte === colon && this.#bytes[p + 1] === colon;
      case " ":
        return byte === space || byte === tab;
    }
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
    while (bytes[p] === space || (bytes[p] === tab && this.#delimiter !== "\t")) p++;
    return p;
  }

  #checkUtf8(end: number): void {
    this.#beyondAscii = false;
    try {
      this.#utf8.decode(this.#bytes.subarray(this.#recordStart, end));
    } catch {
      this.fail("invalid UTF-8: the file must be UTF-8 text");
    }
  }

  #failNul(): never {
    this.fail("a NUL byte: the file must be UTF-8 text");
  }

  #failTooLong(): never {
    this.fail("longer than 1 MiB: a line must be row id, column id and rating");
  }
}

function isSpace(byte: number): boolean {
  return byte === space || byte === tab;
}

function startsWithByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
