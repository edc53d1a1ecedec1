// Transposed copies, bound by memory: tiles keep both sides in L1.
import { at } from "./simd";

/** Side of a tile: 32 rows of 32 doubles are 8 KiB on each side. */
const TILE: i32 = 32;

/** B (n x m) <- A' for A m x n, both row-major; they must not overlap. */
export function transpose<T>(m: i32, n: i32, a: usize, lda: i32, b: usize, ldb: i32): void {
  for (let i = 0; i < m; i += TILE) {
    const rows = min<i32>(m, i + TILE);
    for (let j = 0; j < n; j += TILE) {
      const cols = min<i32>(n, j + TILE);
      for (let q = j; q < cols; q++) {
        for (let p = i; p < rows; p++) {
          store<T>(at<T>(b, q * ldb + p), load<T>(at<T>(a, p * lda + q)));
        }
      }
    }
  }
}

/** B (m x n) <- A, rows padded with zeros from `filled` entries on to n. */
export function embed<T>(
  m: i32, n: i32, filled: i32, a: usize, lda: i32, b: usize, ldb: i32,
): void {
  for (let i = 0; i < m; i++) {
    memory.copy(at<T>(b, i * ldb), at<T>(a, i * lda), at<T>(0, filled));
    memory.fill(at<T>(b, i * ldb + filled), 0, at<T>(0, n - filled));
  }
}

/** y <- x in the type T; x in f64. Equal addresses are allowed. */
export function fromDoubles<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) store<T>(at<T>(y, i), <T>load<f64>(at<f64>(x, i)));
}
