import { randomNormalArray, randomPermutation, randomUniformArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { Block, type FloatArray } from "../wasm/index.js";
import { SeededMap } from "./seeded-map.js";

/**
 * Fastfood (Le, Sarlos and Smola 2013): blocks S H G Pi H B of n x n, n the power of two from the
 * dimension on, one below the other until there are `size` rows. B are random signs, Pi a permutation,
 * G normal, H the Hadamard matrix, and S makes every row as long as a Gaussian one, up to one factor
 * that gives P the mean square length of an orthogonal map. O(size log n), 4 numbers a parameter.
 */
export function fastfood(size: number, dimension: number, seed: number): SeededMap {
  let n = 1;
  while (n < dimension) n *= 2;
  const blocks = Math.ceil(size / n);
  const length = blocks * n;
  const stream = (index: number) => streamAt(streams.projector, index);
  const signs = randomUniformArray(length, seed, stream(5), "f64").map((u: number) =>
    u < 0.5 ? -1 : 1,
  );
  const normal = randomNormalArray(length, seed, stream(4), "f64");
  // Of one permutation of all blocks, the order within each of them.
  const order = randomPermutation(length, seed, stream(0));
  const permutation = new Int32Array(length);
  for (let block = 0; block < blocks; block++) {
    const own = order.subarray(block * n, (block + 1) * n);
    const ranked = Int32Array.from([...own.keys()]).sort((i, j) => own[i] - own[j]);
    permutation.set(ranked, block * n);
  }
  const lengths = randomNormalArray(length, seed, stream(6), "f64").map(
    (z: number) => chi(n, z) / Math.sqrt(n * size),
  );
  for (let block = 0; block < blocks; block++) {
    const [start, end] = [block * n, (block + 1) * n];
    let square = 0;
    for (let i = start; i < end; i++) square += normal[i] * normal[i];
    // |row of H G Pi H B| = sqrt(n) |G|.
    for (let i = start; i < end; i++) lengths[i] /= Math.sqrt(square);
  }

  return new SeededMap(size, dimension, (job, dtype) => {
    const work = Block.allocate(job, dtype, 1, 2 * n);
    return {
      apply(w, to) {
        const [x, y, all] = [work.view().subarray(0, n), work.view().subarray(n), to.view()];
        for (let start = 0; start < size; start += n) {
          x.fill(0).set(w.view());
          for (let i = 0; i < n; i++) x[i] *= signs[start + i];
          hadamard(x);
          for (let i = 0; i < n; i++) y[i] = x[permutation[start + i]] * normal[start + i];
          hadamard(y);
          const rows = Math.min(n, size - start);
          for (let i = 0; i < rows; i++) all[start + i] = y[i] * lengths[start + i];
        }
      },
      adjoint(g, to) {
        const [x, y, given] = [work.view().subarray(0, n), work.view().subarray(n), g.view()];
        const sum = to.view().fill(0);
        for (let start = 0; start < size; start += n) {
          const rows = Math.min(n, size - start);
          y.fill(0);
          for (let i = 0; i < rows; i++) y[i] = given[start + i] * lengths[start + i];
          hadamard(y);
          for (let i = 0; i < n; i++) x[permutation[start + i]] = y[i] * normal[start + i];
          hadamard(x);
          for (let i = 0; i < dimension; i++) sum[i] += x[i] * signs[start + i];
        }
      },
    };
  });
}

/** The length of a normal vector of n entries, from one normal number z (Wilson and Hilferty 1931). */
function chi(n: number, z: number): number {
  const variance = 2 / (9 * n);
  const root = Math.max(0, 1 - variance + z * Math.sqrt(variance));
  return Math.sqrt(n * root * root * root);
}

/** x <- H x, H of +-1; the length is a power of two. O(n log n). */
function hadamard(x: FloatArray): void {
  for (let half = 1; half < x.length; half *= 2) {
    for (let start = 0; start < x.length; start += 2 * half) {
      for (let i = start; i < start + half; i++) {
        const [a, b] = [x[i], x[i + half]];
        x[i] = a + b;
        x[i + half] = a - b;
      }
    }
  }
}
