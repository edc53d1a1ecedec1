// Plane rotations and exchanges of vectors, in f64.
import { put, step, take } from "./elements";
import { at } from "./simd";

/** 2^600, exact also for denormal numbers, whose squares it makes normal ones. */
const UP: f64 = reinterpret<f64>(0x6570000000000000);
const DOWN: f64 = 1 / UP;
/** Between these the square of the larger entry keeps all of its digits. */
const TINY: f64 = 1e-140;
const HUGE: f64 = 1e150;

/** The rotation of the last call of `rotation`: cos, sin, and the length it produces. */
export let cosine: f64 = 1;
export let sine: f64 = 0;

/**
 * Chooses c, s with c f + s g = r and c g - s f = 0; returns r. c^2 + s^2 = 1 to machine precision
 * for all f and g, denormal ones too: the vectors that are rotated are orthonormal at any scale.
 */
export function rotation(f: f64, g: f64): f64 {
  if (g == 0) {
    cosine = 1;
    sine = 0;
    return f;
  }
  if (f == 0) {
    cosine = 0;
    sine = 1;
    return g;
  }
  const largest = max<f64>(abs<f64>(f), abs<f64>(g));
  let scale: f64 = 1;
  let unscale: f64 = 1;
  if (largest < TINY) {
    scale = UP;
    unscale = DOWN;
  } else if (largest > HUGE) {
    scale = DOWN;
    unscale = UP;
  }
  const x = f * scale;
  const y = g * scale;
  const length = sqrt<f64>(x * x + y * y);
  const r = copysign<f64>(length, f);
  cosine = abs<f64>(x) / length;
  sine = y / r;
  return r * unscale;
}

/** (x, y) <- (c x + s y, c y - s x), vectors of length n. */
export function rotate(n: i32, x: usize, y: usize, c: f64, s: f64): void {
  const vc = f64x2.splat(c);
  const vs = f64x2.splat(s);
  for (let i = 0; i < n; i += step<f64>(n, i)) {
    const a = take<f64>(n, i, x);
    const b = take<f64>(n, i, y);
    put<f64>(n, i, x, f64x2.add(f64x2.mul(vc, a), f64x2.mul(vs, b)));
    put<f64>(n, i, y, f64x2.sub(f64x2.mul(vc, b), f64x2.mul(vs, a)));
  }
}

/** x <-> y, vectors of length n. */
export function swap(n: i32, x: usize, y: usize): void {
  for (let i = 0; i < n; i++) {
    const kept = load<f64>(at<f64>(x, i));
    store<f64>(at<f64>(x, i), load<f64>(at<f64>(y, i)));
    store<f64>(at<f64>(y, i), kept);
  }
}
