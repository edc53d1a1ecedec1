// MPNet adds to each attention score a number that depends on the head and on how far the tokens
// lie apart: near distances have a bucket each, far ones share buckets that grow as their logarithm.
import type { ScoreBias } from "../autograd/attention.js";
import type { Tensor } from "../autograd/tape.js";
import { log } from "../linalg/elementary.js";
import { newArray } from "../wasm/index.js";

/** Distance from which on all share the last bucket. */
const farthest = 128;

/** The bucket of every distance j - i from -(length - 1) to length - 1. */
export function relativeBuckets(buckets: number, length: number): Int32Array {
  const half = buckets >> 1;
  const exact = half >> 1;
  const range = log(farthest / exact);
  const near = Int32Array.from({ length }, (_, n) => {
    if (n < exact) return n;
    // Powers of two must not fall below their bucket by rounding.
    const shared = Math.floor((log(n / exact) / range) * (half - exact) + 2 ** -20);
    return Math.min(exact + shared, half - 1);
  });
  return Int32Array.from({ length: 2 * length - 1 }, (_, i) => {
    const distance = i - (length - 1);
    return near[Math.abs(distance)] + (distance > 0 ? half : 0);
  });
}

/** The biases of all heads, for sequences up to the batch's longest; `table` is buckets x heads. */
export function relativeBias(table: Tensor, starts: ArrayLike<number>): ScoreBias {
  const { rows: buckets, cols: heads } = table;
  let longest = 0;
  for (let s = 1; s < starts.length; s++) longest = Math.max(longest, starts[s] - starts[s - 1]);
  const index = relativeBuckets(buckets, longest);
  const values = table.read();
  const ofHead = Array.from({ length: heads }, (_, head) => {
    const biases = newArray(table.dtype, index.length);
    index.forEach((bucket, i) => {
      biases[i] = values[bucket * heads + head];
    });
    return biases;
  });
  return {
    write(head, scores) {
      const { rows, cols: length } = scores;
      const view = scores.view();
      for (let i = 0; i < rows; i++) {
        const first = longest - 1 - i;
        view.set(ofHead[head].subarray(first, first + length), i * length);
      }
    },
    adjoint: table.needsGradient
      ? (head, dScores) => {
          const gradient = table.gradient!.view();
          const { rows, cols: length } = dScores;
          const view = dScores.view();
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < length; j++) {
              gradient[index[longest - 1 - i + j] * heads + head] += view[i * length + j];
            }
          }
        }
      : undefined,
  };
}
