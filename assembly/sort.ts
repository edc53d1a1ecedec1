// Sorting of indices.
import { at } from "./simd";

/**
 * Sorts the n indices at `order` by ascending values[index]; equal values keep their order.
 * Merge sort from runs of one up; `scratch` has room for n indices.
 */
export function sortIndices(n: i32, values: usize, order: usize, scratch: usize): void {
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = min<i32>(start + width, n);
      const end = min<i32>(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let to = start; to < end; to++) {
        const fromLeft = right == end ||
          (left < middle && valueAt(values, order, left) <= valueAt(values, order, right));
        const from = fromLeft ? left++ : right++;
        store<i32>(at<i32>(scratch, to), load<i32>(at<i32>(order, from)));
      }
    }
    memory.copy(order, scratch, at<i32>(0, n));
  }
}

// @ts-ignore: decorator
@inline
function valueAt(values: usize, order: usize, i: i32): f64 {
  return load<f64>(at<f64>(values, load<i32>(at<i32>(order, i))));
}
