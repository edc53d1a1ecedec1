// Transposed copies, bound by memory: in squares of one cache line.
import { at, lanes } from "./simd";

/** B (n x m) <- A' for A m x n, both row-major; they must not overlap. */
// @kernel
export function transpose<T>(m: i32, n: i32, a: usize, lda: i32, b: usize, ldb: i32): void {
  const line: i32 = 64 / sizeof<T>();
  for (let i = 0; i < m; i += line) {
    const rows = min<i32>(line, m - i);
    for (let j = 0; j < n; j += line) {
      const cols = min<i32>(line, n - j);
      transposeSquare<T>(rows, cols, at<T>(a, i * lda + j), lda, at<T>(b, j * ldb + i), ldb);
    }
  }
}

/** Whole vectors both ways in registers, the fringes one by one. */
// @ts-ignore: decorator
@inline
function transposeSquare<T>(
  rows: i32, cols: i32, a: usize, lda: i32, b: usize, ldb: i32,
): void {
  const w = lanes<T>();
  const wholeRows = rows - (rows % w);
  const wholeCols = cols - (cols % w);
  for (let q = 0; q < wholeCols; q += w) {
    for (let p = 0; p < wholeRows; p += w) {
      transposeCorner<T>(at<T>(a, p * lda + q), lda, at<T>(b, q * ldb + p), ldb);
    }
  }
  for (let q = 0; q < cols; q++) {
    for (let p = q < wholeCols ? wholeRows : 0; p < rows; p++) {
      store<T>(at<T>(b, q * ldb + p), load<T>(at<T>(a, p * lda + q)));
    }
  }
}

/** w x w elements transposed in registers, w = elements of a vector. */
// @ts-ignore: decorator
@inline
export function transposeCorner<T>(from: usize, ldFrom: i32, to: usize, ldTo: i32): void {
  const down = at<T>(0, ldFrom);
  const step = at<T>(0, ldTo);
  if (sizeof<T>() == 8) {
    const r0 = v128.load(from);
    const r1 = v128.load(from + down);
    v128.store(to, v128.shuffle<f64>(r0, r1, 0, 2));
    v128.store(to + step, v128.shuffle<f64>(r0, r1, 1, 3));
    return;
  }
  const r0 = v128.load(from);
  const r1 = v128.load(from + down);
  const r2 = v128.load(from + down * 2);
  const r3 = v128.load(from + down * 3);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + step * 2, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + step * 3, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** B (m x n) <- A, rows padded with zeros from `filled` entries on to n. */
// @kernel
export function copyPadded<T>(
  m: i32, n: i32, filled: i32, a: usize, lda: i32, b: usize, ldb: i32,
): void {
  for (let i = 0; i < m; i++) {
    memory.copy(at<T>(b, i * ldb), at<T>(a, i * lda), at<T>(0, filled));
    memory.fill(at<T>(b, i * ldb + filled), 0, at<T>(0, n - filled));
  }
}

/** y <- x in the type T; x in f64. Equal addresses are allowed. */
// @kernel
export function fromDoubles<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) store<T>(at<T>(y, i), <T>load<f64>(at<f64>(x, i)));
}
