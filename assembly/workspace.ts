/**
 * Bytes of `count` elements, for the functions that tell how much work space a kernel needs. In
 * f64, as all of their arithmetic: in 32 bits a size beyond 4 GiB would wrap to a small one, and
 * the kernel would write beyond what it was given.
 */
// @ts-ignore: decorator
@inline
export function bytesOf<T>(count: f64): f64 {
  return count * <f64>sizeof<T>();
}
