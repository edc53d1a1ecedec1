// Products with a vector as gemm forms them: bound by memory, so each entry of the matrix is read
// once and in the order of memory. Additions keep gemm's order, k ascending from zero, so
// that a product does not depend on whether a row or column came alone (level2.ts, which need not
// keep it, has the simpler loops).
import { at, lanes, multiplyAdd } from "./simd";

/** y <- alpha part + beta y, entries of y `step` bytes apart. */
// @ts-ignore: decorator
@inline
function combine<T>(alpha: T, beta: T, part: T, y: usize): void {
  store<T>(y, beta == <T>0 ? alpha * part : alpha * part + beta * load<T>(y));
}

/**
 * y (m) <- alpha A x + beta y for A m x k; x and y have entries stepX and stepY bytes apart.
 * Vectors run down the rows: squares of A are transposed in registers.
 */
export function matrixTimesVector<T>(
  m: i32, k: i32, alpha: T, a: usize, lda: i32, x: usize, stepX: usize,
  beta: T, y: usize, stepY: usize,
): void {
  const w = lanes<T>();
  const stride = at<T>(0, lda);
  let i = 0;
  for (; i + 4 * w <= m; i += 4 * w) {
    const row = a + <usize>i * stride;
    vectorsOfRows<T>(4, k, alpha, row, stride, x, stepX, beta, y + <usize>i * stepY, stepY);
  }
  for (; i + w <= m; i += w) {
    const row = a + <usize>i * stride;
    vectorsOfRows<T>(1, k, alpha, row, stride, x, stepX, beta, y + <usize>i * stepY, stepY);
  }
  for (; i < m; i++) {
    let sum = v128.splat<T>(<T>0);
    let from = a + <usize>i * stride;
    let q = x;
    for (let p = 0; p < k; p++) {
      sum = multiplyAdd<T>(v128.load_splat<T>(from), v128.load_splat<T>(q), sum);
      from += sizeof<T>();
      q += stepX;
    }
    combine<T>(alpha, beta, v128.extract_lane<T>(sum, 0), y + <usize>i * stepY);
  }
}

/** The same for the rows of one vector, or of four. */
// @ts-ignore: decorator
@inline
function vectorsOfRows<T>(
  vectors: i32, k: i32, alpha: T, a: usize, stride: usize, x: usize, stepX: usize,
  beta: T, y: usize, stepY: usize,
): void {
  const w = lanes<T>();
  const rest = k % w;
  let s0 = v128.splat<T>(<T>0);
  let s1 = s0, s2 = s0, s3 = s0;
  let from = a;
  let q = x;
  for (let p = k - rest; p > 0; p -= w) {
    const x0 = v128.load_splat<T>(q);
    const x1 = v128.load_splat<T>(q + stepX);
    let x2 = x0, x3 = x1;
    if (sizeof<T>() == 4) {
      x2 = v128.load_splat<T>(q + stepX * 2);
      x3 = v128.load_splat<T>(q + stepX * 3);
    }
    s0 = addSquare<T>(from, stride, x0, x1, x2, x3, s0);
    if (vectors == 4) {
      s1 = addSquare<T>(from + stride * w, stride, x0, x1, x2, x3, s1);
      s2 = addSquare<T>(from + stride * (2 * w), stride, x0, x1, x2, x3, s2);
      s3 = addSquare<T>(from + stride * (3 * w), stride, x0, x1, x2, x3, s3);
    }
    from += 16;
    q += stepX * w;
  }
  finishRows<T>(s0, rest, from, stride, q, stepX, alpha, beta, y, stepY);
  if (vectors == 4) {
    const down = stride * w;
    const right = stepY * w;
    finishRows<T>(s1, rest, from + down, stride, q, stepX, alpha, beta, y + right, stepY);
    finishRows<T>(s2, rest, from + down * 2, stride, q, stepX, alpha, beta, y + right * 2, stepY);
    finishRows<T>(s3, rest, from + down * 3, stride, q, stepX, alpha, beta, y + right * 3, stepY);
  }
}

