// Level 2: a matrix read once, bound by memory. Four rows share each load of the vector.
// Row-major, lda in elements. A matrix stored by columns is the row-major transpose, so `gemv` is
// then the product with A' and `gemvTransposed` the one with A.
import { axpy, dot } from "./level1";
import { at, lanes, multiplyAdd, sumLanes } from "./simd";

/** y (m) <- A (m x n) x; zeros when n = 0. Order in a row: two lane sums, added, then the tail. */
export function gemv<T>(m: i32, n: i32, a: usize, lda: i32, x: usize, y: usize): void {
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
      s00 = multiplyAdd<T>(v128.load(row0 + p), x0, s00);
      s01 = multiplyAdd<T>(v128.load(row0 + p, 16), x1, s01);
      s10 = multiplyAdd<T>(v128.load(row1 + p), x0, s10);
      s11 = multiplyAdd<T>(v128.load(row1 + p, 16), x1, s11);
      s20 = multiplyAdd<T>(v128.load(row2 + p), x0, s20);
      s21 = multiplyAdd<T>(v128.load(row2 + p, 16), x1, s21);
      s30 = multiplyAdd<T>(v128.load(row3 + p), x0, s30);
      s31 = multiplyAdd<T>(v128.load(row3 + p, 16), x1, s31);
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
export function gemvTransposed<T>(
  m: i32, n: i32, alpha: T, a: usize, lda: i32, x: usize, y: usize,
): void {
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
