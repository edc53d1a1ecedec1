import { expect, test } from "vitest";
import * as core from "../../src/index.js";

const { Matrix, SparseMatrix } = core;
const largest = 2 ** 30;

type Make = (size: number) => unknown;
const makers: [string, Make][] = [
  ["a matrix", (size) => new Matrix(size, 0, new Float64Array(0))],
  ["zeros", (size) => Matrix.zeros(0, size)],
  ["identity", (size) => Matrix.identity(0, size)],
  ["random entries", (size) => Matrix.randomNormal(size, 0, { seed: 0 })],
  ["rows", (size) => Matrix.from({ length: size })],
  ["a sparse matrix", (cols) => SparseMatrix.fromTriplets({ ...none, rows: 0, cols })],
  ["a stream", (cols) => new core.StreamingSvd({ cols, rank: 0, seed: 0 })],
  ["a network", (rows) => core.deepFactorization({ shape: { rows, cols: 1 } })],
  ["a network's width", (width) => core.deepFactorization({ shape: square, width })],
  ["an operator", (rows) => core.randomizedSvd({ ...square, rows } as never, { rank: 0, seed: 0 })],
];
const none = { rowIndices: [], colIndices: [], values: [] };
const square = { rows: 1, cols: 1, multiply: () => 0, multiplyTransposed: () => 0 };

test.each(makers)("%s has one limit of sizes, and beyond it says so", (_, make) => {
  for (const size of [largest + 1, 2 ** 31 - 2, 2 ** 31, 2 ** 32 + 1, 2 ** 53, Number.NaN, 1.5]) {
    expect(() => make(size)).toThrow(
      new RegExp(`is ${size}: it must be an integer in [01] \\.\\. ${largest}$`),
    );
  }
});
