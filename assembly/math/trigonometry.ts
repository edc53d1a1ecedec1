// Sine and cosine, in f64 lanes for both types. |x| = k pi/2 + r with |r| <= pi/4, r in two parts;
// sin or cos of r by a polynomial, which one and its sign by k mod 4. Below 1 ulp.
// Coefficients: scripts/minimax.py.
import { reduceHuge, reducedHigh, reducedLow, reducedQuarter } from "./reduction";
import { horner, roundingShift, select, signBits, splat } from "./lanes";

/** Up to here k < 2^20, and its products with 33 bits of pi/2 are exact. */
const largestReduced: f64 = 1048576;

/** sin x; NaN where x is infinite. */
// @ts-ignore: decorator
@inline
export function sinLanes<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return v128.xor(sinAbsolute(f64x2.abs(x), 0), signBits<f64>(x));
  return narrow(sinLanes<f64>(widenLow(x)), sinLanes<f64>(widenHigh(x)));
}

/** cos x; NaN where x is infinite. */
// @ts-ignore: decorator
@inline
export function cosLanes<T>(x: v128): v128 {
  if (sizeof<T>() == 8) return sinAbsolute(f64x2.abs(x), 1);
  return narrow(cosLanes<f64>(widenLow(x)), cosLanes<f64>(widenHigh(x)));
}

/** sin(a + quarters pi/2) for a >= 0. */
function sinAbsolute(a: v128, quarters: i64): v128 {
  const shift = roundingShift<f64>();
  const shifted = f64x2.add(f64x2.mul(a, splat<f64>(0.6366197723675814)), shift);
  const k = f64x2.sub(shifted, shift);
  // pi/2 in three parts of 33 bits and a rest (Cody and Waite): the products with the parts are
  // exact. So is the first difference; the two that follow leave errors, and they are kept. When
  // one cancels to nearly nothing it has none, so the relative error stays small throughout.
  const first = f64x2.sub(a, f64x2.mul(k, splat<f64>(1.5707963267341256)));
  const product2 = f64x2.mul(k, splat<f64>(6.077100506303966e-11));
  const second = f64x2.sub(first, product2);
  const product3 = f64x2.mul(k, splat<f64>(2.0222662487111665e-21));
  const third = f64x2.sub(second, product3);
  const rest = f64x2.sub(
    f64x2.add(
      differenceError(first, product2, second),
      differenceError(second, product3, third),
    ),
    f64x2.mul(k, splat<f64>(8.4784276603689e-32)),
  );
  const high = f64x2.add(third, rest);
  const low = f64x2.add(f64x2.sub(third, high), rest);
  // The integer is in the low bits of `shifted`, and only its last two count.
  const turn = i64x2.add(shifted, i64x2.splat(quarters));
  let y = inQuarter(turn, sinReduced(high, low), cosReduced(high, low));

  const moderate = f64x2.lt(a, splat<f64>(largestReduced));
  if (!i64x2.all_true(moderate)) {
    const a0 = f64x2.extract_lane(a, 0);
    const a1 = f64x2.extract_lane(a, 1);
    if (!(a0 < largestReduced)) y = f64x2.replace_lane(y, 0, sinHuge(a0, quarters));
    if (!(a1 < largestReduced)) y = f64x2.replace_lane(y, 1, sinHuge(a1, quarters));
  }
  return y;
}

/** sin(a + quarters pi/2) for a >= 2^20, infinite or NaN. */
function sinHuge(a: f64, quarters: i64): f64 {
  if (!(a < Infinity)) return NaN;
  reduceHuge(a);
  const high = f64x2.splat(reducedHigh);
  const low = f64x2.splat(reducedLow);
  const turn = i64x2.splat(reducedQuarter + quarters);
  return f64x2.extract_lane(inQuarter(turn, sinReduced(high, low), cosReduced(high, low)), 0);
}

/** What a - b = difference lost by rounding, exactly. */
// @ts-ignore: decorator
@inline
function differenceError(a: v128, b: v128, difference: v128): v128 {
  const b1 = f64x2.sub(a, difference);
  const a1 = f64x2.add(difference, b1);
  return f64x2.add(f64x2.sub(a, a1), f64x2.sub(b1, b));
}

/** sin(r + quarter pi/2) from sin r and cos r; the last two bits of `quarter` count. */
// @ts-ignore: decorator
@inline
export function inQuarter(quarter: v128, sin: v128, cos: v128): v128 {
  const odd = i64x2.ne(v128.and(quarter, i64x2.splat(1)), i64x2.splat(0));
  const sign = i64x2.shl(v128.and(quarter, i64x2.splat(2)), 62);
  return v128.xor(select(odd, cos, sin), sign);
}

/** sin(r + low), |r| <= pi/4, low below half an ulp of r. Polynomial error 0.03 ulp. */
// @ts-ignore: decorator
@inline
export function sinReduced(r: v128, low: v128): v128 {
  const z = f64x2.mul(r, r);
  let p = splat<f64>(1.5896909423603103e-10);
  p = horner<f64>(p, z, -2.5050760244858812e-8);
  p = horner<f64>(p, z, 2.755731370702042e-6);
  p = horner<f64>(p, z, -0.00019841269829857827);
  p = horner<f64>(p, z, 0.00833333333332249);
  p = horner<f64>(p, z, -0.16666666666666632);
  const cube = f64x2.mul(f64x2.mul(z, r), p);
  const slope = f64x2.sub(splat<f64>(1), f64x2.mul(splat<f64>(0.5), z));
  return f64x2.add(r, f64x2.add(cube, f64x2.mul(low, slope)));
}

/** cos(r + low), |r| <= pi/4, low below half an ulp of r. Polynomial error 0.001 ulp. */
// @ts-ignore: decorator
@inline
export function cosReduced(r: v128, low: v128): v128 {
  const z = f64x2.mul(r, r);
  let p = splat<f64>(-1.1359934319500055e-11);
  p = horner<f64>(p, z, 2.0875729282284472e-9);
  p = horner<f64>(p, z, -2.75573144010353e-7);
  p = horner<f64>(p, z, 2.4801587289671544e-5);
  p = horner<f64>(p, z, -0.0013888888888874474);
  p = horner<f64>(p, z, 0.0416666666666666);
  // 1 - z/2 rounds; what it lost joins the small terms.
  const half = f64x2.mul(splat<f64>(0.5), z);
  const head = f64x2.sub(splat<f64>(1), half);
  const lost = f64x2.sub(f64x2.sub(splat<f64>(1), head), half);
  const tail = f64x2.sub(f64x2.mul(f64x2.mul(z, z), p), f64x2.mul(r, low));
  return f64x2.add(head, f64x2.add(lost, tail));
}

// @ts-ignore: decorator
@inline
function widenLow(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

// @ts-ignore: decorator
@inline
function widenHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
}

/** Four f32 lanes from two and two of f64, rounded. */
// @ts-ignore: decorator
@inline
export function narrow(low: v128, high: v128): v128 {
  const a = f32x4.demote_f64x2_zero(low);
  const b = f32x4.demote_f64x2_zero(high);
  return v128.shuffle<i32>(a, b, 0, 1, 4, 5);
}
