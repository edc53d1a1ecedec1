// Dropout, by the generator of random.ts.
import { kindDropout, philox } from "./random";
import { at } from "./simd";

/**
 * Dropout: y_i = 0 with the given probability, otherwise x_i / (1 - probability), for the elements
 * start .. start + n - 1 of the stream. The same call again makes the same choice, so the adjoint
 * is dropout itself. `start` is a multiple of 4; a block serves four elements; y may be x.
 */
// @kernel
export function dropout<T>(
  n: i32, probability: f64, seedLow: i32, seedHigh: i32, stream: i32, start: f64,
  x: usize, y: usize,
): void {
  const threshold = i32x4.splat(<i32>(<u32>(probability * 4294967296.0)));
  const scale = <T>(1 / (1 - probability));
  let block = (<u64>start) >> 2;
  for (let i = 0; i < n; i += 4, block++) {
    const counter = i32x4(<i32>block, <i32>(block >> 32), stream, kindDropout);
    const kept = i32x4.ge_u(philox(counter, seedLow, seedHigh), threshold);
    const p = at<T>(x, i);
    const q = at<T>(y, i);
    if (sizeof<T>() == 4 && i + 4 <= n) {
      v128.store(q, v128.and(kept, v128.mul<T>(v128.load(p), v128.splat<T>(scale))));
      continue;
    }
    const bits = i32x4.bitmask(kept);
    for (let j = 0; j < min<i32>(4, n - i); j++) {
      const value: T = load<T>(at<T>(p, j)) * scale;
      store<T>(at<T>(q, j), (bits >> j) & 1 ? value : <T>0);
    }
  }
}
