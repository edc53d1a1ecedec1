// One step of divide and conquer: the singular value decompositions of two bidiagonal blocks and
// the row between them become that of the whole (Gu and Eisenstat 1995; LAPACK's dlasd1-3).
//
// In the blocks' singular bases the whole is the matrix of secular.ts. What is nearly decoupled or
// nearly equal is set aside (deflation), which is exact to rounding and often most of the work; the
// rest costs two gemm calls for each side, because vectors of the left block are zero in the right
// one and conversely. Singular vectors are rows.
import { binade } from "./binade";
import { gemm } from "./gemm";
import { amax, dot, scal } from "./level1";
import { cosine, rotate, rotation, sine } from "./rotation";
import { consistentZ, secularRoot } from "./secular";
import { at } from "./simd";
import { sortIndices } from "./sort";
import { bytesOf } from "./workspace";

const EPS: f64 = f64.EPSILON / 2;

/** Where the entries of a row can differ from zero. */
const LEFT: i32 = 0;
const DENSE: i32 = 1;
const RIGHT: i32 = 2;
/** Set aside: the row is a singular vector of the whole already. */
const DEFLATED: i32 = 3;

/** Bytes of work space for merging up to n rows. */
export function mergeWorkspace(n: f64): f64 {
  return bytesOf<f64>(3 * n * n + 6 * n) + bytesOf<i32>(4 * n);
}

// The numbers of rows that stay, by group; the null vector counts in none of them.
let leftRows: i32 = 0;
let denseRows: i32 = 0;
let rightRows: i32 = 0;

/**
 * Merges the blocks of rows 0 .. nl and nl + 1 .. n, n = nl + 1 + nr, around row nl, whose two
 * entries are alpha and beta. d (n) holds the singular values of the blocks, except at nl, and
 * receives those of the whole, in no order. u (n x n) and v (m x m, m = n + extra) hold their
 * vectors in diagonal blocks: nl, 1 and nr rows in u, nl + 1 and nr + extra rows in v, the null
 * vector last in each block. `wantU` = 0 leaves u alone. Vectors of the `largest` singular values
 * are those of the whole; the others may be left as they were.
 */
export function merge(
  nl: i32, nr: i32, extra: i32, largest: i32, alpha: f64, beta: f64,
  d: usize, wantU: i32, u: usize, ldu: i32, v: usize, ldv: i32, work: usize,
): void {
  const n = nl + 1 + nr;
  store<f64>(at<f64>(d, nl), 0);
  const norm = max<f64>(amax<f64>(n, d), max<f64>(abs<f64>(alpha), abs<f64>(beta)));
  if (norm == 0) return;
  // Norm 1 to 2: what deflation leaves is then far from under- and overflow, squared twice too.
  const power = binade(norm);
  scal<f64>(n, 1 / power, d);
  mergeScaled(
    nl, nr, extra, largest, alpha / power, beta / power, 8 * EPS * (norm / power),
    d, wantU, u, ldu, v, ldv, work,
  );
  scal<f64>(n, power, d);
}

/** `merge` of a matrix of norm 1 to 2, where up to `tolerance` everything counts as zero. */
function mergeScaled(
  nl: i32, nr: i32, extra: i32, largest: i32, alpha: f64, beta: f64, tolerance: f64,
  d: usize, wantU: i32, u: usize, ldu: i32, v: usize, ldv: i32, work: usize,
): void {
  const n = nl + 1 + nr;
  const m = n + extra;
  const gathered = work;
  const coefficients = at<f64>(gathered, n * m);
  const z = at<f64>(work, 3 * n * m);
  const poles = at<f64>(z, n);
  const weights = at<f64>(poles, n);
  const values = at<f64>(weights, n);
  const type = at<f64>(values, n);
  const order = at<i32>(type, n);
  const rows = at<i32>(order, n);
  const place = at<i32>(rows, n);

  couple(nl, nr, extra, alpha, beta, tolerance, v, ldv, z, type);
  for (let i = 0; i < n; i++) store<i32>(at<i32>(order, i), i <= nl ? (i == 0 ? nl : i - 1) : i);
  sortIndices(n - 1, d, at<i32>(order, 1), rows);
  deflate(n, m, tolerance, d, z, type, order, wantU, u, ldu, v, ldv);

  // The null vector's pole is 0; the others follow in ascending order, with their rows.
  store<f64>(poles, 0);
  store<f64>(weights, load<f64>(at<f64>(z, nl)));
  let count = 1;
  for (let i = 1; i < n; i++) {
    const row = load<i32>(at<i32>(order, i));
    if (load<i32>(at<i32>(type, row)) == DEFLATED) continue;
    store<f64>(at<f64>(poles, count), max<f64>(load<f64>(at<f64>(d, row)), tolerance / 2));
    store<f64>(at<f64>(weights, count), load<f64>(at<f64>(z, row)));
    store<i32>(at<i32>(order, count), row);
    count++;
  }
  arrangeRows(nl, n, type, rows, place);

  const delta = at<f64>(coefficients, count * count);
  for (let k = 0; k < count; k++) {
    const root = secularRoot(k, count, poles, weights, at<f64>(delta, k * count));
    store<f64>(at<f64>(values, k), root);
  }
  for (let i = count; i < n; i++) {
    store<f64>(at<f64>(values, i), load<f64>(at<f64>(d, load<i32>(at<i32>(rows, i)))));
  }
  memory.copy(d, values, at<f64>(0, n));
  consistentZ(count, poles, weights, delta, count, z);

  // The roots ascend.
  const first = max<i32>(0, count - largest);
  if (wantU) {
    fillCoefficients(true, first, count, poles, z, delta, order, place, coefficients);
    updateU(nl, n, first, count, rows, coefficients, gathered, u, ldu);
  }
  fillCoefficients(false, first, count, poles, z, delta, order, place, coefficients);
  updateV(nl, n, m, first, count, rows, coefficients, gathered, v, ldv);
}

