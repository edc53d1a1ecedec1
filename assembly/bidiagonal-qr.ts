// Singular values of a bidiagonal matrix by implicit QR sweeps, with a shift of zero where a shift
// would cost relative accuracy (Demmel and Kahan 1990). Always in f64: the matrix is two vectors,
// and the f32 factorizations gain accuracy for nothing.
//
// About 2 n sweeps of n rotations, each applied to the rows of U' and V': 12 n^3 operations with
// vectors, so this is for small matrices and for singular values alone.
import { binadeOf } from "./binade";
import { scal } from "./level1";
import { cosine, rotate, rotation, sine, swap } from "./rotation";
import { at } from "./simd";

const EPS: f64 = f64.EPSILON / 2;
/**
 * Off-diagonal entries below this multiple of their neighbourhood are zero. LAPACK has 100 EPS,
 * which alone can use up half of its own bound on small matrices. Convergence is cubic by then.
 */
const TOLERANCE: f64 = 10 * EPS;
/** Spread of a block's singular values beyond which a shift would cost the small ones digits. */
const SPREAD: f64 = 100;

/** A block lo .. hi read forwards, or backwards: J B' J is upper bidiagonal again. */
let lo: i32 = 0;
let hi: i32 = 0;
let forward: bool = true;
let diagonal: usize = 0;
let superdiagonal: usize = 0;

// @ts-ignore: decorator
@inline
function row(i: i32): i32 {
  return forward ? lo + i : hi - i;
}

// @ts-ignore: decorator
@inline
function dAt(i: i32): usize {
  return at<f64>(diagonal, row(i));
}

// @ts-ignore: decorator
@inline
function eAt(i: i32): usize {
  return at<f64>(superdiagonal, forward ? lo + i : hi - 1 - i);
}

/**
 * B = U diag(s) V' for the upper bidiagonal B with diagonal d (n) and superdiagonal e (n - 1).
 * d receives s, descending, e is destroyed. The rows of u (n, of length lenU) become U' u, those
 * of v become V' v; length 0 asks for none. Returns 0, or 1 when the sweeps do not converge.
 */
// @kernel
export function bidiagonalQr(
  n: i32, d: usize, e: usize,
  lenU: i32, u: usize, ldu: i32, lenV: i32, v: usize, ldv: i32,
): i32 {
  if (n <= 0) return 0;
  diagonal = d;
  superdiagonal = e;
  // Norm 1 to 2, so that `negligible` may count what underflows as zero.
  const power = binadeOf(n, d, e);
  scal<f64>(n, 1 / power, d);
  scal<f64>(n - 1, 1 / power, e);
  const threshold = negligible(n, d, e);
  let rotations: i64 = 0;
  const mostRotations = <i64>6 * n * n + 100;
  let end = n - 1;
  let knownLo = -1;
  let knownHi = -1;
  while (end > 0) {
    if (rotations > mostRotations) return 1;
    if (abs<f64>(load<f64>(at<f64>(d, end))) <= threshold) store<f64>(at<f64>(d, end), 0);
    hi = end;
    lo = blockStart(end, threshold);
    if (lo == hi) {
      end--;
      continue;
    }
    // Chase from the large end to the small one, and keep the direction within a block.
    if (lo > knownHi || hi < knownLo) {
      forward = abs<f64>(load<f64>(at<f64>(d, lo))) >= abs<f64>(load<f64>(at<f64>(d, hi)));
    }
    knownLo = lo;
    knownHi = hi;
    const smallest = deflate();
    if (smallest < 0) continue;
    const shift = chooseShift(n, smallest);
    rotations += hi - lo;
    const count = hi - lo;
    const left = forward ? u : v;
    const lenLeft = forward ? lenU : lenV;
    const ldl = forward ? ldu : ldv;
    const right = forward ? v : u;
    const lenRight = forward ? lenV : lenU;
    const ldr = forward ? ldv : ldu;
    if (shift == 0) zeroShiftSweep(count, lenLeft, left, ldl, lenRight, right, ldr);
    else shiftedSweep(count, shift, lenLeft, left, ldl, lenRight, right, ldr);
    const last = eAt(count - 1);
    if (abs<f64>(load<f64>(last)) <= threshold) store<f64>(last, 0);
  }
  finish(n, d, lenU, u, ldu, lenV, v, ldv);
  scal<f64>(n, power, d);
  return 0;
}

