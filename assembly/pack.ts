// Packing for gemm: a sliver is a strip of columns of B (or rows of A) a few vectors wide, stored
// so that what one step of k needs is contiguous: sliver[p][0 .. width).
import { at, lanes } from "./simd";
import { transposeCorner } from "./transpose";

/** Steps of k copied at a time: so many rows are read side by side, which prefetchers follow. */
const ROWS: i32 = 8;

/**
 * Columns [0, n) of a matrix (k x n, rows ld apart) as slivers `width` elements wide, a multiple
 * of a vector. Columns that the last sliver lacks are not written.
 */
export function packColumns<T>(
  width: i32, k: i32, n: i32, b: usize, ld: i32, packed: usize,
): void {
  const full = n - (n % width);
  const stride = at<T>(0, ld);
  for (let p = 0; p < k; p += ROWS) {
    const rows = min<i32>(ROWS, k - p);
    const from = at<T>(b, p * ld);
    const to = at<T>(packed, p * width);
    for (let j = 0; j < full; j += width) {
      copyRows(rows, at<T>(0, width), at<T>(from, j), stride, at<T>(to, j * k));
    }
  }
  for (let j = full; j < n; j++) {
    const to = at<T>(packed, full * k + (j - full));
    for (let p = 0; p < k; p++) store<T>(at<T>(to, p * width), load<T>(at<T>(b, p * ld + j)));
  }
}

/** Common widths, as the size of a type: a loop inside takes half to two thirds of the time. */
@unmanaged
class Group { a: u64; b: u64; }
@unmanaged
class Groups { a: u64; b: u64; c: u64; d: u64; }
@unmanaged
class Sliver { a: u64; b: u64; c: u64; d: u64; e: u64; f: u64; g: u64; h: u64; }

// @ts-ignore: decorator
@inline
function copyRows(rows: i32, width: usize, from: usize, stride: usize, to: usize): void {
  if (width == 64) return copyWidth<Sliver>(rows, from, stride, to);
  if (width == 32) return copyWidth<Groups>(rows, from, stride, to);
  if (width == 16) return copyWidth<Group>(rows, from, stride, to);
  for (let r = 0; r < rows; r++) {
    for (let q: usize = 0; q < width; q += 16) v128.store(to + q, v128.load(from + q));
    from += stride;
    to += width;
  }
}

// @ts-ignore: decorator
@inline
function copyWidth<Width>(rows: i32, from: usize, stride: usize, to: usize): void {
  const width = offsetof<Width>();
  for (let r = 0; r < rows; r++) {
    const v0 = v128.load(from);
    const v1 = width > 16 ? v128.load(from, 16) : v0;
    const v2 = width > 32 ? v128.load(from, 32) : v0;
    const v3 = width > 32 ? v128.load(from, 48) : v0;
    v128.store(to, v0);
    if (width > 16) v128.store(to, v1, 16);
    if (width > 32) v128.store(to, v2, 32);
    if (width > 32) v128.store(to, v3, 48);
    from += stride;
    to += width;
  }
}

/**
 * Rows [0, n) of a matrix (n x k, rows ld apart) as the columns of slivers `width` elements wide,
 * a multiple of a vector. Columns that the last sliver lacks are not written.
 */
export function packRows<T>(
  width: i32, k: i32, n: i32, a: usize, ld: i32, packed: usize,
): void {
  const w = lanes<T>();
  const head = k - (k % w);
  for (let j = 0; j < n; j += w) {
    // Column j of all slivers: sliver j / width starts at j k elements less its columns so far.
    const column = j % width;
    const to = at<T>(packed, (j - column) * k + column);
    const from = at<T>(a, j * ld);
    const rows = min<i32>(w, n - j);
    let p = 0;
    if (rows == w) {
      for (; p < head; p += w) transposeCorner<T>(at<T>(from, p), ld, at<T>(to, p * width), width);
    }
    for (let r = 0; r < rows; r++) {
      for (let q = p; q < k; q++) {
        store<T>(at<T>(to, q * width + r), load<T>(at<T>(from, r * ld + q)));
      }
    }
  }
}
