// Softmax of rows and its adjoint. Rows lie one after the other; both functions work in place.
// Bound by the exponential.
import { put, step, take } from "./elements";
import { expLanes } from "./math/exp";
import { at, lanes, maxLanes, multiplyAdd, sumLanes } from "./simd";

/**
 * Each row x <- exp(x - max x) / sum. An entry of -infinity gets weight 0. Order of additions: one
 * accumulator a lane, lanes as in `sumLanes`, then the tail.
 */
// @kernel
export function softmax<T>(rows: i32, cols: i32, x: usize): void {
  const w = lanes<T>();
  const head = cols - (cols % w);
  for (let i = 0; i < rows; i++, x += at<T>(0, cols)) {
    let most = v128.splat<T>(<T>-Infinity);
    for (let j = 0; j < cols; j += step<T>(cols, j)) {
      most = v128.max<T>(most, take<T>(cols, j, x));
    }
    const largest = v128.splat<T>(maxLanes<T>(most));
    let sums = v128.splat<T>(<T>0);
    for (let j = 0; j < head; j += w) {
      const e = expLanes<T>(v128.sub<T>(v128.load(at<T>(x, j)), largest));
      v128.store(at<T>(x, j), e);
      sums = v128.add<T>(sums, e);
    }
    let sum = sumLanes<T>(sums);
    for (let j = head; j < cols; j++) {
      const p = at<T>(x, j);
      const e = v128.extract_lane<T>(
        expLanes<T>(v128.sub<T>(v128.load_splat<T>(p), largest)), 0,
      );
      store<T>(p, e);
      sum += e;
    }
    const share = v128.splat<T>(<T>1 / sum);
    for (let j = 0; j < cols; j += step<T>(cols, j)) {
      put<T>(cols, j, x, v128.mul<T>(take<T>(cols, j, x), share));
    }
  }
}

/** Each row dx <- p (dp - p'dp), where dx starts as dp, the gradient with respect to p. */
// @kernel
export function softmaxAdjoint<T>(rows: i32, cols: i32, p: usize, dx: usize): void {
  const w = lanes<T>();
  const head = cols - (cols % w);
  for (let i = 0; i < rows; i++, p += at<T>(0, cols), dx += at<T>(0, cols)) {
    let sums = v128.splat<T>(<T>0);
    for (let j = 0; j < head; j += w) {
      sums = multiplyAdd<T>(v128.load(at<T>(p, j)), v128.load(at<T>(dx, j)), sums);
    }
    let mean = sumLanes<T>(sums);
    for (let j = head; j < cols; j++) mean += load<T>(at<T>(p, j)) * load<T>(at<T>(dx, j));
    const shift = v128.splat<T>(mean);
    for (let j = 0; j < cols; j += step<T>(cols, j)) {
      const rest = v128.sub<T>(take<T>(cols, j, dx), shift);
      put<T>(cols, j, dx, v128.mul<T>(take<T>(cols, j, p), rest));
    }
  }
}
