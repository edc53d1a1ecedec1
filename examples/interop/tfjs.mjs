// TensorFlow.js: on the CPU backend tensors and matrices share arrays. Other backends (wasm, WebGL,
// WebGPU) hold tensors in memories of their own, and dataSync copies out of them.
import assert from "node:assert/strict";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { Matrix, svd } from "lowrank";

await tf.setBackend("cpu");

// Matrix to tensor: no copy. Tensors are f32.
const A = Matrix.randomNormal(5, 3, { seed: 1, dtype: "f32" });
const x = tf.tensor2d(A.data, [A.rows, A.cols]);
assert.equal(x.dataSync(), A.data);

// Tensor to matrix: no copy. Tensors never change, so treat the matrix as read-only.
const y = tf.matMul(x, x, true, false);
const B = new Matrix(...y.shape, y.dataSync());
assert.equal(B.data.buffer, y.dataSync().buffer);

// The decomposition that TensorFlow.js lacks, as tensors again.
const { U, S, V } = svd(B);
const product = tf.matMul(
  tf.mul(tf.tensor2d(U.data, [U.rows, U.cols]), tf.tensor1d(S)),
  tf.tensor2d(V.data, [V.rows, V.cols]),
  false,
  true,
);
assert.ok(tf.max(tf.abs(tf.sub(product, y))).dataSync()[0] < 1e-4);
