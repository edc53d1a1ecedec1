// Level 1: O(n) work on O(n) data, bound by memory, so nothing here packs.
// Pointers are byte addresses, sizes count elements, vectors are contiguous.
import { put, step, take } from "./elements";
import { at, lanes, maxLanes, multiplyAdd, sumLanes } from "./simd";

/** x'y; 0 when n = 0. Order: four accumulators of lanes, added in pairs, then the tail. */
// @kernel
export function dot<T>(n: i32, x: usize, y: usize): T {
  return products<T>(n, x, y, false);
}

/** The sum of `dot`; with `same` y is x, and each entry is loaded once. */
// @ts-ignore: decorator
@inline
function products<T>(n: i32, x: usize, y: usize, same: bool): T {
  const w = lanes<T>();
  const head = n - (n % (4 * w));
  let s0 = v128.splat<T>(<T>0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let i = 0;
  for (; i < head; i += 4 * w) {
    const p = at<T>(x, i);
    const q = at<T>(y, i);
    const x0 = v128.load(p);
    const x1 = v128.load(p, 16);
    const x2 = v128.load(p, 32);
    const x3 = v128.load(p, 48);
    s0 = multiplyAdd<T>(x0, same ? x0 : v128.load(q), s0);
    s1 = multiplyAdd<T>(x1, same ? x1 : v128.load(q, 16), s1);
    s2 = multiplyAdd<T>(x2, same ? x2 : v128.load(q, 32), s2);
    s3 = multiplyAdd<T>(x3, same ? x3 : v128.load(q, 48), s3);
  }
  for (; i + w <= n; i += w) {
    const v = v128.load(at<T>(x, i));
    s0 = multiplyAdd<T>(v, same ? v : v128.load(at<T>(y, i)), s0);
  }
  let sum = sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)));
  for (; i < n; i++) sum += load<T>(at<T>(x, i)) * load<T>(at<T>(y, i));
  return sum;
}

/** y <- alpha x + y. */
// @kernel
export function axpy<T>(n: i32, alpha: T, x: usize, y: usize): void {
  const w = lanes<T>();
  const a = v128.splat<T>(alpha);
  let i = 0;
  // Four vectors a turn: in the cache the loop itself would cost as much as its work.
  for (; i + 4 * w <= n; i += 4 * w) {
    const p = at<T>(x, i);
    const q = at<T>(y, i);
    v128.store(q, multiplyAdd<T>(a, v128.load(p), v128.load(q)));
    v128.store(q, multiplyAdd<T>(a, v128.load(p, 16), v128.load(q, 16)), 16);
    v128.store(q, multiplyAdd<T>(a, v128.load(p, 32), v128.load(q, 32)), 32);
    v128.store(q, multiplyAdd<T>(a, v128.load(p, 48), v128.load(q, 48)), 48);
  }
  for (; i + w <= n; i += w) {
    const q = at<T>(y, i);
    v128.store(q, multiplyAdd<T>(a, v128.load(at<T>(x, i)), v128.load(q)));
  }
  for (; i < n; i++) {
    const q = at<T>(y, i);
    store<T>(q, alpha * load<T>(at<T>(x, i)) + load<T>(q));
  }
}

/** x <- alpha x. */
// @kernel
export function scal<T>(n: i32, alpha: T, x: usize): void {
  const w = lanes<T>();
  const a = v128.splat<T>(alpha);
  let i = 0;
  for (; i + 4 * w <= n; i += 4 * w) {
    const p = at<T>(x, i);
    v128.store(p, v128.mul<T>(a, v128.load(p)));
    v128.store(p, v128.mul<T>(a, v128.load(p, 16)), 16);
    v128.store(p, v128.mul<T>(a, v128.load(p, 32)), 32);
    v128.store(p, v128.mul<T>(a, v128.load(p, 48)), 48);
  }
  for (; i < n; i += step<T>(n, i)) put<T>(n, i, x, v128.mul<T>(a, take<T>(n, i, x)));
}

/**
 * max |x_i|; 0 when n = 0, NaN when any entry is NaN. Engines build a maximum that keeps NaN from
 * several instructions: four of them in flight reach the speed of memory, 3 times that of one.
 */
