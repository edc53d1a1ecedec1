// Losses with their gradients. Means over rows (or numbers), added ascending in f64.
import { put, step, take } from "./elements";
import { expLanes } from "./math/exp";
import { logLanes } from "./math/log";
import { at } from "./simd";

/**
 * The mean over rows of -log softmax(x)[label], x rows x classes, and its gradient
 * (softmax(x) - 1[label]) / rows. Exponentials in T, all at once, of distances from the largest
 * score of a row; sums, logarithms and shares in f64, so that small losses keep their digits.
 * Labels are i32 in 0 .. classes - 1.
 */
// @kernel
export function crossEntropy<T>(
  rows: i32, classes: i32, x: usize, labels: usize, gradient: usize,
): f64 {
  let loss: f64 = 0;
  let row = gradient;
  for (let i = 0; i < rows; i++, x += at<T>(0, classes), row += at<T>(0, classes)) {
    let largest: T = <T>-Infinity;
    for (let j = 0; j < classes; j++) largest = max<T>(largest, load<T>(at<T>(x, j)));
    for (let j = 0; j < classes; j++) store<T>(at<T>(row, j), load<T>(at<T>(x, j)) - largest);
    loss += <f64>largest - <f64>load<T>(at<T>(x, load<i32>(at<i32>(labels, i))));
  }
  const n = rows * classes;
  for (let i = 0; i < n; i += step<T>(n, i)) {
    put<T>(n, i, gradient, expLanes<T>(take<T>(n, i, gradient)));
  }
  row = gradient;
  for (let i = 0; i < rows; i++, row += at<T>(0, classes)) {
    let sum: f64 = 0;
    for (let j = 0; j < classes; j++) sum += <f64>load<T>(at<T>(row, j));
    const label = load<i32>(at<i32>(labels, i));
    const own = <f64>load<T>(at<T>(row, label));
    const scale = 1 / (sum * rows);
    for (let j = 0; j < classes; j++) {
      store<T>(at<T>(row, j), <T>(<f64>load<T>(at<T>(row, j)) * scale));
    }
    // Before it is rounded: what is left of 1 may be little.
    store<T>(at<T>(row, label), <T>((own - sum) * scale));
    loss += f64x2.extract_lane(logLanes<f64>(f64x2.splat(sum)), 0);
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
