// ndarray: the same array seen by both, whatever its strides allow.
import assert from "node:assert/strict";
import { Matrix, matmul, svd } from "lowrank";
import ndarray from "ndarray";

const A = Matrix.from([
  [1, 2, 3],
  [4, 5, 6],
]);

// Matrix to ndarray: no copy.
const x = ndarray(A.data, [A.rows, A.cols]);
x.set(1, 0, 40);
assert.equal(A.get(1, 0), 40);

// Rows of an ndarray in row order are a matrix: no copy, from any offset.
const lower = x.lo(1, 0);
const B = new Matrix(...lower.shape, lower.data.subarray(lower.offset));
assert.equal(B.data.buffer, A.data.buffer);
assert.deepEqual(B.toArray(), [[40, 5, 6]]);

// A transposed ndarray is the matrix itself, and products take it transposed: no copy.
const transposed = x.transpose(1, 0);
assert.deepEqual(transposed.stride, [1, 3]);
const T = new Matrix(transposed.shape[1], transposed.shape[0], transposed.data);
assert.equal(T.data, A.data);
assert.equal(matmul(T, T, { transposeA: true }).rows, 3);

// Other strides, such as every second column, are gathered: one copy.
const some = x.step(1, 2);
const C = Matrix.zeros(...some.shape);
for (let i = 0; i < C.rows; i++) for (let j = 0; j < C.cols; j++) C.set(i, j, some.get(i, j));
assert.deepEqual(C.toArray(), [
  [1, 3],
  [40, 6],
]);

// Results go the same way.
const { U } = svd(A);
assert.equal(ndarray(U.data, [U.rows, U.cols]).data, U.data);