/** What is negligible anywhere: a fraction of a lower bound of the smallest singular value. */
function negligible(n: i32, d: usize, e: usize): f64 {
  let mu = abs<f64>(load<f64>(d));
  let smallest = mu;
  for (let i = 1; i < n && smallest > 0; i++) {
    mu = abs<f64>(load<f64>(at<f64>(d, i))) * (mu / (mu + abs<f64>(load<f64>(at<f64>(e, i - 1)))));
    smallest = min<f64>(smallest, mu);
  }
  const underflow: f64 = <f64>6 * n * n * f64.MIN_NORMAL_VALUE;
  return max<f64>((TOLERANCE * smallest) / sqrt<f64>(<f64>n), underflow);
}

/** First row of the unreduced block that ends at row `end`; writes the zeros it finds. */
function blockStart(end: i32, threshold: f64): i32 {
  for (let i = end - 1; i >= 0; i--) {
    const p = at<f64>(diagonal, i);
    const q = at<f64>(superdiagonal, i);
    if (abs<f64>(load<f64>(p)) <= threshold) store<f64>(p, 0);
    if (abs<f64>(load<f64>(q)) <= threshold) {
      store<f64>(q, 0);
      return i + 1;
    }
  }
  return 0;
}

/**
 * Sets one negligible off-diagonal entry of the block to zero and returns -1, or returns a lower
 * bound of the block's smallest singular value when there is none.
 */
function deflate(): f64 {
  const count = hi - lo;
  const last = eAt(count - 1);
  if (abs<f64>(load<f64>(last)) <= TOLERANCE * abs<f64>(load<f64>(dAt(count)))) {
    store<f64>(last, 0);
    return -1;
  }
  let mu = abs<f64>(load<f64>(dAt(0)));
  let smallest = mu;
  for (let i = 0; i < count; i++) {
    const q = eAt(i);
    const off = abs<f64>(load<f64>(q));
    if (off <= TOLERANCE * mu) {
      store<f64>(q, 0);
      return -1;
    }
    mu = abs<f64>(load<f64>(dAt(i + 1))) * (mu / (mu + off));
    smallest = min<f64>(smallest, mu);
  }
  return smallest;
}

/** The shift of the next sweep; 0 where a shift would spoil the small singular values. */
function chooseShift(n: i32, smallest: f64): f64 {
  const count = hi - lo;
  let largest: f64 = 0;
  for (let i = 0; i <= count; i++) {
    largest = max<f64>(largest, abs<f64>(load<f64>(dAt(i))));
    if (i < count) largest = max<f64>(largest, abs<f64>(load<f64>(eAt(i))));
  }
  if (SPREAD * <f64>n * smallest <= largest) return 0;
  const shift = smallerSingularValue(
    load<f64>(dAt(count - 1)), load<f64>(eAt(count - 1)), load<f64>(dAt(count)),
  );
  const start = abs<f64>(load<f64>(dAt(0)));
  if (start > 0) {
    const ratio = shift / start;
    if (ratio * ratio < EPS) return 0;
  }
  return shift;
}

/** Smaller singular value of [[f, g], [0, h]], to full relative accuracy (LAPACK's dlas2). */
function smallerSingularValue(f: f64, g: f64, h: f64): f64 {
  const low = min<f64>(abs<f64>(f), abs<f64>(h));
  const high = max<f64>(abs<f64>(f), abs<f64>(h));
  const off = abs<f64>(g);
  if (low == 0) return 0;
  const s = 1 + low / high;
  const t = (high - low) / high;
  if (off < high) {
    const ratio = off / high;
    const square = ratio * ratio;
    return low * (2 / (sqrt<f64>(s * s + square) + sqrt<f64>(t * t + square)));
  }
  const ratio = high / off;
  if (ratio == 0) return (low * high) / off;
  const su = s * ratio;
  const tu = t * ratio;
  return 2 * (low * (1 / (sqrt<f64>(1 + su * su) + sqrt<f64>(1 + tu * tu)))) * ratio;
}

