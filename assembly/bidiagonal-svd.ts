// The singular value decomposition of a bidiagonal matrix, in f64: divide and conquer for the
// vectors of large matrices, QR sweeps for small ones and for values alone.
import { merge, mergeWorkspace } from "./bidiagonal-merge";
import { bidiagonalQr } from "./bidiagonal-qr";
import { scal } from "./level1";
import { cosine, rotate, rotation, sine } from "./rotation";
import { at, Flag } from "./simd";
import { sortIndices } from "./sort";

/** Rows up to which QR sweeps are faster than dividing; the time is flat from 20 to 50. */
const LEAF: i32 = 32;

/** Bytes of work space for `bidiagonalSvd`. */
// @kernel
export function bidiagonalSvdWorkspace(n: f64): f64 {
  return n <= LEAF ? 0 : mergeWorkspace(n);
}

/**
 * B = U diag(s) V' for the upper bidiagonal B with diagonal d (n) and superdiagonal e (n - 1). d
 * receives s, descending, e is destroyed. v (n x n) receives the right singular vectors as rows,
 * u the left ones if `wantU`. Only vectors of the `largest` values are wanted: others, further
 * down, may hold anything. Returns 0, or 1 when an iteration does not converge.
 */
// @kernel
export function bidiagonalSvd(
  n: i32, largest: i32, d: usize, e: usize,
  wantU: Flag, u: usize, ldu: i32, v: usize, ldv: i32, work: usize,
): i32 {
  if (n <= 0) return 0;
  identity(n, v, ldv);
  if (wantU) identity(n, u, ldu);
  if (n <= LEAF) return bidiagonalQr(n, d, e, wantU ? n : 0, u, ldu, n, v, ldv);
  const status = divide(n, 0, largest, d, e, wantU, u, ldu, v, ldv, work);
  if (status == 0) sortDescending(n, d, wantU, u, ldu, v, ldv, work);
  return status;
}

/** The n x (n + extra) block at d, e, u, v. */
function divide(
  n: i32, extra: i32, largest: i32, d: usize, e: usize,
  wantU: i32, u: usize, ldu: i32, v: usize, ldv: i32, work: usize,
): i32 {
  if (n <= LEAF) return leaf(n, extra, d, e, wantU, u, ldu, v, ldv);
  const nl = n / 2;
  const nr = n - nl - 1;
  const right = nl + 1;
  const status =
    divide(nl, 1, nl, d, e, wantU, u, ldu, v, ldv, work) |
    divide(
      nr, extra, nr, at<f64>(d, right), at<f64>(e, right),
      wantU, at<f64>(u, right * ldu + right), ldu, at<f64>(v, right * ldv + right), ldv, work,
    );
  const alpha = load<f64>(at<f64>(d, nl));
  const beta = load<f64>(at<f64>(e, nl));
  if (status == 0) merge(nl, nr, extra, largest, alpha, beta, d, wantU, u, ldu, v, ldv, work);
  return status;
}

/** QR sweeps; a column too many is first rotated away, which leaves the null vector last in v. */
function leaf(
  n: i32, extra: i32, d: usize, e: usize, wantU: i32, u: usize, ldu: i32, v: usize, ldv: i32,
): i32 {
  const m = n + extra;
  if (extra) {
    // From the right: lower bidiagonal, n x n.
    for (let i = 0; i < n; i++) {
      chase(i, n, d, e);
      rotate(m, at<f64>(v, i * ldv), at<f64>(v, (i + 1) * ldv), cosine, sine);
    }
    // From the left: upper bidiagonal again.
    for (let i = 0; i < n - 1; i++) {
      chase(i, n, d, e);
      if (wantU) rotate(n, at<f64>(u, i * ldu), at<f64>(u, (i + 1) * ldu), cosine, sine);
    }
  }
  return bidiagonalQr(n, d, e, wantU ? n : 0, u, ldu, m, v, ldv);
}

/** Rotates e_i into d_i; e_i becomes the entry that this makes on the other side of d_{i+1}. */
function chase(i: i32, n: i32, d: usize, e: usize): void {
  store<f64>(at<f64>(d, i), rotation(load<f64>(at<f64>(d, i)), load<f64>(at<f64>(e, i))));
  if (i == n - 1) return;
  const next = load<f64>(at<f64>(d, i + 1));
  store<f64>(at<f64>(e, i), sine * next);
  store<f64>(at<f64>(d, i + 1), cosine * next);
}

function sortDescending(
  n: i32, d: usize, wantU: i32, u: usize, ldu: i32, v: usize, ldv: i32, work: usize,
): void {
  const copy = work;
  const order = at<f64>(copy, n * n);
  scal<f64>(n, -1, d);
  for (let i = 0; i < n; i++) store<i32>(at<i32>(order, i), i);
  sortIndices(n, d, order, at<i32>(order, n));
  for (let i = 0; i < n; i++) {
    store<f64>(at<f64>(copy, i), -load<f64>(at<f64>(d, load<i32>(at<i32>(order, i)))));
  }
  memory.copy(d, copy, at<f64>(0, n));
  permute(n, order, v, ldv, copy);
  if (wantU) permute(n, order, u, ldu, copy);
}

/** x <- rows of x in the given order. */
function permute(n: i32, order: usize, x: usize, ldx: i32, copy: usize): void {
  const bytes = at<f64>(0, n);
  for (let i = 0; i < n; i++) {
    const row = load<i32>(at<i32>(order, i));
    memory.copy(at<f64>(copy, i * n), at<f64>(x, row * ldx), bytes);
  }
  for (let i = 0; i < n; i++) memory.copy(at<f64>(x, i * ldx), at<f64>(copy, i * n), bytes);
}

function identity(n: i32, x: usize, ldx: i32): void {
  for (let i = 0; i < n; i++) {
    memory.fill(at<f64>(x, i * ldx), 0, at<f64>(0, n));
    store<f64>(at<f64>(x, i * ldx + i), 1);
  }
}
