// Alternating minimisation for completion, the classical baseline: least squares for the rows'
// factors with the columns' fixed, and the other way round.
import { lstsq, Matrix, svd } from "../../dist/index.js";

/**
 * Starts from the top singular vectors of the observed matrix (zeros where nothing is observed).
 *
 * @param data - triplets.
 * @param rank - columns of both factors.
 * @returns an iterator of the factors { left, right } after each iteration; X = left right'.
 */
export function* alternatingMinimisation(data, rank) {
  const { rows, cols, rowIndices, colIndices, values } = data;
  const dense = Matrix.zeros(rows, cols);
  for (let p = 0; p < values.length; p++) dense.set(rowIndices[p], colIndices[p], values[p]);
  const { V } = svd(dense);
  let right = new Matrix(
    cols,
    rank,
    Float64Array.from({ length: cols * rank }, (_, p) => V.get(Math.floor(p / rank), p % rank)),
  );
  const byRow = lines(rows, rowIndices, colIndices, values);
  const byCol = lines(cols, colIndices, rowIndices, values);
  for (;;) {
    const left = solveLines(byRow, right);
    right = solveLines(byCol, left);
    yield { left, right };
  }
}

/** For each line the places and values of its entries. */
function lines(count, own, other, values) {
  const result = Array.from({ length: count }, () => ({ places: [], values: [] }));
  for (let p = 0; p < values.length; p++) {
    result[own[p]].places.push(other[p]);
    result[own[p]].values.push(values[p]);
  }
  return result;
}

/** For each line the x of least norm among those that minimise |fixed x - values|. */
function solveLines(all, fixed) {
  const rank = fixed.cols;
  const solved = Matrix.zeros(all.length, rank);
  all.forEach(({ places, values }, i) => {
    if (places.length === 0) return;
    const A = Matrix.zeros(places.length, rank);
    places.forEach((place, p) => {
      A.row(p).set(fixed.row(place));
    });
    const b = new Matrix(values.length, 1, Float64Array.from(values));
    solved.row(i).set(lstsq(A, b).X.data);
  });
  return solved;
}