/**
 * z (n), the middle row in the right singular bases, with the two null vectors rotated into one
 * that it meets (row nl) and one that it does not (row n); the type of each row.
 */
function couple(
  nl: i32, nr: i32, extra: i32, alpha: f64, beta: f64, tolerance: f64,
  v: usize, ldv: i32, z: usize, type: usize,
): void {
  const n = nl + 1 + nr;
  const m = n + extra;
  for (let i = 0; i < n; i++) {
    const inLeft = i <= nl;
    const meeting = load<f64>(at<f64>(v, i * ldv + (inLeft ? nl : nl + 1)));
    store<f64>(at<f64>(z, i), inLeft ? alpha * meeting : beta * meeting);
    store<i32>(at<i32>(type, i), inLeft ? LEFT : RIGHT);
  }
  const null0 = at<f64>(z, nl);
  if (extra) {
    const other = beta * load<f64>(at<f64>(v, n * ldv + nl + 1));
    const length = rotation(load<f64>(null0), other);
    if (abs<f64>(length) > tolerance) {
      rotate(m, at<f64>(v, nl * ldv), at<f64>(v, n * ldv), cosine, sine);
    }
    store<f64>(null0, length);
  }
  if (abs<f64>(load<f64>(null0)) <= tolerance) store<f64>(null0, tolerance);
}

/**
 * Sets aside the rows that the middle row does not meet, and of two nearly equal singular values
 * one, after a rotation that frees it of the middle row. `order` has them ascending from 1 on.
 */
function deflate(
  n: i32, m: i32, tolerance: f64, d: usize, z: usize, type: usize, order: usize,
  wantU: i32, u: usize, ldu: i32, v: usize, ldv: i32,
): void {
  let previous = -1;
  for (let i = 1; i < n; i++) {
    const row = load<i32>(at<i32>(order, i));
    const weight = load<f64>(at<f64>(z, row));
    if (abs<f64>(weight) <= tolerance) {
      store<i32>(at<i32>(type, row), DEFLATED);
      continue;
    }
    if (previous >= 0) {
      const gap = load<f64>(at<f64>(d, row)) - load<f64>(at<f64>(d, previous));
      if (gap <= tolerance) {
        const length = rotation(weight, load<f64>(at<f64>(z, previous)));
        store<f64>(at<f64>(z, row), length);
        rotate(m, at<f64>(v, row * ldv), at<f64>(v, previous * ldv), cosine, sine);
        if (wantU) rotate(n, at<f64>(u, row * ldu), at<f64>(u, previous * ldu), cosine, sine);
        if (load<i32>(at<i32>(type, row)) != load<i32>(at<i32>(type, previous))) {
          store<i32>(at<i32>(type, row), DENSE);
        }
        store<i32>(at<i32>(type, previous), DEFLATED);
      }
    }
    previous = row;
  }
}

/**
 * The order of the rows in gemm: the null vector, LEFT, DENSE, RIGHT, then what is set aside.
 * place is the inverse.
 */