/** sum + A x for w rows and w columns, columns ascending. */
// @ts-ignore: decorator
@inline
function addSquare<T>(
  from: usize, stride: usize, x0: v128, x1: v128, x2: v128, x3: v128, sum: v128,
): v128 {
  const r0 = v128.load(from);
  const r1 = v128.load(from + stride);
  if (sizeof<T>() == 8) {
    sum = multiplyAdd<T>(v128.shuffle<f64>(r0, r1, 0, 2), x0, sum);
    return multiplyAdd<T>(v128.shuffle<f64>(r0, r1, 1, 3), x1, sum);
  }
  const r2 = v128.load(from + stride * 2);
  const r3 = v128.load(from + stride * 3);
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  sum = multiplyAdd<T>(v128.shuffle<f64>(low01, low23, 0, 2), x0, sum);
  sum = multiplyAdd<T>(v128.shuffle<f64>(low01, low23, 1, 3), x1, sum);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  sum = multiplyAdd<T>(v128.shuffle<f64>(high01, high23, 0, 2), x2, sum);
  return multiplyAdd<T>(v128.shuffle<f64>(high01, high23, 1, 3), x3, sum);
}

/** The last columns, fewer than a vector, of w rows; then their entries of y. */
function finishRows<T>(
  sum: v128, left: i32, from: usize, stride: usize, x: usize, stepX: usize,
  alpha: T, beta: T, y: usize, stepY: usize,
): void {
  for (; left > 0; left--) {
    let column = v128.load_splat<T>(from);
    column = v128.replace_lane<T>(column, 1, load<T>(from + stride));
    if (sizeof<T>() == 4) {
      column = v128.replace_lane<T>(column, 2, load<T>(from + stride * 2));
      column = v128.replace_lane<T>(column, 3, load<T>(from + stride * 3));
    }
    sum = multiplyAdd<T>(column, v128.load_splat<T>(x), sum);
    from += sizeof<T>();
    x += stepX;
  }
  combine<T>(alpha, beta, v128.extract_lane<T>(sum, 0), y);
  combine<T>(alpha, beta, v128.extract_lane<T>(sum, 1), y + stepY);
  if (sizeof<T>() == 4) {
    combine<T>(alpha, beta, v128.extract_lane<T>(sum, 2), y + stepY * 2);
    combine<T>(alpha, beta, v128.extract_lane<T>(sum, 3), y + stepY * 3);
  }
}

/**
 * y (n) <- alpha A' x + beta y for A k x n, n at least a vector; `sums` has room for n numbers and
 * a vector more, and should fit in L1 with four rows of A.
 */
export function vectorTimesMatrix<T>(
  k: i32, n: i32, alpha: T, a: usize, lda: i32, x: usize, stepX: usize,
  beta: T, y: usize, stepY: usize, sums: usize,
): void {
  const w = lanes<T>();
  const bytes = at<T>(0, n);
  const head = at<T>(0, n - (n % w));
  const stride = at<T>(0, lda);
  memory.fill(sums, 0, head + 16);
  let p = 0;
  for (; p + 4 <= k; p += 4) {
    const x0 = v128.load_splat<T>(x);
    const x1 = v128.load_splat<T>(x + stepX);
    const x2 = v128.load_splat<T>(x + stepX * 2);
    const x3 = v128.load_splat<T>(x + stepX * 3);
    for (let j: usize = 0; j < head; j += 16) addRows4<T>(a + j, stride, x0, x1, x2, x3, sums + j);
    // The last columns as a vector that overlaps the one before; its sums lie at the end.
    if (head < bytes) addRows4<T>(a + bytes - 16, stride, x0, x1, x2, x3, sums + head);
    a += stride * 4;
    x += stepX * 4;
  }
  for (; p < k; p++) {
    const x0 = v128.load_splat<T>(x);
    for (let j: usize = 0; j < head; j += 16) addRow<T>(a + j, x0, sums + j);
    if (head < bytes) addRow<T>(a + bytes - 16, x0, sums + head);
    a += stride;
    x += stepX;
  }
  for (let j: usize = 0; j < bytes; j += sizeof<T>()) {
    const part = load<T>(j < head ? sums + j : sums + head + 16 - (bytes - j));
    combine<T>(alpha, beta, part, y);
    y += stepY;
  }
}

// @ts-ignore: decorator
@inline
function addRows4<T>(
  from: usize, stride: usize, x0: v128, x1: v128, x2: v128, x3: v128, to: usize,
): void {
  let sum = multiplyAdd<T>(v128.load(from), x0, v128.load(to));
  sum = multiplyAdd<T>(v128.load(from + stride), x1, sum);
  sum = multiplyAdd<T>(v128.load(from + stride * 2), x2, sum);
  v128.store(to, multiplyAdd<T>(v128.load(from + stride * 3), x3, sum));
}

// @ts-ignore: decorator
@inline
function addRow<T>(from: usize, x: v128, to: usize): void {
  v128.store(to, multiplyAdd<T>(v128.load(from), x, v128.load(to)));
}
