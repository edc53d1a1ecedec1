// Symmetry, checked tile by tile: row and column of a pair of entries then both come from L1.
import { at } from "./simd";

/** Side of a tile: two of 32 x 32 doubles are 16 KiB. */
const TILE: i32 = 32;

/**
 * i n + j for a pair i > j with |A[i, j] - A[j, i]| > tolerance, A n x n, row-major, finite;
 * -1 when there is none.
 */
// @kernel
export function findAsymmetry<T>(n: i32, a: usize, lda: i32, tolerance: T): i32 {
  for (let row = 0; row < n; row += TILE) {
    for (let col = 0; col <= row; col += TILE) {
      for (let i = row; i < min<i32>(row + TILE, n); i++) {
        for (let j = col; j < min<i32>(col + TILE, i); j++) {
          const difference: T = load<T>(at<T>(a, i * lda + j)) - load<T>(at<T>(a, j * lda + i));
          if (abs<T>(difference) > tolerance) return i * n + j;
        }
      }
    }
  }
  return -1;
}