function arrangeRows(nl: i32, n: i32, type: usize, rows: usize, place: usize): void {
  let filled = 0;
  store<i32>(at<i32>(rows, filled++), nl);
  store<i32>(at<i32>(place, nl), 0);
  for (let group = LEFT; group <= DEFLATED; group++) {
    const before = filled;
    for (let i = 0; i < n; i++) {
      if (i == nl || load<i32>(at<i32>(type, i)) != group) continue;
      store<i32>(at<i32>(place, i), filled);
      store<i32>(at<i32>(rows, filled++), i);
    }
    if (group == LEFT) leftRows = filled - before;
    else if (group == DENSE) denseRows = filled - before;
    else if (group == RIGHT) rightRows = filled - before;
  }
}

/**
 * Row k of the coefficients (count x count), from `first` on: the singular vector of the secular
 * matrix that belongs to root k, v_j = z_j / delta_j or u_0 = -1, u_j = d_j v_j, made a unit
 * vector, its entries at the places of their rows.
 */
function fillCoefficients(
  left: bool, first: i32, count: i32, poles: usize, z: usize, delta: usize,
  order: usize, place: usize, coefficients: usize,
): void {
  for (let k = first; k < count; k++) {
    const row = at<f64>(coefficients, k * count);
    for (let j = 0; j < count; j++) {
      let entry = load<f64>(at<f64>(z, j)) / load<f64>(at<f64>(delta, k * count + j));
      if (left) entry = j == 0 ? -1 : entry * load<f64>(at<f64>(poles, j));
      const to = load<i32>(at<i32>(place, load<i32>(at<i32>(order, j))));
      store<f64>(at<f64>(row, to), entry);
    }
    scal<f64>(count, 1 / sqrt<f64>(dot<f64>(count, row, row)), row);
  }
}

/** Copies n rows of length m out of x, in the order of `rows`. */
function gather(n: i32, m: i32, x: usize, ldx: i32, rows: usize, to: usize): void {
  for (let i = 0; i < n; i++) {
    const row = load<i32>(at<i32>(rows, i));
    memory.copy(at<f64>(to, i * m), at<f64>(x, row * ldx), at<f64>(0, m));
  }
}

/** Copies the rows that were set aside behind the `count` new ones. */
function putBack(count: i32, n: i32, m: i32, gathered: usize, x: usize, ldx: i32): void {
  for (let i = count; i < n; i++) {
    memory.copy(at<f64>(x, i * ldx), at<f64>(gathered, i * m), at<f64>(0, m));
  }
}

function updateV(
  nl: i32, n: i32, m: i32, first: i32, count: i32,
  rows: usize, c: usize, g: usize, v: usize, ldv: i32,
): void {
  gather(n, m, v, ldv, rows, g);
  const cols = nl + 1;
  const made = count - first;
  const from = at<f64>(c, first * count);
  const left = at<f64>(v, first * ldv);
  gemm<f64>(0, 0, made, cols, 1 + leftRows + denseRows, 1, from, count, g, m, 0, left, ldv);
  const right = at<f64>(left, cols);
  const dense = 1 + leftRows;
  gemm<f64>(
    0, 0, made, m - cols, denseRows + rightRows, 1, at<f64>(from, dense), count,
    at<f64>(g, dense * m + cols), m, 0, right, ldv,
  );
  // The null vector reaches into the right block where that has a null vector too.
  if (m > n) {
    gemm<f64>(0, 0, made, m - cols, 1, 1, from, count, at<f64>(g, cols), m, 1, right, ldv);
  }
  putBack(count, n, m, g, v, ldv);
}

function updateU(
  nl: i32, n: i32, first: i32, count: i32, rows: usize, c: usize, g: usize, u: usize, ldu: i32,
): void {
  gather(n, n, u, ldu, rows, g);
  const made = count - first;
  const from = at<f64>(c, first * count);
  const left = at<f64>(u, first * ldu);
  gemm<f64>(
    0, 0, made, nl, leftRows + denseRows, 1, at<f64>(from, 1), count, at<f64>(g, n), n,
    0, left, ldu,
  );
  for (let k = first; k < count; k++) {
    store<f64>(at<f64>(u, k * ldu + nl), load<f64>(at<f64>(c, k * count)));
  }
  const dense = 1 + leftRows;
  gemm<f64>(
    0, 0, made, n - nl - 1, denseRows + rightRows, 1, at<f64>(from, dense), count,
    at<f64>(g, dense * n + nl + 1), n, 0, at<f64>(left, nl + 1), ldu,
  );
  putBack(count, n, n, g, u, ldu);
}
