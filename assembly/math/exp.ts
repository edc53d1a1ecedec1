// The exponential. x = k ln 2 + r with |r| <= ln 2 / 2, so that
//   exp x = 2^k exp r,   exp r = 1 + r + r r P(r).
// r is kept in two parts and 1 + r in its sum and its error: 0.6 ulp in both types.
// Coefficients: scripts/minimax.py.
import {
  fractionBits,
  horner,
  roundingShift,
  shiftLeft,
  shiftRightUnsigned,
  splat,
  splatEither,
  splatInteger,
  subBits,
} from "./lanes";

/** exp x: infinity above the range, subnormal numbers and then zero below it. */
// @ts-ignore: decorator
@inline
export function expLanes<T>(x: v128): v128 {
  // Beyond these the result is settled, and k stays in reach of two powers of two.
  const above = v128.max<T>(x, splatEither<T>(-104, -746));
  const bounded = v128.min<T>(above, splatEither<T>(89, 710));

  const shift = roundingShift<T>();
  const shifted = v128.add<T>(v128.mul<T>(bounded, splat<T>(1.4426950408889634)), shift);
  const k = v128.sub<T>(shifted, shift);
  // k times the leading bits of ln 2 is exact, and so is the difference.
  const leading = v128.mul<T>(k, splatEither<T>(0.693145751953125, 0.6931471803691238));
  const rest = v128.mul<T>(k, splatEither<T>(1.42860677e-6, 1.9082149292705877e-10));
  const high = v128.sub<T>(bounded, leading);
  const r = v128.sub<T>(high, rest);
  const low = v128.sub<T>(v128.sub<T>(high, r), rest);

  const square = v128.mul<T>(v128.mul<T>(r, r), expSeries<T>(r));
  const head = v128.add<T>(splat<T>(1), r);
  const lost = v128.sub<T>(r, v128.sub<T>(head, splat<T>(1)));
  const y = v128.add<T>(head, v128.add<T>(lost, v128.add<T>(square, low)));

  // 2^k as a product of two, since it may leave the normal range where the result does not. The
  // sum of their biased exponents is k and twice the bias; k is in the low bits of `shifted`.
  const bias: i32 = sizeof<T>() == 8 ? 1023 : 127;
  const sum = subBits<T>(shifted, subBits<T>(shift, splatInteger<T>(2 * bias)));
  const first = shiftRightUnsigned<T>(sum, 1);
  const second = subBits<T>(sum, first);
  const scaled = v128.mul<T>(y, shiftLeft<T>(first, fractionBits<T>()));
  return v128.mul<T>(scaled, shiftLeft<T>(second, fractionBits<T>()));
}

/** P(r): error 0.03 ulp of the exponential for f64, 0.05 for f32. */
// @ts-ignore: decorator
@inline
function expSeries<T>(r: v128): v128 {
  if (sizeof<T>() == 4) {
    let p = splat<T>(0.00138389331);
    p = horner<T>(p, r, 0.00836919341);
    p = horner<T>(p, r, 0.0416681021);
    p = horner<T>(p, r, 0.166665167);
    return horner<T>(p, r, 0.49999994);
  }
  let p = splat<T>(2.5020365676756315e-8);
  p = horner<T>(p, r, 2.763076331869084e-7);
  p = horner<T>(p, r, 2.7557530047577812e-6);
  p = horner<T>(p, r, 2.4801491730171737e-5);
  p = horner<T>(p, r, 0.00019841269560688066);
  p = horner<T>(p, r, 0.0013888888944871103);
  p = horner<T>(p, r, 0.008333333333473707);
  p = horner<T>(p, r, 0.04166666666652578);
  p = horner<T>(p, r, 0.16666666666666438);
  return horner<T>(p, r, 0.5000000000000011);
}
