// Gzip and Brotli, with a bound on what comes out: a megabyte can hold a gigabyte of zeros.
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { FormatError } from "../formats/errors.js";

/** Tables and models pack to a tenth or a fifth; what is far beyond is not data. */
const maxTimes = 100;
/** But a small file may hold this much. */
const alwaysAllowed = 64 * 2 ** 20;
const largestOutput = 2 ** 31 - 1;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Brotli has no mark of its own: the name says it. */
export const isBrotli = (name: string) => name.endsWith(".br");

/**
 * What is packed in a gzip file, of one member or of several behind each other.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when it is damaged, cut off, has other bytes after its end, holds a gzip file
 *   again, or unpacks to more than 64 MiB and 100 times its size.
 */
export function gunzip(bytes: Uint8Array, source: string): Uint8Array {
  const unpacked = unpack(bytes, source, "gzip", gunzipSync);
  if (isGzip(unpacked)) {
    throw new FormatError(source, "the gzip file holds a gzip file: unpack it once, with gunzip");
  }
  return unpacked;
}

/**
 * What is packed in a Brotli file.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when it is damaged, cut off, or unpacks to more than 64 MiB and 100 times its
 *   size.
 */
export function unpackBrotli(bytes: Uint8Array, source: string): Uint8Array {
  return unpack(bytes, source, "Brotli", brotliDecompressSync);
}

function unpack(
  bytes: Uint8Array,
  source: string,
  format: string,
  unpackBounded: (bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array,
): Uint8Array {
  const maxOutputLength = largestUnpacked(bytes.length);
  try {
    return unpackBounded(bytes, { maxOutputLength });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw tooLarge(maxOutputLength, bytes.length, source, format);
    throw new FormatError(source, `the ${format} file is broken: ${brokenReason(error)}`);
  }
}

function largestUnpacked(bytes: number): number {
  return Math.min(largestOutput, Math.max(alwaysAllowed, maxTimes * bytes));
}

function tooLarge(unpacked: number, bytes: number, source: string, format: string): FormatError {
  const times = `more than ${Math.floor(unpacked / bytes)} times its size`;
  return new FormatError(
    source,
    `unpacked, the ${format} file has more than ${unpacked} bytes, ${times}: ` +
      "unpack it yourself if that is right",
  );
}

/** What zlib says against a file. */
export function brokenReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "Z_BUF_ERROR" ? "it is cut off" : message;
}

/**
 * The bound of `gunzip` for files that are unpacked in pieces, of any length.
 *
 * @param unpacked - bytes that came out so far, of `packed` bytes.
 * @throws FormatError
 */
export function checkUnpacked(
  unpacked: number,
  packed: number,
  source: string,
  format: string,
): void {
  const most = Math.max(alwaysAllowed, maxTimes * packed);
  if (unpacked > most) throw tooLarge(most, packed, source, format);
}
