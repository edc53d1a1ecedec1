// The hyperbolic tangent of a = |x|, with the sign of x put back:
//   a < 0.9     a + a P(z - 3/8), z = a a: the shift keeps the terms and their rounding small
//   a >= 0.9    1 - 2 / (exp(2 a) + 1), with what the sum's rounding lost made good
// Both are computed in every lane. At most 0.95 ulp for f32. Coefficients: scripts/minimax.py.
import { expLanes } from "./exp";
import { horner, select, signBits, splat, splatEither } from "./lanes";

/** tanh x; 1 from 19.1 on (f32: 9.1). */
// @ts-ignore: decorator
@inline
export function tanhLanes<T>(x: v128): v128 {
  const a = v128.abs<T>(x);
  const one = splat<T>(1);
  const half = splat<T>(0.5);
  const shifted = v128.sub<T>(v128.mul<T>(a, a), splat<T>(0.375));
  const near = v128.add<T>(a, v128.mul<T>(a, tanhSeries<T>(shifted)));

  // Bounded where the result is 1 already, lest infinity - infinity appear.
  const power = expLanes<T>(v128.min<T>(v128.add<T>(a, a), splatEither<T>(20, 44)));
  const sum = v128.add<T>(power, one);
  const lost = v128.sub<T>(one, v128.sub<T>(sum, power));
  const q = v128.div<T>(splat<T>(2), sum);
  const correction = v128.mul<T>(v128.mul<T>(half, v128.mul<T>(q, q)), lost);
  const far = v128.sub<T>(one, v128.sub<T>(q, correction));
  return v128.or(select(v128.lt<T>(a, splat<T>(0.9)), near, far), signBits<T>(x));
}

/** P(t): error 0.1 ulp of the tangent for f64, 0.04 for f32. */
// @ts-ignore: decorator
@inline
function tanhSeries<T>(t: v128): v128 {
  if (sizeof<T>() == 4) {
    let p = splat<T>(-0.000503503659);
    p = horner<T>(p, t, 0.00140867801);
    p = horner<T>(p, t, -0.0037871073);
    p = horner<T>(p, t, 0.0107700741);
    p = horner<T>(p, t, -0.0306481253);
    p = horner<T>(p, t, 0.0872750878);
    p = horner<T>(p, t, -0.252228767);
    return horner<T>(p, t, -0.108720563);
  }
  let p = splat<T>(2.9144113379538607e-7);
  p = horner<T>(p, t, -9.503217663684171e-7);
  p = horner<T>(p, t, 2.546957674625226e-6);
  p = horner<T>(p, t, -7.178339523313331e-6);
  p = horner<T>(p, t, 2.043675572210435e-5);
  p = horner<T>(p, t, -5.810145380211552e-5);
  p = horner<T>(p, t, 0.0001651439732071417);
  p = horner<T>(p, t, -0.00046940427832461756);
  p = horner<T>(p, t, 0.0013342360443737646);
  p = horner<T>(p, t, -0.0037924472760882404);
  p = horner<T>(p, t, 0.010779956193051832);
  p = horner<T>(p, t, -0.030647821941609872);
  p = horner<T>(p, t, 0.08727467694428134);
  p = horner<T>(p, t, -0.2522287718554965);
  return horner<T>(p, t, -0.10872056070178227);
}
