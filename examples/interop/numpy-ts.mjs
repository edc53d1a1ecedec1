// numpy-ts: its arrays live in a memory of its own. We read and write there without a copy.
import assert from "node:assert/strict";
import { Matrix, matmul, solve } from "lowrank";
import * as np from "numpy-ts";

// numpy-ts to Matrix: no copy, for arrays in row order (ravel makes them so).
const x = np.array([
  [4, 1],
  [1, 3],
]);
const A = new Matrix(...x.shape, x.data);
assert.equal(A.data.buffer, x.data.buffer);
A.set(0, 0, 5);
assert.equal(x.get([0, 0]), 5);

// A transposed array has the data of the original: no copy, products take it transposed.
assert.deepEqual(matmul(A, A, { transposeA: true }).get(0, 0), 26);

// A result written where numpy-ts keeps its array: no copy beside the product's own.
const y = np.zeros([2, 2]);
matmul(A, A, { out: new Matrix(...y.shape, y.data) });
assert.equal(y.get([0, 0]), 26);

// A result that exists already is copied in, once: numpy-ts takes no foreign memory.
const X = solve(A, Matrix.from([[6], [4]]));
const z = np.zeros([X.rows, X.cols]);
z.data.set(X.data);
assert.ok(Math.abs(z.get([0, 0]) - 1) < 1e-15);
