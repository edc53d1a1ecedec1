// The natural logarithm. x = 2^k m with m in [sqrt(1/2), sqrt(2)), so that
//   log x = k ln 2 + log m,   log m = 2 s + s z L(z),   s = f / (2 + f), f = m - 1, z = s s
// (the series of log((1 + s) / (1 - s))). 2 s is f - s f, and s f = f f / 2 - s f f / 2, which puts
// the exact f first and rounds only small terms: below 1 ulp in both types.
// Coefficients: scripts/minimax.py.
import {
  fractionBits,
  horner,
  select,
  shiftLeft,
  shiftRight,
  splat,
  splatEither,
  subBits,
  toFloat,
} from "./lanes";

/** log x: -infinity at either zero, NaN below zero. */
// @ts-ignore: decorator
@inline
export function logLanes<T>(x: v128): v128 {
  // Subnormals are brought into the normal range by 2^54 (f32: 2^25).
  const subnormal = v128.lt<T>(x, splatEither<T>(1.1754943508222875e-38, 2.2250738585072014e-308));
  const scaled = v128.mul<T>(x, splatEither<T>(33554432.0, 18014398509481984.0));
  const normal = select(subnormal, scaled, x);
  // Counted from the bits of sqrt(1/2), the exponent field steps where m should wrap.
  const offset = subBits<T>(normal, splat<T>(Math.SQRT1_2));
  const exponent = shiftRight<T>(offset, fractionBits<T>());
  const m = subBits<T>(normal, shiftLeft<T>(exponent, fractionBits<T>()));
  const taken = v128.and(subnormal, splatEither<T>(25, 54));
  const k = v128.sub<T>(toFloat<T>(exponent), taken);

  const f = v128.sub<T>(m, splat<T>(1));
  const s = v128.div<T>(f, v128.add<T>(splat<T>(2), f));
  const z = v128.mul<T>(s, s);
  const series = v128.mul<T>(z, logSeries<T>(z));
  const halfSquare = v128.mul<T>(splat<T>(0.5), v128.mul<T>(f, f));
  const low = v128.add<T>(
    v128.mul<T>(s, v128.add<T>(halfSquare, series)),
    v128.mul<T>(k, splatEither<T>(1.42860677e-6, 1.9082149292705877e-10)),
  );
  // k times the leading bits of ln 2 is exact.
  const high = v128.mul<T>(k, splatEither<T>(0.693145751953125, 0.6931471803691238));
  let y = v128.sub<T>(high, v128.sub<T>(v128.sub<T>(halfSquare, low), f));

  // NaN and +infinity are their own logarithm.
  y = select(v128.lt<T>(x, splat<T>(Infinity)), y, x);
  y = select(v128.lt<T>(x, splat<T>(0)), splat<T>(NaN), y);
  return select(v128.eq<T>(x, splat<T>(0)), splat<T>(-Infinity), y);
}

/** L(z): error 0.01 ulp of the logarithm for f64, 0.001 for f32. */
// @ts-ignore: decorator
@inline
function logSeries<T>(z: v128): v128 {
  if (sizeof<T>() == 4) {
    let p = splat<T>(0.242788613);
    p = horner<T>(p, z, 0.284987926);
    p = horner<T>(p, z, 0.400009722);
    return horner<T>(p, z, 0.666666627);
  }
  let p = splat<T>(0.14795993198823157);
  p = horner<T>(p, z, 0.15314052522150035);
  p = horner<T>(p, z, 0.18183563956027768);
  p = horner<T>(p, z, 0.2222219858729423);
  p = horner<T>(p, z, 0.28571428742160315);
  p = horner<T>(p, z, 0.39999999999416286);
  return horner<T>(p, z, 0.6666666666666734);
}
