// Rows stored in fewer bits than they are computed with, one after the other: halves (binary16), or
// bytes with a scale for each row. Storing rounds; expanding is exact but for the product with the
// scale. Entries are finite. Bound by memory.
import { amax } from "./level1";
import { at, OptionalAddress } from "./simd";

/** 2^112: the distance of the exponents' offsets in f32 and in halves. */
const REBASE: f32 = reinterpret<f32>(0x77800000);
/** Bits of the smallest half that is normal, 2^-14, in f32. */
const SMALLEST_NORMAL: u32 = 0x38800000;

/** y (n halves) <- x, to nearest, ties to even, of magnitudes below 65520: larger ones overflow. */
// @kernel
export function storeHalves<T>(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) {
    const bits = reinterpret<u32>(<f32>load<T>(at<T>(x, i)));
    const sign = (bits >> 16) & 0x8000;
    const magnitude = bits & 0x7fffffff;
    let half: u32;
    if (magnitude < SMALLEST_NORMAL) {
      // The last bit of numbers about 1/2 is that of halves below the normal ones: the sum rounds.
      half = reinterpret<u32>(reinterpret<f32>(magnitude) + <f32>0.5) - 0x3f000000;
    } else {
      half = (magnitude - 0x38000000 + 0xfff + ((magnitude >> 13) & 1)) >> 13;
    }
    store<u16>(at<u16>(y, i), <u16>(sign | half));
  }
}

/** y_i (a row) <- row index_i of the halves at x, for i < n; without an index (0) row i. */
// @kernel
export function expandHalves<T>(
  n: i32, cols: i32, index: OptionalAddress, x: usize, y: usize,
): void {
  for (let i = 0; i < n; i++) {
    const from = at<u16>(x, (index ? load<i32>(at<i32>(index, i)) : i) * cols);
    expandHalfRow<T>(cols, from, at<T>(y, i * cols));
  }
}

function expandHalfRow<T>(cols: i32, x: usize, y: usize): void {
  let j = 0;
  if (sizeof<T>() == 4) {
    const rebase = f32x4.splat(REBASE);
    const magnitude = i32x4.splat(0x7fff);
    for (; j + 4 <= cols; j += 4) {
      const half = v128.load_ext<u16>(at<u16>(x, j));
      const sign = i32x4.shl(v128.andnot(half, magnitude), 16);
      const scaled = f32x4.mul(i32x4.shl(v128.and(half, magnitude), 13), rebase);
      v128.store(at<T>(y, j), v128.or(sign, scaled));
    }
  }
  for (; j < cols; j++) {
    const half = <u32>load<u16>(at<u16>(x, j));
    const value = reinterpret<f32>((half & 0x7fff) << 13) * REBASE;
    store<T>(at<T>(y, j), <T>(half & 0x8000 ? -value : value));
  }
}

/**
 * Rows of bytes, -127 .. 127, and the scales (f32) that they are to be multiplied with: the largest
 * entry of a row is 127 times its scale.
 */
// @kernel
export function storeBytes<T>(rows: i32, cols: i32, x: usize, scales: usize, y: usize): void {
  for (let i = 0; i < rows; i++) {
    const row = at<T>(x, i * cols);
    const scale = <f32>(<T>amax<T>(cols, row) / <T>127);
    store<f32>(at<f32>(scales, i), scale);
    for (let j = 0; j < cols; j++) {
      const value = scale > 0 ? nearest<f32>(<f32>load<T>(at<T>(row, j)) / scale) : <f32>0;
      store<i8>(y + <usize>(i * cols + j), <i8>max<f32>(-127, min<f32>(127, value)));
    }
  }
}

/** As `expandHalves`, for what `storeBytes` stored. */
// @kernel
export function expandBytes<T>(
  n: i32, cols: i32, index: OptionalAddress, scales: usize, x: usize, y: usize,
): void {
  for (let i = 0; i < n; i++) {
    const row = index ? load<i32>(at<i32>(index, i)) : i;
    const scale = load<f32>(at<f32>(scales, row));
    expandByteRow<T>(cols, scale, x + <usize>(row * cols), at<T>(y, i * cols));
  }
}

function expandByteRow<T>(cols: i32, scale: f32, x: usize, y: usize): void {
  let j = 0;
  if (sizeof<T>() == 4) {
    const factor = f32x4.splat(scale);
    for (; j + 8 <= cols; j += 8) {
      const shorts = v128.load_ext<i8>(x + <usize>j);
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(shorts));
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(shorts));
      v128.store(at<T>(y, j), f32x4.mul(low, factor));
      v128.store(at<T>(y, j), f32x4.mul(high, factor), 16);
    }
  }
  for (; j < cols; j++) {
    store<T>(at<T>(y, j), <T>(<f32>load<i8>(x + <usize>j) * scale));
  }
}
