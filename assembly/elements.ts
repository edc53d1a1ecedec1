// How an elementwise function walks an array: whole vectors while there are any, then its last
// elements one by one through the same lanes, so that a value never depends on its position.
import { at, lanes } from "./simd";

/** Elements taken at i: a whole vector while there is one, then single elements. */
// @ts-ignore: decorator
@inline
export function step<T>(n: i32, i: i32): i32 {
  return n - i >= lanes<T>() ? lanes<T>() : 1;
}

/** The vector at i, or one element in every lane. */
// @ts-ignore: decorator
@inline
export function take<T>(n: i32, i: i32, x: usize): v128 {
  const p = at<T>(x, i);
  return n - i >= lanes<T>() ? v128.load(p) : v128.load_splat<T>(p);
}

/** Stores what `take` began. */
// @ts-ignore: decorator
@inline
export function put<T>(n: i32, i: i32, y: usize, value: v128): void {
  const p = at<T>(y, i);
  if (n - i >= lanes<T>()) v128.store(p, value);
  else store<T>(p, v128.extract_lane<T>(value, 0));
}