// @kernel
export function amax<T>(n: i32, x: usize): T {
  const w = lanes<T>();
  let m0 = v128.splat<T>(<T>0);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  let i = 0;
  for (; i + 4 * w <= n; i += 4 * w) {
    const p = at<T>(x, i);
    m0 = v128.max<T>(m0, v128.abs<T>(v128.load(p)));
    m1 = v128.max<T>(m1, v128.abs<T>(v128.load(p, 16)));
    m2 = v128.max<T>(m2, v128.abs<T>(v128.load(p, 32)));
    m3 = v128.max<T>(m3, v128.abs<T>(v128.load(p, 48)));
  }
  for (; i + w <= n; i += w) m0 = v128.max<T>(m0, v128.abs<T>(v128.load(at<T>(x, i))));
  let result = maxLanes<T>(v128.max<T>(v128.max<T>(m0, m1), v128.max<T>(m2, m3)));
  for (; i < n; i++) result = max<T>(result, abs<T>(load<T>(at<T>(x, i))));
  return result;
}

/**
 * Euclidean norm without avoidable overflow or underflow: the plain sum of squares where it is
 * safely inside the range, otherwise once more after division by the largest entry.
 */
// @kernel
export function nrm2<T>(n: i32, x: usize): T {
  const plain = products<T>(n, x, x, true);
  const tiny: T = sizeof<T>() == 8 ? <T>1e-280 : <T>1e-30;
  const huge: T = sizeof<T>() == 8 ? <T>1e300 : <T>1e37;
  if (plain > tiny && plain < huge) return sqrt<T>(plain);
  const largest = amax<T>(n, x);
  // Zero, infinity and NaN are their own norm.
  if (!(largest > 0) || largest - largest != <T>0) return largest;
  let sum: T = 0;
  for (let i = 0; i < n; i++) {
    const scaled = load<T>(at<T>(x, i)) / largest;
    sum += scaled * scaled;
  }
  return largest * sqrt<T>(sum);
}

/** Sum of the entries; the order of `dot`. */
// @kernel
export function sum<T>(n: i32, x: usize): T {
  const w = lanes<T>();
  let s0 = v128.splat<T>(<T>0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let i = 0;
  for (; i + 4 * w <= n; i += 4 * w) {
    const p = at<T>(x, i);
    s0 = v128.add<T>(s0, v128.load(p));
    s1 = v128.add<T>(s1, v128.load(p, 16));
    s2 = v128.add<T>(s2, v128.load(p, 32));
    s3 = v128.add<T>(s3, v128.load(p, 48));
  }
  for (; i + w <= n; i += w) s0 = v128.add<T>(s0, v128.load(at<T>(x, i)));
  let total = sumLanes<T>(v128.add<T>(v128.add<T>(s0, s1), v128.add<T>(s2, s3)));
  for (; i < n; i++) total += load<T>(at<T>(x, i));
  return total;
}

/**
 * Sum of x_i^2 in f64 whatever the type: a loss must not lose digits to its accumulator. Order in
 * f32: entries dealt out in turn to eight lanes, added in pairs, then the tail; in f64 as `dot`.
 */
// @kernel
export function sumOfSquares<T>(n: i32, x: usize): f64 {
  if (sizeof<T>() == 8) return <f64>products<T>(n, x, x, true);
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const p = at<T>(x, i);
    const a = f64x2.promote_low_f32x4(v128.load64_zero(p));
    const b = f64x2.promote_low_f32x4(v128.load64_zero(p, 8));
    const c = f64x2.promote_low_f32x4(v128.load64_zero(p, 16));
    const d = f64x2.promote_low_f32x4(v128.load64_zero(p, 24));
    s0 = f64x2.add(s0, f64x2.mul(a, a));
    s1 = f64x2.add(s1, f64x2.mul(b, b));
    s2 = f64x2.add(s2, f64x2.mul(c, c));
    s3 = f64x2.add(s3, f64x2.mul(d, d));
  }
  let total = <f64>sumLanes<f64>(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
  for (; i < n; i++) {
    const value = <f64>load<T>(at<T>(x, i));
    total += value * value;
  }
  return total;
}

/** Index of the first entry that is NaN or infinite, -1 when there is none. */
// @kernel
export function firstNonFinite<T>(n: i32, x: usize): i32 {
  const w = lanes<T>();
  const zero = v128.splat<T>(<T>0);
  let i = 0;
  // x - x is 0, or NaN, which a sum keeps: one look at the end of a stretch is enough.
  while (i + 64 <= n) {
    let sum = zero;
    for (let j = i; j < i + 64; j += w) {
      const v = v128.load(at<T>(x, j));
      sum = v128.add<T>(sum, v128.sub<T>(v, v));
    }
    if (v128.any_true(v128.ne<T>(sum, zero))) break;
    i += 64;
  }
  for (; i < n; i++) {
    const value = load<T>(at<T>(x, i));
    if (value - value != <T>0) return i;
  }
  return -1;
}
