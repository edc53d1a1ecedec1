// Losses with their gradients. Means over rows (or numbers), added ascending in f64; the outputs of
// a network's head are few, so speed does not matter.
import { expLanes } from "./math/exp";
import { logLanes } from "./math/log";
import { at } from "./simd";

/**
 * The mean over rows of -log softmax(x)[label], x rows x classes, and its gradient
 * (softmax(x) - 1[label]) / rows. Computed in f64 whatever T; labels are i32 in 0 .. classes - 1.
 */
// @kernel
export function crossEntropy<T>(
  rows: i32, classes: i32, x: usize, labels: usize, gradient: usize,
): f64 {
  let loss: f64 = 0;
  for (let i = 0; i < rows; i++, x += at<T>(0, classes), gradient += at<T>(0, classes)) {
    let largest: f64 = -Infinity;
    for (let j = 0; j < classes; j++) largest = max<f64>(largest, <f64>load<T>(at<T>(x, j)));
    let sum: f64 = 0;
    for (let j = 0; j < classes; j++) sum += exponential(<f64>load<T>(at<T>(x, j)) - largest);
    const label = load<i32>(at<i32>(labels, i));
    for (let j = 0; j < classes; j++) {
      const share = exponential(<f64>load<T>(at<T>(x, j)) - largest) / sum;
      store<T>(at<T>(gradient, j), <T>((share - (j == label ? 1 : 0)) / rows));
    }
    const log = f64x2.extract_lane(logLanes<f64>(f64x2.splat(sum)), 0);
    loss += log + largest - <f64>load<T>(at<T>(x, label));
  }
  return loss / rows;
}

/** The mean of (x_i - target_i)^2 over n numbers, and its gradient 2 (x_i - target_i) / n. */
// @kernel
export function squaredError<T>(n: i32, x: usize, target: usize, gradient: usize): f64 {
  let loss: f64 = 0;
  for (let i = 0; i < n; i++) {
    const d = <f64>load<T>(at<T>(x, i)) - <f64>load<T>(at<T>(target, i));
    store<T>(at<T>(gradient, i), <T>((2 * d) / n));
    loss += d * d;
  }
  return loss / n;
}

function exponential(x: f64): f64 {
  return f64x2.extract_lane(expLanes<f64>(f64x2.splat(x)), 0);
}
