// Matrices by formula, entry for entry those of test/fixtures/spectra.py.
import { type DType, Matrix } from "../../src/index.js";

type Entry = (i: number, j: number) => number;

const whole: Entry = (i, j) =>
  ((3 * i * i + 5 * j * j + 7 * i * j + i * i * j + i + 2 * j) % 101) - 50;

const formulas: Record<string, Entry> = {
  whole,
  hilbert: (i, j) => 1 / (i + j + 1),
  gradedCols: (i, j) => whole(i, j) * 2 ** (-9 * j),
  gradedRows: (i, j) => whole(i, j) * 2 ** (-9 * i),
  gradedBoth: (i, j) => whole(i, j) * 2 ** (-7 * i - 9 * j),
  gradedUp: (i, j) => whole(i, j) * 2 ** (40 * j - 300),
};

/** The matrix of a fixture. */
export function fromFormula(
  { formula, rows, cols }: { formula: string; rows: number; cols: number },
  dtype: DType = "f64",
): Matrix {
  const A = Matrix.zeros(rows, cols, { dtype });
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) A.set(i, j, formulas[formula](i, j));
  }
  return A;
}
