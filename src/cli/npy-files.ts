// Matrices as .npy files, for the commands that decompose them.

import { join } from "node:path";
import { writeFolder } from "../files/adapter-folder.js";
import { readFile } from "../files/read-file.js";
import { FormatError } from "../formats/errors.js";
import { decodeNpy, encodeNpy, type NpyArray } from "../formats/npy.js";
import { Matrix } from "../linalg/matrix.js";
import type { FloatArray } from "../wasm/index.js";

/**
 * A number is a matrix of one entry, a vector one of one column.
 *
 * @param what - what an empty one does not have.
 */
export function readNpyMatrix(file: string, what: string): Matrix {
  const { shape, data } = decodeNpy(readFile(file), file);
  const [rows = 1, cols = 1] = shape;
  if (data.length === 0) {
    throw new FormatError(file, `shape (${shape.join(", ")}): it is empty: it has no ${what}`);
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new FormatError(
      file,
      `entry [${Math.floor(bad / cols)}, ${bad % cols}] is ${data[bad]}: every entry must be finite`,
    );
  }
  return new Matrix(rows, cols, data);
}

/** Writes matrices and vectors, by their names, all or none. @returns the paths. */
export function writeNpy(folder: string, arrays: Record<string, Matrix | FloatArray>): string[] {
  const files = Object.entries(arrays).map(([name, array]): [string, NpyArray] => [
    name,
    array instanceof Matrix
      ? { shape: [array.rows, array.cols], data: array.data as NpyArray["data"] }
      : { shape: [array.length], data: array as NpyArray["data"] },
  ]);
  writeFolder(folder, new Map(files.map(([name, array]) => [name, encodeNpy(array)])));
  return files.map(([name]) => join(folder, name));
}
