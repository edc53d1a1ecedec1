// Level 2: a matrix read once, bound by memory. Four rows share each load of the vector.
// Row-major, lda in elements. A matrix stored by columns is the row-major transpose, so `gemv` is
// then the product with A' and `gemvTransposed` the one with A.
import { axpy, dot } from "./level1";
import { at, lanes, multiplyAdd, sumLanes } from "./simd";
import { details, edge, partsOf, share } from "./team";

/** Entries from which on a product takes some tens of microseconds. */
const WORTH_SHARING: i32 = 50000;

/** What a part of a shared product needs to know. */
@unmanaged
class VectorProduct {
  double: bool; parts: i32; m: i32; n: i32; lda: i32;
  a: usize; x: usize; y: usize;
  alpha: f64;
}

function shareProduct<T>(
  task: (part: i32) => void, parts: i32,
  m: i32, n: i32, alpha: T, a: usize, lda: i32, x: usize, y: usize,
): void {
  const p = details<VectorProduct>();
  p.parts = parts;
  p.m = m;
  p.n = n;
  p.lda = lda;
  p.a = a;
  p.x = x;
  p.y = y;
  p.alpha = <f64>alpha;
  p.double = sizeof<T>() == 8;
  share(task, parts);
}

function gemvPart(part: i32): void {
  if (details<VectorProduct>().double) partOfGemv<f64>(part);
  else partOfGemv<f32>(part);
}

/** Some rows, in the fours of the whole. */
function partOfGemv<T>(part: i32): void {
  const p = details<VectorProduct>();
  const first = edge(part, p.parts, p.m);
  const rows = edge(part + 1, p.parts, p.m) - first;
  gemv<T>(rows, p.n, at<T>(p.a, first * p.lda), p.lda, p.x, at<T>(p.y, first));
}

function gemvTransposedPart(part: i32): void {
  if (details<VectorProduct>().double) partOfGemvTransposed<f64>(part);
  else partOfGemvTransposed<f32>(part);
}

/** Some columns, in the vectors of the whole. */
function partOfGemvTransposed<T>(part: i32): void {
  const p = details<VectorProduct>();
  const first = edge(part, p.parts, p.n);
  const cols = edge(part + 1, p.parts, p.n) - first;
  gemvTransposed<T>(p.m, cols, <T>p.alpha, at<T>(p.a, first), p.lda, p.x, at<T>(p.y, first));
}

/** y (m) <- A (m x n) x; zeros when n = 0. Order in a row: two lane sums, added, then the tail. */
// @kernel test
export function gemv<T>(m: i32, n: i32, a: usize, lda: i32, x: usize, y: usize): void {
  if (ASC_FEATURE_THREADS) {
    const parts = m * n >= WORTH_SHARING ? partsOf(m, 16) : 0;
    if (parts) return shareProduct<T>(gemvPart, parts, m, n, <T>1, a, lda, x, y);
  }
  const w = lanes<T>();
  const stride = at<T>(0, lda);
  const head = n - (n % (2 * w));
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const row0 = at<T>(a, i * lda);
    const row1 = row0 + stride;
    const row2 = row1 + stride;
    const row3 = row2 + stride;
    let s00 = v128.splat<T>(<T>0);
    let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
    let j = 0;
    for (; j < head; j += 2 * w) {
      const p = at<T>(0, j);
      const x0 = v128.load(x + p);
      const x1 = v128.load(x + p, 16);
      // The last sum first, for V8 of Node 20: see gemm-tile.ts.
      s31 = multiplyAdd<T>(v128.load(row3 + p, 16), x1, s31);
      s30 = multiplyAdd<T>(v128.load(row3 + p), x0, s30);
      s21 = multiplyAdd<T>(v128.load(row2 + p, 16), x1, s21);
      s20 = multiplyAdd<T>(v128.load(row2 + p), x0, s20);
      s11 = multiplyAdd<T>(v128.load(row1 + p, 16), x1, s11);
      s10 = multiplyAdd<T>(v128.load(row1 + p), x0, s10);
      s01 = multiplyAdd<T>(v128.load(row0 + p, 16), x1, s01);
      s00 = multiplyAdd<T>(v128.load(row0 + p), x0, s00);
    }
    let y0 = sumLanes<T>(v128.add<T>(s00, s01));
    let y1 = sumLanes<T>(v128.add<T>(s10, s11));
    let y2 = sumLanes<T>(v128.add<T>(s20, s21));
    let y3 = sumLanes<T>(v128.add<T>(s30, s31));
    for (; j < n; j++) {
      const p = at<T>(0, j);
      const value = load<T>(x + p);
      y0 += load<T>(row0 + p) * value;
      y1 += load<T>(row1 + p) * value;
      y2 += load<T>(row2 + p) * value;
      y3 += load<T>(row3 + p) * value;
    }
    const to = at<T>(y, i);
    store<T>(to, y0);
    store<T>(at<T>(to, 1), y1);
    store<T>(at<T>(to, 2), y2);
    store<T>(at<T>(to, 3), y3);
  }
  for (; i < m; i++) store<T>(at<T>(y, i), <T>dot<T>(n, at<T>(a, i * lda), x));
}

