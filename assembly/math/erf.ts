// The error function of a = |x|, with the sign of x put back; the seam is next to 1:
//   a < seam    a + a P(z - 1/2), z = a a: the shift keeps the terms and their rounding small
//   a >= seam   1 - exp(Q(a - seam)), Q the logarithm of the complementary error function
// Both are computed in every lane. The further out, the less Q counts: its error is weighted by
// erfc. At most 0.95 ulp for f32. Coefficients: scripts/minimax.py.
import { expLanes } from "./exp";
import { horner, select, signBits, splat, splatEither } from "./lanes";

/** 1021/1024: log erfc there is nearly an f32 number, so its first coefficient rounds little. */
const seam: f64 = 0.9970703125;

/** erf x; 1 from 5.93 on (f32: 3.84). */
// @ts-ignore: decorator
@inline
export function erfLanes<T>(x: v128): v128 {
  const a = v128.abs<T>(x);
  const one = splat<T>(1);
  const shifted = v128.sub<T>(v128.mul<T>(a, a), splat<T>(0.5));
  const near = v128.add<T>(a, v128.mul<T>(a, erfSeries<T>(shifted)));
  // Where the fit ends the result is 1 already.
  const t = v128.min<T>(v128.sub<T>(a, splat<T>(seam)), splatEither<T>(3, 4.9375));
  const far = v128.sub<T>(one, expLanes<T>(logErfcSeries<T>(t)));
  return v128.or(select(v128.lt<T>(a, splat<T>(seam)), near, far), signBits<T>(x));
}

/** P(t): error 0.02 ulp of erf for f64, 0.03 for f32. */
// @ts-ignore: decorator
@inline
function erfSeries<T>(t: v128): v128 {
  if (sizeof<T>() == 4) {
    let p = splat<T>(7.96503809e-5);
    p = horner<T>(p, t, -0.000565664028);
    p = horner<T>(p, t, 0.00347984815);
    p = horner<T>(p, t, -0.0182832759);
    p = horner<T>(p, t, 0.079410024);
    p = horner<T>(p, t, -0.281072199);
    return horner<T>(p, t, -0.0345312618);
  }
  let p = splat<T>(5.4240864895652717e-11);
  p = horner<T>(p, t, -7.822167058490952e-10);
  p = horner<T>(p, t, 9.391854086104683e-9);
  p = horner<T>(p, t, -1.042021058041727e-7);
  p = horner<T>(p, t, 1.0536436955063673e-6);
  p = horner<T>(p, t, -9.61480907358689e-6);
  p = horner<T>(p, t, 7.829649542785689e-5);
  p = horner<T>(p, t, -0.0005611894220750364);
  p = horner<T>(p, t, 0.0034802744966547683);
  p = horner<T>(p, t, -0.01828388448915466);
  p = horner<T>(p, t, 0.07940998675593508);
  p = horner<T>(p, t, -0.2810721780454342);
  return horner<T>(p, t, -0.03453126133013269);
}

/** Q(t): error 0.08 ulp of erf for f64, 0.005 for f32. */
// @ts-ignore: decorator
@inline
function logErfcSeries<T>(t: v128): v128 {
  if (sizeof<T>() == 4) {
    let p = splat<T>(-2.75018174e-5);
    p = horner<T>(p, t, 0.00031812911);
    p = horner<T>(p, t, -0.00206762971);
    p = horner<T>(p, t, 0.0101182163);
    p = horner<T>(p, t, -0.041698236);
    p = horner<T>(p, t, -0.84273833);
    p = horner<T>(p, t, -2.63402867);
    return horner<T>(p, t, -1.84188139);
  }
  let p = splat<T>(-4.517863658332077e-12);
  p = horner<T>(p, t, 1.1209920784637506e-10);
  p = horner<T>(p, t, -1.2532969181497586e-9);
  p = horner<T>(p, t, 8.175191346333968e-9);
  p = horner<T>(p, t, -3.2258451806494875e-8);
  p = horner<T>(p, t, 5.549127798245315e-8);
  p = horner<T>(p, t, 2.0969391352165413e-7);
  p = horner<T>(p, t, -2.1476939550067072e-6);
  p = horner<T>(p, t, 9.742756003917636e-6);
  p = horner<T>(p, t, -2.7460917377210283e-5);
  p = horner<T>(p, t, 2.6939804686318823e-5);
  p = horner<T>(p, t, 0.00023676957659450273);
  p = horner<T>(p, t, -0.0019820677870853423);
  p = horner<T>(p, t, 0.010062828840546868);
  p = horner<T>(p, t, -0.04167885179558366);
  p = horner<T>(p, t, -0.842741456047657);
  p = horner<T>(p, t, -2.634028503829803);
  return horner<T>(p, t, -1.841881395195693);
}
