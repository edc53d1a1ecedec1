// The secular equation of divide and conquer, in f64. Its matrix M has z as first row and
// d_1 < ... < d_{K-1} on the diagonal below, d_0 = 0; its singular values are the roots of
//   f(s) = 1 + sum_j z_j^2 / (d_j^2 - s^2) = 0,  one between each d_k and the next.
//
// Unknown is mu = s^2 - d_c^2 with d_c the nearer end, so that each d_j^2 - s^2 = delta_j - mu,
// delta_j = (d_j - d_c)(d_j + d_c), comes out to full relative accuracy. With the z of
// `consistentZ` that alone makes the singular vectors orthogonal (Gu and Eisenstat 1995).
import { at, sumLanes } from "./simd";

const EPS: f64 = f64.EPSILON / 2;
/** Seen: 3 to 7. Where interpolation stalls, bisection needs 60 at most. */
const MOST_STEPS: i32 = 200;

/** Derivative that the last call of `poles` computed along. */
let slope: f64 = 0;

/** sum of z_j^2 / (delta_j - mu) over first <= j < end; sets `slope`. Pairs, then the tail. */
function poles(first: i32, end: i32, delta: usize, z: usize, mu: f64): f64 {
  const m = f64x2.splat(mu);
  let sums = f64x2.splat(0);
  let slopes = sums;
  let j = first;
  for (; j + 2 <= end; j += 2) {
    const zj = v128.load(at<f64>(z, j));
    const t = f64x2.div(zj, f64x2.sub(v128.load(at<f64>(delta, j)), m));
    sums = f64x2.add(sums, f64x2.mul(zj, t));
    slopes = f64x2.add(slopes, f64x2.mul(t, t));
  }
  let sum: f64 = sumLanes<f64>(sums);
  slope = sumLanes<f64>(slopes);
  if (j < end) {
    const zj = load<f64>(at<f64>(z, j));
    const t = zj / (load<f64>(at<f64>(delta, j)) - mu);
    sum += zj * t;
    slope += t * t;
  }
  return sum;
}

/** delta_j <- d_j^2 - d_c^2 for all j. */
function center(count: i32, c: i32, d: usize, delta: usize): void {
  const dc = load<f64>(at<f64>(d, c));
  for (let j = 0; j < count; j++) {
    const dj = load<f64>(at<f64>(d, j));
    store<f64>(at<f64>(delta, j), (dj - dc) * (dj + dc));
  }
}

/**
 * Root k, 0 <= k < count, for ascending d with d_0 = 0 and z without zeros. Returns s; delta
 * (count) receives d_j^2 - s^2.
 */
export function secularRoot(k: i32, count: i32, d: usize, z: usize, delta: usize): f64 {
  const last = k == count - 1;
  let c = k;
  let low: f64 = 0;
  let high: f64 = 0;
  let mu: f64 = 0;
  center(count, k, d, delta);
  if (last) {
    for (let j = 0; j < count; j++) {
      const zj = load<f64>(at<f64>(z, j));
      high += zj * zj;
    }
    // With one pole this is the root already.
    mu = count == 1 ? high : high / 2;
  } else {
    const gap = load<f64>(at<f64>(delta, k + 1));
    const half = gap / 2;
    const f = 1 + poles(0, k + 1, delta, z, half) + poles(k + 1, count, delta, z, half);
    const zk = load<f64>(at<f64>(z, k));
    const zn = load<f64>(at<f64>(z, k + 1));
    // All other poles as the constant that they are at the middle: a quadratic equation is left.
    const rest = f + (zk * zk - zn * zn) / half;
    if (f > 0) {
      high = half;
      mu = lowerRoot(rest, rest * gap + zk * zk + zn * zn, zk * zk * gap);
    } else {
      c = k + 1;
      center(count, c, d, delta);
      low = -half;
      mu = lowerRoot(rest, -rest * gap + zk * zk + zn * zn, -zn * zn * gap);
    }
    if (!(mu > low && mu < high)) mu = low / 2 + high / 2;
  }
  if (count > 1) mu = refine(k, count, z, delta, mu, low, high);
  for (let j = 0; j < count; j++) {
    const p = at<f64>(delta, j);
    store<f64>(p, load<f64>(p) - mu);
  }
  const dc = load<f64>(at<f64>(d, c));
  return sqrt<f64>(dc * dc + mu);
}

