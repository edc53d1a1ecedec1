// Alternating least squares, the classical way to complete a matrix: the factors of the rows with those of
// the columns fixed, then the other way round.
import { Matrix, matmul, solve } from "lowrank";

/** The entries that are known. */
export interface Known {
  rows: number;
  cols: number;
  rowIndices: Int32Array;
  colIndices: Int32Array;
  values: Float64Array;
}

/** Of each row: its known places, and what stands there. */
type Lines = { places: number[]; values: number[] }[];

/** Keeps rows apart that have few entries; for each entry that is known. */
const penalty = 1e-3;

/** The product of the factors after each turn. */
export function* alternating(known: Known, rank: number, seed: number): Generator<Matrix> {
  const { rows, cols, rowIndices, colIndices, values } = known;
  const byRow = linesOf(rows, rowIndices, colIndices, values);
  const byCol = linesOf(cols, colIndices, rowIndices, values);
  let right = Matrix.randomNormal(cols, rank, { seed });
  for (;;) {
    const left = solveLines(byRow, right);
    right = solveLines(byCol, left);
    yield matmul(left, right, { transposeB: true });
  }
}

function linesOf(count: number, own: Int32Array, other: Int32Array, values: Float64Array): Lines {
  const lines: Lines = Array.from({ length: count }, () => ({ places: [], values: [] }));
  for (let p = 0; p < values.length; p++) {
    lines[own[p]].places.push(other[p]);
    lines[own[p]].values.push(values[p]);
  }
  return lines;
}

function solveLines(lines: Lines, fixed: Matrix): Matrix {
  const rank = fixed.cols;
  const solved = Matrix.zeros(lines.length, rank);
  lines.forEach(({ places, values }, line) => {
    if (places.length === 0) return;
    const A = Matrix.from(places.map((place) => fixed.row(place)));
    const gram = matmul(A, A, { transposeA: true });
    for (let i = 0; i < rank; i++) gram.set(i, i, gram.get(i, i) + penalty * places.length);
    const b = new Matrix(values.length, 1, Float64Array.from(values));
    solved.row(line).set(solve(gram, matmul(A, b, { transposeA: true })).data);
  });
  return solved;
}
