// A file, or standard input, piece by piece: for what is larger than memory.
import { createReadStream, statSync } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { FileError, FormatError } from "../formats/errors.js";
import { readingError } from "./read-file.js";
import { brokenReason, checkUnpacked, isBrotli, isGzip } from "./unpack.js";

const pieceBytes = 1 << 20;

/**
 * The bytes of a file, or for "-" of standard input, in pieces; decompressed as `readFile` does.
 *
 * @throws FileError or FormatError as `readFile`, while it is read; of an empty file there is no piece.
 */
export async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  const name = path === "-" ? "standard input" : path;
  try {
    if (path !== "-" && statSync(path).isDirectory())
      throw Object.assign(new Error(), { code: "EISDIR" });
    const input: Readable =
      path === "-" ? process.stdin : createReadStream(path, { highWaterMark: pieceBytes });
    const pieces = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    const first = await pieces.next();
    if (first.done) return;
    const rest = joined(first.value, pieces);
    if (isGzip(first.value)) yield* unpacked(rest, name, "gzip");
    else if (isBrotli(name)) yield* unpacked(rest, name, "Brotli");
    else yield* rest;
  } catch (error) {
    if (error instanceof FormatError || error instanceof FileError) throw error;
    throw readingError(path, error);
  }
}

async function* joined(
  first: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) {
    const { done, value } = await pieces.next();
    if (done) return;
    yield value;
  }
}

async function* unpacked(
  packed: AsyncGenerator<Uint8Array>,
  name: string,
  format: "gzip" | "Brotli",
): AsyncGenerator<Uint8Array> {
  let [read, written] = [0, 0];
  async function* counted() {
    for await (const piece of packed) {
      read += piece.length;
      yield piece;
    }
  }
  const unpacker = format === "gzip" ? createGunzip() : createBrotliDecompress();
  // What goes wrong, here or in the file, is thrown to who reads from the unpacker.
  pipeline(counted, unpacker, () => {});
  try {
    for await (const piece of unpacker as AsyncIterable<Uint8Array>) {
      if (written === 0 && format === "gzip" && isGzip(piece)) {
        throw new FormatError(name, "the gzip file holds a gzip file: unpack it once, with gunzip");
      }
      written += piece.length;
      checkUnpacked(written, read, name, format);
      yield piece;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!/^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code ?? "")) throw error;
    throw new FormatError(name, `the ${format} file is broken: ${brokenReason(error)}`);
  }
}
