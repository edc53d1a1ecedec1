// Signs of singular vectors, so that equal input gives equal output.
import { at } from "./simd";

/**
 * Turns each pair of vectors, row i of u (k x m) and of v (k x n), so that the entry of largest
 * magnitude in the row of u is positive; among equals the first one counts.
 */
// @kernel
export function fixSigns<T>(
  k: i32, m: i32, u: usize, ldu: i32, n: i32, v: usize, ldv: i32,
): void {
  for (let i = 0; i < k; i++) {
    const row = at<T>(u, i * ldu);
    let largest: T = 0;
    let value: T = 0;
    for (let j = 0; j < m; j++) {
      const entry = load<T>(at<T>(row, j));
      if (abs<T>(entry) > largest) {
        largest = abs<T>(entry);
        value = entry;
      }
    }
    if (value < <T>0) {
      negate<T>(m, row);
      negate<T>(n, at<T>(v, i * ldv));
    }
  }
}

// @ts-ignore: decorator
@inline
function negate<T>(n: i32, x: usize): void {
  for (let j = 0; j < n; j++) {
    const p = at<T>(x, j);
    store<T>(p, -load<T>(p));
  }
}
