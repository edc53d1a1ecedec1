// Sums whose bits do not depend on their order: parts are rounded to a grid once and added as
// integers. Bound by memory. What a part is rounded to is scale * share[i], powers of two, so that
// nothing else is rounded; whoever chooses them sees to it that no sum of parts reaches 2^31.
// Lines are of k elements, a multiple of four.
import { at } from "./simd";

/** sums_i += x_i scale share[i], rounded to integers (ties to even), for `lines` lines of k. */
// @kernel
export function addRounded<T>(
  lines: i32, k: i32, scale: f64, share: usize, x: usize, sums: usize,
): void {
  const both = f32x4.splat(<f32>scale);
  for (let i = 0; i < lines; i++) {
    const shares = v128.load32_splat(at<f32>(share, i));
    for (let q = i * k; q < (i + 1) * k; q += 4) {
      const scaled = f32x4.mul(f32x4.mul(v128.load(at<f32>(x, q)), shares), both);
      const to = at<i32>(sums, q);
      const part = i32x4.trunc_sat_f32x4_s(f32x4.nearest(scaled));
      v128.store(to, i32x4.add(v128.load(to), part));
    }
  }
}

/** sums_i += x_i, n integers each. */
// @kernel
export function addIntegers<T>(n: i32, x: usize, sums: usize): void {
  let q = 0;
  for (; q + 4 <= n; q += 4) {
    const to = at<i32>(sums, q);
    v128.store(to, i32x4.add(v128.load(to), v128.load(at<i32>(x, q))));
  }
  for (; q < n; q++) {
    const to = at<i32>(sums, q);
    store<i32>(to, load<i32>(to) + load<i32>(at<i32>(x, q)));
  }
}

/** y_i = sums_i / (scale share[i]), each rounded once to f32. */
// @kernel
export function fromRounded<T>(
  lines: i32, k: i32, scale: f64, share: usize, sums: usize, y: usize,
): void {
  const both = f32x4.splat(<f32>(1 / scale));
  for (let i = 0; i < lines; i++) {
    const shares = f32x4.splat(1 / load<f32>(at<f32>(share, i)));
    for (let q = i * k; q < (i + 1) * k; q += 4) {
      const sum = f32x4.convert_i32x4_s(v128.load(at<i32>(sums, q)));
      v128.store(at<f32>(y, q), f32x4.mul(f32x4.mul(sum, both), shares));
    }
  }
}
