import { quote } from "../check/describe.js";
import { concatenate } from "./bytes.js";
import { FormatError } from "./errors.js";

/** Bytes that are decoded at a time: a string cannot hold a large file. */
const chunk = 1 << 20;

/**
 * Text in another encoding as UTF-8.
 *
 * @param encoding - a name that the encoding standard of the web knows: latin1, utf-16le, shift_jis.
 * @throws FormatError when there is no such encoding, or the bytes are not text in it.
 */
export function toUtf8(bytes: Uint8Array, encoding: string, source: string): Uint8Array {
  const reader = new EncodedText(encoding, source);
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += chunk) {
    pieces.push(reader.read(bytes.subarray(start, start + chunk), start + chunk >= bytes.length));
  }
  return concatenate(pieces);
}

/** `toUtf8` of text that comes in pieces. */
export class EncodedText {
  readonly #decoder: TextDecoder;
  readonly #encoder = new TextEncoder();
  #started = false;

  constructor(
    readonly encoding: string,
    readonly source: string,
  ) {
    try {
      this.#decoder = new TextDecoder(encoding, { fatal: true });
    } catch {
      throw new FormatError(
        source,
        `there is no encoding ${quote(encoding)}: it must be a name such as latin1 or utf-16le`,
      );
    }
  }

  read(piece: Uint8Array, isLast: boolean): Uint8Array {
    const { encoding, source } = this;
    const decoder = this.#decoder;
    if (!this.#started && startsWithByteOrderMark(piece) && decoder.encoding !== "utf-8") {
      throw new FormatError(source, `it begins as UTF-8 does: leave out --encoding ${encoding}`);
    }
    this.#started = true;
    try {
      return this.#encoder.encode(decoder.decode(piece, { stream: !isLast }));
    } catch {
      throw new FormatError(source, `it is not text in ${decoder.encoding}`);
    }
  }
}

/** The byte order mark of UTF-8. */
export function startsWithByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