/** y (n) <- y + alpha A' x, A m x n; unchanged when m = 0. Order: rows ascending, in fours. */
// @kernel test
export function gemvTransposed<T>(
  m: i32, n: i32, alpha: T, a: usize, lda: i32, x: usize, y: usize,
): void {
  if (ASC_FEATURE_THREADS) {
    const parts = m * n >= WORTH_SHARING ? partsOf(n, 64) : 0;
    if (parts) return shareProduct<T>(gemvTransposedPart, parts, m, n, alpha, a, lda, x, y);
  }
  const w = lanes<T>();
  const stride = at<T>(0, lda);
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    const row0 = at<T>(a, i * lda);
    const row1 = row0 + stride;
    const row2 = row1 + stride;
    const row3 = row2 + stride;
    const c0 = alpha * load<T>(at<T>(x, i));
    const c1 = alpha * load<T>(at<T>(x, i + 1));
    const c2 = alpha * load<T>(at<T>(x, i + 2));
    const c3 = alpha * load<T>(at<T>(x, i + 3));
    const v0 = v128.splat<T>(c0);
    const v1 = v128.splat<T>(c1);
    const v2 = v128.splat<T>(c2);
    const v3 = v128.splat<T>(c3);
    let j = 0;
    for (; j + w <= n; j += w) {
      const p = at<T>(0, j);
      const low = multiplyAdd<T>(v1, v128.load(row1 + p), v128.mul<T>(v0, v128.load(row0 + p)));
      const high = multiplyAdd<T>(v3, v128.load(row3 + p), v128.mul<T>(v2, v128.load(row2 + p)));
      v128.store(y + p, v128.add<T>(v128.load(y + p), v128.add<T>(low, high)));
    }
    for (; j < n; j++) {
      const p = at<T>(0, j);
      const low = c1 * load<T>(row1 + p) + c0 * load<T>(row0 + p);
      const high = c3 * load<T>(row3 + p) + c2 * load<T>(row2 + p);
      store<T>(y + p, load<T>(y + p) + (low + high));
    }
  }
  for (; i < m; i++) axpy<T>(n, alpha * load<T>(at<T>(x, i)), at<T>(a, i * lda), y);
}

/**
 * y (n) <- A x for the symmetric A whose lower triangle is stored by columns. Each entry is read
 * once and used twice: bound by memory, half the traffic of `gemv`.
 */
export function symv<T>(n: i32, a: usize, lda: i32, x: usize, y: usize): void {
  const w = lanes<T>();
  memory.fill(y, 0, at<T>(0, n));
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    symmetricCorner<T>(4, at<T>(a, j * lda + j), lda, at<T>(x, j), at<T>(y, j));
    const column0 = at<T>(a, j * lda);
    const column1 = column0 + at<T>(0, lda);
    const column2 = column1 + at<T>(0, lda);
    const column3 = column2 + at<T>(0, lda);
    const x0 = load<T>(at<T>(x, j));
    const x1 = load<T>(at<T>(x, j + 1));
    const x2 = load<T>(at<T>(x, j + 2));
    const x3 = load<T>(at<T>(x, j + 3));
    const v0 = v128.splat<T>(x0);
    const v1 = v128.splat<T>(x1);
    const v2 = v128.splat<T>(x2);
    const v3 = v128.splat<T>(x3);
    let s0 = v128.splat<T>(<T>0);
    let s1 = s0, s2 = s0, s3 = s0;
    let i = j + 4;
    for (; i + w <= n; i += w) {
      const p = at<T>(0, i);
      const xi = v128.load(x + p);
      const a0 = v128.load(column0 + p);
      const a1 = v128.load(column1 + p);
      const a2 = v128.load(column2 + p);
      const a3 = v128.load(column3 + p);
      s0 = multiplyAdd<T>(a0, xi, s0);
      s1 = multiplyAdd<T>(a1, xi, s1);
      s2 = multiplyAdd<T>(a2, xi, s2);
      s3 = multiplyAdd<T>(a3, xi, s3);
      const low = multiplyAdd<T>(a1, v1, v128.mul<T>(a0, v0));
      const high = multiplyAdd<T>(a3, v3, v128.mul<T>(a2, v2));
      v128.store(y + p, v128.add<T>(v128.load(y + p), v128.add<T>(low, high)));
    }
    let t0: T = sumLanes<T>(s0);
    let t1: T = sumLanes<T>(s1);
    let t2: T = sumLanes<T>(s2);
    let t3: T = sumLanes<T>(s3);
    for (; i < n; i++) {
      const p = at<T>(0, i);
      const xi = load<T>(x + p);
      const a0 = load<T>(column0 + p);
      const a1 = load<T>(column1 + p);
      const a2 = load<T>(column2 + p);
      const a3 = load<T>(column3 + p);
      t0 += a0 * xi;
      t1 += a1 * xi;
      t2 += a2 * xi;
      t3 += a3 * xi;
      store<T>(y + p, load<T>(y + p) + (a0 * x0 + a1 * x1 + (a2 * x2 + a3 * x3)));
    }
    const to = at<T>(y, j);
    store<T>(to, load<T>(to) + t0);
    store<T>(at<T>(to, 1), load<T>(at<T>(to, 1)) + t1);
    store<T>(at<T>(to, 2), load<T>(at<T>(to, 2)) + t2);
    store<T>(at<T>(to, 3), load<T>(at<T>(to, 3)) + t3);
  }
  symmetricCorner<T>(n - j, at<T>(a, j * lda + j), lda, at<T>(x, j), at<T>(y, j));
}

/** y <- y + A x for a symmetric corner of fewer than five rows. */
// @ts-ignore: decorator
@inline
function symmetricCorner<T>(n: i32, a: usize, lda: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) {
    let sum = load<T>(at<T>(y, i));
    for (let j = 0; j < n; j++) {
      const entry = load<T>(at<T>(a, min<i32>(i, j) * lda + max<i32>(i, j)));
      sum += entry * load<T>(at<T>(x, j));
    }
    store<T>(at<T>(y, i), sum);
  }
}

/** y (n, contiguous) <- n entries that lie `stride` apart. */
// @ts-ignore: decorator
@inline
export function gather<T>(n: i32, x: usize, stride: i32, y: usize): void {
  for (let i = 0; i < n; i++) store<T>(at<T>(y, i), load<T>(at<T>(x, i * stride)));
}