function zeroShiftSweep(
  count: i32, lenLeft: i32, left: usize, ldl: i32, lenRight: i32, right: usize, ldr: i32,
): void {
  let c: f64 = 1;
  let oldC: f64 = 1;
  let oldS: f64 = 0;
  for (let i = 0; i < count; i++) {
    const r = rotation(load<f64>(dAt(i)) * c, load<f64>(eAt(i)));
    c = cosine;
    const s = sine;
    if (i > 0) store<f64>(eAt(i - 1), oldS * r);
    store<f64>(dAt(i), rotation(oldC * r, load<f64>(dAt(i + 1)) * s));
    oldC = cosine;
    oldS = sine;
    rotateRows(i, lenRight, right, ldr, c, s);
    rotateRows(i, lenLeft, left, ldl, oldC, oldS);
  }
  const h = load<f64>(dAt(count)) * c;
  store<f64>(dAt(count), h * oldC);
  store<f64>(eAt(count - 1), h * oldS);
}

function shiftedSweep(
  count: i32, shift: f64,
  lenLeft: i32, left: usize, ldl: i32, lenRight: i32, right: usize, ldr: i32,
): void {
  const first = load<f64>(dAt(0));
  let f = (abs<f64>(first) - shift) * (copysign<f64>(1, first) + shift / first);
  let g = load<f64>(eAt(0));
  for (let i = 0; i < count; i++) {
    const r = rotation(f, g);
    const c = cosine;
    const s = sine;
    if (i > 0) store<f64>(eAt(i - 1), r);
    const di = load<f64>(dAt(i));
    let ei = load<f64>(eAt(i));
    let next = load<f64>(dAt(i + 1));
    f = c * di + s * ei;
    ei = c * ei - s * di;
    g = s * next;
    next = c * next;
    store<f64>(dAt(i), rotation(f, g));
    const cl = cosine;
    const sl = sine;
    f = cl * ei + sl * next;
    store<f64>(dAt(i + 1), cl * next - sl * ei);
    if (i < count - 1) {
      const following = load<f64>(eAt(i + 1));
      g = sl * following;
      store<f64>(eAt(i + 1), cl * following);
    }
    rotateRows(i, lenRight, right, ldr, c, s);
    rotateRows(i, lenLeft, left, ldl, cl, sl);
  }
  store<f64>(eAt(count - 1), f);
}

// @ts-ignore: decorator
@inline
function rotateRows(i: i32, length: i32, x: usize, ldx: i32, c: f64, s: f64): void {
  if (length > 0) rotate(length, at<f64>(x, row(i) * ldx), at<f64>(x, row(i + 1) * ldx), c, s);
}

/** Makes the values positive and sorts them, rows of u and v with them. */
function finish(
  n: i32, d: usize, lenU: i32, u: usize, ldu: i32, lenV: i32, v: usize, ldv: i32,
): void {
  for (let i = 0; i < n; i++) {
    const value = load<f64>(at<f64>(d, i));
    if (value < 0 || (value == 0 && 1 / value < 0)) {
      store<f64>(at<f64>(d, i), -value);
      for (let j = 0; j < lenV; j++) {
        const p = at<f64>(v, i * ldv + j);
        store<f64>(p, -load<f64>(p));
      }
    }
  }
  for (let i = 0; i < n - 1; i++) {
    let best = i;
    for (let j = i + 1; j < n; j++) {
      if (load<f64>(at<f64>(d, j)) > load<f64>(at<f64>(d, best))) best = j;
    }
    if (best == i) continue;
    swap(1, at<f64>(d, i), at<f64>(d, best));
    swap(lenU, at<f64>(u, i * ldu), at<f64>(u, best * ldu));
    swap(lenV, at<f64>(v, i * ldv), at<f64>(v, best * ldv));
  }
}
