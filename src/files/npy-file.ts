// A .npy file that is read by pieces, as often as it is asked for: nothing of it stays in memory. What has
// no places to go back to (standard input, packed files) or is stored by columns is decoded whole.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { FormatError } from "../formats/errors.js";
import { decodeNpy, type NpyArray, npyHeaderBytes, readNpyLayout } from "../formats/npy.js";
import { readFile, readingError } from "./read-file.js";
import { isBrotli, isGzip } from "./unpack.js";

type Data = NpyArray["data"];

export interface NpyFile {
  shape: number[];
  dtype: "f32" | "f64";
  /** All entries in C order, at most `count` at a time. */
  pieces(count: number): Iterable<Data>;
}

/** @throws FileError as `readFile`; FormatError as `decodeNpy`. */
export function openNpy(path: string): NpyFile {
  const head = headOf(path);
  if (head === undefined) return wholeNpy(path);
  const layout = readNpyLayout(head.bytes, head.fileBytes, path);
  const { shape, dataStart, entryBytes, columnwise, decode } = layout;
  if (columnwise) return wholeNpy(path);
  const end = head.fileBytes;
  return {
    shape,
    dtype: dtypeOf(decode(new Uint8Array(0))),
    *pieces(count) {
      for (const raw of piecesOf(path, dataStart, end, count * entryBytes)) yield decode(raw);
    },
  };
}

const dtypeOf = (data: Data) => (data instanceof Float32Array ? "f32" : "f64");

function wholeNpy(path: string): NpyFile {
  const { shape, data } = decodeNpy(readFile(path), path);
  return {
    ...{ shape, dtype: dtypeOf(data) },
    *pieces(count) {
      for (let i = 0; i < data.length; i += count) yield data.subarray(i, i + count) as Data;
    },
  };
}

/** The beginning of a file; nothing of what must be read as a whole. */
function headOf(path: string): { bytes: Uint8Array; fileBytes: number } | undefined {
  if (path === "-") return undefined;
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size === 0) return undefined;
  const [bytes] = piecesOf(path, 0, Math.min(found.size, npyHeaderBytes), npyHeaderBytes);
  return isGzip(bytes) || isBrotli(path) ? undefined : { bytes, fileBytes: found.size };
}

/** Bytes [start, end) of a file, `size` at a time, each in memory of its own. */
function* piecesOf(
  path: string,
  start: number,
  end: number,
  size: number,
): Generator<Uint8Array<ArrayBuffer>> {
  const file = opened(path);
  try {
    for (let at = start; at < end; at += size) {
      const piece = new Uint8Array(Math.min(size, end - at));
      for (let filled = 0; filled < piece.length; ) {
        const count = readSync(file, piece, filled, piece.length - filled, at + filled);
        if (count === 0) throw new FormatError(path, "the file became shorter while it was read");
        filled += count;
      }
      yield piece;
    }
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw readingError(path, error);
  }
}
