// Arquero: columns that are typed arrays are used as they are; a matrix of several is one copy.
import assert from "node:assert/strict";
import { table } from "arquero";
import { Matrix, rank, svd } from "lowrank";

const x = Float64Array.of(1, 2, 3);
const data = table({ x, y: Float64Array.of(2, 4, 6), name: ["a", "b", "c"] });

// One column, of a table that is neither filtered nor sorted: no copy.
const X = new Matrix(data.numRows(), 1, data.column("x"));
assert.equal(X.data, x);

// Several columns lie apart: one copy. `array` applies filters and orders.
const columns = (from) => ["x", "y"].map((name) => from.array(name, Float64Array));
const A = Matrix.fromColumns(columns(data));
assert.deepEqual(A.toArray(), [
  [1, 2],
  [2, 4],
  [3, 6],
]);
assert.equal(rank(A), 1);
const kept = Matrix.fromColumns(columns(data.filter((row) => row.x > 1)));
assert.deepEqual(kept.toArray(), [
  [2, 4],
  [3, 6],
]);

// Columns of a result: rows of the transpose, which are views of one array.
const T = svd(A).U.transpose();
const scores = data.assign(table({ first: T.row(0), second: T.row(1) }));
assert.equal(scores.column("first").buffer, T.data.buffer);
assert.deepEqual(scores.columnNames(), ["x", "y", "name", "first", "second"]);
