// Gzip, with a bound on what comes out: a megabyte can hold a gigabyte of zeros.
import { gunzipSync } from "node:zlib";
import { FormatError } from "../formats/errors.js";

/** Tables and models pack to a tenth or a fifth; what is far beyond is not data. */
const maxTimes = 100;
/** But a small file may hold this much. */
const alwaysAllowed = 64 * 2 ** 20;
const largestOutput = 2 ** 31 - 1;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * What is packed in a gzip file, of one member or of several behind each other.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when it is damaged, cut off, has other bytes after its end, holds a gzip file
 *   again, or unpacks to more than 64 MiB and 100 times its size.
 */
export function gunzip(bytes: Uint8Array, source: string): Uint8Array {
  const maxOutputLength = Math.min(largestOutput, Math.max(alwaysAllowed, maxTimes * bytes.length));
  let unpacked: Uint8Array;
  try {
    unpacked = gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") {
      const times = `more than ${Math.floor(maxOutputLength / bytes.length)} times its size`;
      throw new FormatError(
        source,
        `unpacked, the gzip file has more than ${maxOutputLength} bytes, ${times}: ` +
          "unpack it with gunzip if that is right",
      );
    }
    const reason = code === "Z_BUF_ERROR" ? "it is cut off" : message;
    throw new FormatError(source, `the gzip file is broken: ${reason}`);
  }
  if (isGzip(unpacked)) {
    throw new FormatError(source, "the gzip file holds a gzip file: unpack it once, with gunzip");
  }
  return unpacked;
}
