// Moving and adding whole rows of `cols` elements, which lie one after the other: tables of
// embeddings, biases, means over sequences. Bound by memory. Indices are i32 and not checked.
import { put, step, take } from "./elements";
import { at } from "./simd";

/** Every row of y <- x, a single row. */
// @kernel
export function fillRows<T>(rows: i32, cols: i32, x: usize, y: usize): void {
  for (let i = 0; i < rows; i++, y += at<T>(0, cols)) copyRow<T>(cols, x, y);
}

/** y (a row) += the sum of the rows of x, ascending. */
// @kernel
export function addColumnSums<T>(rows: i32, cols: i32, x: usize, y: usize): void {
  for (let i = 0; i < rows; i++, x += at<T>(0, cols)) addRow<T>(cols, x, y);
}

/** y_i <- table[index_i] for i < n. */
// @kernel
export function gatherRows<T>(
  n: i32, cols: i32, table: usize, index: usize, y: usize,
): void {
  if (cols === 1) {
    for (let i = 0; i < n; i++) {
      store<T>(at<T>(y, i), load<T>(at<T>(table, load<i32>(at<i32>(index, i)))));
    }
    return;
  }
  for (let i = 0; i < n; i++, y += at<T>(0, cols)) {
    copyRow<T>(cols, at<T>(table, load<i32>(at<i32>(index, i)) * cols), y);
  }
}

/** y_i += table[index_i] for i < n. */
// @kernel
export function addGatheredRows<T>(
  n: i32, cols: i32, table: usize, index: usize, y: usize,
): void {
  for (let i = 0; i < n; i++, y += at<T>(0, cols)) {
    addRow<T>(cols, at<T>(table, load<i32>(at<i32>(index, i)) * cols), y);
  }
}

/** table[index_i] += x_i for i < n, ascending: the adjoint of gathering. */
// @kernel
export function scatterRows<T>(
  n: i32, cols: i32, index: usize, x: usize, table: usize,
): void {
  for (let i = 0; i < n; i++, x += at<T>(0, cols)) {
    addRow<T>(cols, x, at<T>(table, load<i32>(at<i32>(index, i)) * cols));
  }
}

/** y_s <- the mean of rows start_s .. start_{s+1} - 1 of x, added ascending; none is empty. */
// @kernel
export function segmentMeans<T>(
  segments: i32, cols: i32, start: usize, x: usize, y: usize,
): void {
  for (let s = 0; s < segments; s++, y += at<T>(0, cols)) {
    const first = load<i32>(at<i32>(start, s));
    const last = load<i32>(at<i32>(start, s + 1));
    memory.fill(y, 0, at<T>(0, cols));
    for (let i = first; i < last; i++) addRow<T>(cols, at<T>(x, i * cols), y);
    scaleRow<T>(cols, <T>1 / <T>(last - first), y, y);
  }
}

/** Every row of segment s of dx <- dy_s / the segment's length. */
// @kernel
export function segmentMeansAdjoint<T>(
  segments: i32, cols: i32, start: usize, dy: usize, dx: usize,
): void {
  for (let s = 0; s < segments; s++, dy += at<T>(0, cols)) {
    const first = load<i32>(at<i32>(start, s));
    const last = load<i32>(at<i32>(start, s + 1));
    const share: T = <T>1 / <T>(last - first);
    for (let i = first; i < last; i++) scaleRow<T>(cols, share, dy, at<T>(dx, i * cols));
  }
}

/** By lanes: for a short row memory.copy is slower, because engines leave the kernel for it. */
// @ts-ignore: decorator
@inline
function copyRow<T>(cols: i32, x: usize, y: usize): void {
  for (let j = 0; j < cols; j += step<T>(cols, j)) put<T>(cols, j, y, take<T>(cols, j, x));
}

// @ts-ignore: decorator
@inline
function addRow<T>(cols: i32, x: usize, y: usize): void {
  for (let j = 0; j < cols; j += step<T>(cols, j)) {
    put<T>(cols, j, y, v128.add<T>(take<T>(cols, j, y), take<T>(cols, j, x)));
  }
}

// @ts-ignore: decorator
@inline
function scaleRow<T>(cols: i32, scale: T, x: usize, y: usize): void {
  const factor = v128.splat<T>(scale);
  for (let j = 0; j < cols; j += step<T>(cols, j)) {
    put<T>(cols, j, y, v128.mul<T>(factor, take<T>(cols, j, x)));
  }
}