/**
 * Improves mu within (low, high): f is interpolated by a constant and the two poles next to the
 * root, with the slopes of the two halves of f (Li 1993, "the middle way"), inside a bracket.
 */
function refine(
  k: i32, count: i32, z: usize, delta: usize, start: f64, low: f64, high: f64,
): f64 {
  let mu = start;
  // The two poles that the model keeps, and where the sum is split.
  const split = k == count - 1 ? k : k + 1;
  const left = load<f64>(at<f64>(delta, split - 1));
  const right = load<f64>(at<f64>(delta, split));
  let previous = Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    const psi = poles(0, split, delta, z, mu);
    const slopeLeft = slope;
    const phi = poles(split, count, delta, z, mu);
    const slopeRight = slope;
    const f = 1 + psi + phi;
    // What rounding leaves: of the sums, and of mu itself.
    const noise =
      16 * (1 + abs<f64>(psi) + abs<f64>(phi)) + abs<f64>(mu) * (slopeLeft + slopeRight);
    if (abs<f64>(f) <= EPS * noise) return mu;
    if (f < 0) low = mu;
    else high = mu;
    const x = left - mu;
    const y = right - mu;
    const a = f - x * slopeLeft - y * slopeRight;
    const b = (x + y) * f - x * y * (slopeLeft + slopeRight);
    const c = x * y * f;
    // Between the poles, or beyond both of them for the last root.
    let change = k == count - 1 ? upperRoot(a, b, c) : lowerRoot(a, b, c);
    // Uphill: not a model of this function here. Newton's step is.
    if (!(f * change < 0)) change = -f / (slopeLeft + slopeRight);
    let next = mu + change;
    // Outside the bracket, or not shrinking fast: halve the bracket.
    const stalled = step > 3 && abs<f64>(f) > 0.5 * previous;
    if (!(next > low && next < high) || stalled) next = low / 2 + high / 2;
    previous = abs<f64>(f);
    if (abs<f64>(next - mu) <= EPS * abs<f64>(mu) || next == low || next == high) return mu;
    mu = next;
  }
  return mu;
}

/** The root 2c / (b + sqrt(b^2 - 4ac)) of a x^2 - b x + c. */
function lowerRoot(a: f64, b: f64, c: f64): f64 {
  const root = sqrt<f64>(max<f64>(b * b - 4 * a * c, 0));
  return b > 0 ? (2 * c) / (b + root) : (b - root) / (2 * a);
}

/** The other root, (b + sqrt(b^2 - 4ac)) / 2a. */
function upperRoot(a: f64, b: f64, c: f64): f64 {
  const root = sqrt<f64>(max<f64>(b * b - 4 * a * c, 0));
  return b >= 0 ? (b + root) / (2 * a) : (2 * c) / (b - root);
}

/**
 * z^ (count) <- the z for which the computed roots are exact, with z's signs. Row k of `delta`
 * (stride ldd) holds d_j^2 - s_k^2.
 */
export function consistentZ(
  count: i32, d: usize, z: usize, delta: usize, ldd: i32, result: usize,
): void {
  const last = at<f64>(delta, (count - 1) * ldd);
  for (let j = 0; j < count; j++) store<f64>(at<f64>(result, j), -load<f64>(at<f64>(last, j)));
  // Root k stands against d_k for the j above it, against d_{k+1} for those up to it.
  for (let k = 0; k < count - 1; k++) {
    const row = at<f64>(delta, k * ldd);
    const dk = load<f64>(at<f64>(d, k));
    const next = load<f64>(at<f64>(d, k + 1));
    for (let j = 0; j < count; j++) {
      const dj = load<f64>(at<f64>(d, j));
      const other = j > k ? dk : next;
      const p = at<f64>(result, j);
      store<f64>(p, load<f64>(p) * (load<f64>(at<f64>(row, j)) / ((dj - other) * (dj + other))));
    }
  }
  for (let j = 0; j < count; j++) {
    const p = at<f64>(result, j);
    store<f64>(p, copysign<f64>(sqrt<f64>(abs<f64>(load<f64>(p))), load<f64>(at<f64>(z, j))));
  }
}
