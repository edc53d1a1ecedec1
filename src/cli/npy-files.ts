// Matrices as .npy files, for the commands that decompose them.

import { join } from "node:path";
import { writeOutputs } from "../files/adapter-folder.js";
import { openNpy } from "../files/npy-file.js";
import { FormatError } from "../formats/errors.js";
import { inMemory, npyHeader } from "../formats/npy.js";
import { Matrix } from "../linalg/matrix.js";
import { type DType, type FloatArray, newArray } from "../wasm/index.js";

/** Entries that are read at a time where the whole matrix is asked for. */
const pieceEntries = 2 ** 18;

/** A matrix in a file: its rows are read when they are asked for. */
export interface NpyMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly dtype: DType;
  /** All rows in order, `count` at a time. @throws FormatError where an entry is not finite. */
  blocks(count: number): Iterable<Matrix>;
}

/**
 * A number is a matrix of one entry, a vector one of one column.
 *
 * @param what - what an empty one does not have.
 */
export function openNpyMatrix(file: string, what: string): NpyMatrix {
  const { shape, dtype, pieces } = openNpy(file);
  const [rows = 1, cols = 1] = shape;
  if (rows * cols === 0) {
    throw new FormatError(file, `shape (${shape.join(", ")}): it is empty: it has no ${what}`);
  }
  return {
    ...{ rows, cols, dtype },
    *blocks(count) {
      let first = 0;
      for (const data of pieces(count * cols)) {
        const bad = data.findIndex((value) => !Number.isFinite(value));
        if (bad >= 0) {
          throw new FormatError(
            file,
            `entry [${first + Math.floor(bad / cols)}, ${bad % cols}] is ${data[bad]}: every entry must be finite`,
          );
        }
        const block = new Matrix(data.length / cols, cols, data);
        yield block;
        first += block.rows;
      }
    },
  };
}

/** All of it, in memory once. */
export function readNpyMatrix(file: string, X: NpyMatrix): Matrix {
  const { rows, cols, dtype } = X;
  const data = inMemory(file, [rows, cols], () => newArray(dtype, rows * cols));
  let end = 0;
  for (const block of X.blocks(Math.ceil(pieceEntries / cols))) {
    data.set(block.data, end);
    end += block.data.length;
  }
  return new Matrix(rows, cols, data);
}

/** What a file may be made of: an array, or a matrix by blocks of rows, made while it is written. */
export type NpyOutput =
  | Matrix
  | FloatArray
  | { rows: number; cols: number; dtype: DType; blocks: Iterable<Matrix> };

/** Writes matrices and vectors, by their names, all or none. @returns the paths. */
export function writeNpy(folder: string, arrays: Record<string, NpyOutput>): string[] {
  const outputs = Object.entries(arrays).map(([name, array]) => ({
    path: join(folder, name),
    bytes: encoded(array),
  }));
  writeOutputs(folder, outputs);
  return outputs.map(({ path }) => path);
}

function* encoded(array: NpyOutput): Generator<Uint8Array> {
  if (!("rows" in array)) {
    yield npyHeader([array.length], descrOf(array instanceof Float32Array ? "f32" : "f64"));
    yield bytesOf(array);
    return;
  }
  yield npyHeader([array.rows, array.cols], descrOf(array.dtype));
  for (const { data } of array instanceof Matrix ? [array] : array.blocks) yield bytesOf(data);
}

const descrOf = (dtype: DType) => (dtype === "f32" ? "<f4" : "<f8");
const bytesOf = ({ buffer, byteOffset, byteLength }: FloatArray) =>
  new Uint8Array(buffer, byteOffset, byteLength);
