// Triangular systems with many right-hand sides, one per row of B: B <- B op(T)^-1, row-major.
//
// Recursion halves the triangle until BASE columns are left, so nearly all the work is gemm's. A
// diagonal block is copied in one form, whatever T and op are; then four rows of B at a time go
// through it, two vectors of their columns in registers until they are finished: what the columns
// before them contribute, as in a tile of gemm, then one column after the other.
import { gemm } from "./gemm";
import { axpy, dot } from "./level1";
import { gemvTransposed } from "./level2";
import { at, Flag, lanes, multiplyAdd } from "./simd";

/** Columns of a diagonal block: 32 x 32 x 8 bytes of L1. */
const BASE: i32 = 32;
/** Rows of B that go through a diagonal block together. */
const ROWS: i32 = 4;
/** From this many rows on gemm repays its packing of T. */
const GEMM_ROWS: i32 = 4;

/** Bytes of work space for `solveTriangular`, whatever the sizes. */
// @kernel
export function triangularWorkspace<T>(): f64 {
  // A diagonal block, its diagonal, a row instead of missing ones, the last columns of rows.
  return 8 * BASE * (BASE + 2) + 32 * ROWS;
}

/** A multiple of `block` near the middle of n, for recursion: block <= result < n if n > block. */
// @ts-ignore: decorator
@inline
export function halve(n: i32, block: i32): i32 {
  return (((n - 1) / block + 1) / 2) * block;
}

/**
 * B (m x n) <- B op(T)^-1 for a triangle T (n x n), lower or upper, op(T) = T or T' with
 * `transpose`; with `unit` the ones on its diagonal are not read. The other triangle is not read
 * either. m n^2 operations.
 */
// @kernel
export function solveTriangular<T>(
  lower: Flag, transpose: Flag, unit: Flag, m: i32, n: i32,
  t: usize, ldt: i32, b: usize, ldb: i32, work: usize,
): void {
  if (m <= 0 || n <= 0) return;
  if (n <= BASE && m < ROWS) {
    for (let i = 0; i < m; i++) solveRow<T>(lower, transpose, unit, n, t, ldt, at<T>(b, i * ldb));
    return;
  }
  if (n <= BASE) {
    copyBlock<T>(lower, transpose, unit, n, t, ldt, work);
    if (lower == transpose) solveBlock<T>(1, m, n, b, ldb, work);
    else solveBlock<T>(0, m, n, b, ldb, work);
    return;
  }
  const head = halve(n, BASE);
  const rest = n - head;
  // The block of T off its diagonal, and the second half of everything.
  const off = at<T>(t, lower ? head * ldt : head);
  const t2 = at<T>(t, head * ldt + head);
  const b2 = at<T>(b, head);
  if (lower == transpose) {
    // op(T) is an upper triangle: entries of a row follow from those before.
    solveTriangular<T>(lower, transpose, unit, m, head, t, ldt, b, ldb, work);
    subtractProduct<T>(transpose, m, rest, head, b, off, ldt, b2, ldb);
    solveTriangular<T>(lower, transpose, unit, m, rest, t2, ldt, b2, ldb, work);
  } else {
    solveTriangular<T>(lower, transpose, unit, m, rest, t2, ldt, b2, ldb, work);
    subtractProduct<T>(transpose, m, head, rest, b2, off, ldt, b, ldb);
    solveTriangular<T>(lower, transpose, unit, m, head, t, ldt, b, ldb, work);
  }
}

/** C (m x n) <- C - X op(A), X m x k; rows of C and X lie ldb apart. */
function subtractProduct<T>(
  transpose: i32, m: i32, n: i32, k: i32, x: usize, a: usize, lda: i32, c: usize, ldb: i32,
): void {
  if (m >= GEMM_ROWS) {
    return gemm<T>(0, transpose, m, n, k, <T>-1, x, ldb, a, lda, <T>1, c, ldb);
  }
  for (let i = 0; i < m; i++) {
    const row = at<T>(x, i * ldb);
    const to = at<T>(c, i * ldb);
    if (!transpose) {
      gemvTransposed<T>(k, n, <T>-1, a, lda, row, to);
    } else {
      for (let j = 0; j < n; j++) {
        const q = at<T>(to, j);
        store<T>(q, load<T>(q) - <T>dot<T>(k, at<T>(a, j * lda), row));
      }
    }
  }
}

/** The same for one row x and one diagonal block: T is not worth a copy. */
function solveRow<T>(
  lower: i32, transpose: i32, unit: i32, n: i32, t: usize, ldt: i32, x: usize,
): void {
  const upper = lower == transpose;
  for (let step = 0; step < n; step++) {
    const j = upper ? step : n - 1 - step;
    // Of row j of T what is beside the diagonal in the triangle, and its entries of x.
    const first = lower ? 0 : j + 1;
    const count = lower ? j : n - 1 - j;
    const row = at<T>(t, j * ldt + first);
    const others = at<T>(x, first);
    let xj = load<T>(at<T>(x, j));
    if (transpose) xj -= <T>dot<T>(count, row, others);
    if (!unit) xj /= load<T>(at<T>(t, j * ldt + j));
    store<T>(at<T>(x, j), xj);
    if (!transpose) axpy<T>(count, -xj, row, others);
  }
}

/**
 * The block op(T) (n x n) as `solveBlock` takes it: rows of BASE, negated off the diagonal, zero on
 * it and in the other triangle; then the diagonal. Columns up to a whole pair of vectors are those
 * of the identity.
 */
function copyBlock<T>(
  lower: i32, transpose: i32, unit: i32, n: i32, t: usize, ldt: i32, block: usize,
): void {
  const pair = 2 * lanes<T>();
  const padded = (n + pair - 1) & -pair;
  const diagonal = at<T>(block, BASE * BASE);
  const upper = lower == transpose;
  for (let p = 0; p < padded; p++) {
    const row = at<T>(block, p * BASE);
    memory.fill(row, 0, at<T>(0, padded));
    store<T>(at<T>(diagonal, p), p < n && !unit ? load<T>(at<T>(t, p * ldt + p)) : <T>1);
    const end = upper ? n : min<i32>(p, n);
    if (p >= n) continue;
    for (let j = upper ? p + 1 : 0; j < end; j++) {
      store<T>(at<T>(row, j), -load<T>(at<T>(t, transpose ? j * ldt + p : p * ldt + j)));
    }
  }
}

/** B (m x n) <- B U^-1, or B L^-1 where `upper` is 0, for the triangle from `copyBlock`. */
// @ts-ignore: decorator
@inline
function solveBlock<T>(upper: i32, m: i32, n: i32, b: usize, ldb: i32, block: usize): void {
  const pair = 2 * lanes<T>();
  const whole = n & -pair;
  // A row of zeros stays one, however often it is solved.
  const nothing = at<T>(block, BASE * (BASE + 1));
  const rest = at<T>(nothing, BASE);
  memory.fill(nothing, 0, at<T>(0, BASE) + 32 * ROWS);
  for (let i = 0; i < m; i += ROWS) {
    const r0 = at<T>(b, i * ldb);
    const r1 = i + 1 < m ? at<T>(b, (i + 1) * ldb) : nothing;
    const r2 = i + 2 < m ? at<T>(b, (i + 2) * ldb) : nothing;
    const r3 = i + 3 < m ? at<T>(b, (i + 3) * ldb) : nothing;
    if (upper) {
      for (let j = 0; j < whole; j += pair) {
        const c = at<T>(0, j);
        solvePair<T>(1, j, n, block, r0, r1, r2, r3, r0 + c, r1 + c, r2 + c, r3 + c);
      }
    }
    if (whole < n) {
      // The last columns, in a pair of vectors of their own.
      const from = at<T>(0, whole);
      const bytes = at<T>(0, n - whole);
      for (let q: usize = 0; q < bytes; q += sizeof<T>()) {
        store<T>(rest + q, load<T>(r0 + from + q));
        store<T>(rest + q, load<T>(r1 + from + q), 32);
        store<T>(rest + q, load<T>(r2 + from + q), 64);
        store<T>(rest + q, load<T>(r3 + from + q), 96);
      }
      solvePair<T>(
        upper, whole, n, block, r0, r1, r2, r3, rest, rest + 32, rest + 64, rest + 96,
      );
      for (let q: usize = 0; q < bytes; q += sizeof<T>()) {
        store<T>(r0 + from + q, load<T>(rest + q));
        store<T>(r1 + from + q, load<T>(rest + q, 32));
        store<T>(r2 + from + q, load<T>(rest + q, 64));
        store<T>(r3 + from + q, load<T>(rest + q, 96));
      }
    }
    if (!upper) {
      for (let j = whole - pair; j >= 0; j -= pair) {
        const c = at<T>(0, j);
        solvePair<T>(0, j, n, block, r0, r1, r2, r3, r0 + c, r1 + c, r2 + c, r3 + c);
      }
    }
  }
}

/**
 * Columns j and following, a pair of vectors, of four rows of B: they lie at c0 to c3, the rows
 * themselves at r0 to r3, whose columns before j (after the pair, where `upper` is 0) are finished.
 */
// @ts-ignore: decorator
@inline
function solvePair<T>(
  upper: i32, j: i32, n: i32, block: usize,
  r0: usize, r1: usize, r2: usize, r3: usize, c0: usize, c1: usize, c2: usize, c3: usize,
): void {
  const w = lanes<T>();
  let c00 = v128.load(c0), c01 = v128.load(c0, 16);
  let c10 = v128.load(c1), c11 = v128.load(c1, 16);
  let c20 = v128.load(c2), c21 = v128.load(c2, 16);
  let c30 = v128.load(c3), c31 = v128.load(c3, 16);
  const first = upper ? 0 : j + 2 * w;
  const last = upper ? j : n;
  if (first < last) {
    let x0 = at<T>(r0, first);
    let x1 = at<T>(r1, first);
    let x2 = at<T>(r2, first);
    let x3 = at<T>(r3, first);
    let row = at<T>(block, first * BASE + j);
    const end = at<T>(block, last * BASE + j);
    for (; row != end; ) {
      const t0 = v128.load(row);
      const t1 = v128.load(row, 16);
      let s = v128.load_splat<T>(x0);
      c00 = multiplyAdd<T>(s, t0, c00);
      c01 = multiplyAdd<T>(s, t1, c01);
      s = v128.load_splat<T>(x1);
      c10 = multiplyAdd<T>(s, t0, c10);
      c11 = multiplyAdd<T>(s, t1, c11);
      s = v128.load_splat<T>(x2);
      c20 = multiplyAdd<T>(s, t0, c20);
      c21 = multiplyAdd<T>(s, t1, c21);
      s = v128.load_splat<T>(x3);
      c30 = multiplyAdd<T>(s, t0, c30);
      c31 = multiplyAdd<T>(s, t1, c31);
      x0 += sizeof<T>();
      x1 += sizeof<T>();
      x2 += sizeof<T>();
      x3 += sizeof<T>();
      row += BASE * sizeof<T>();
    }
  }
  v128.store(c0, c00);
  v128.store(c0, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
  // What is left is the triangle of the pair's own columns: a vector, its part of the other, that.
  const d = at<T>(block, BASE * BASE + j);
  const t = at<T>(block, j * BASE + j);
  const down = at<T>(t, w * BASE);
  if (upper) {
    solveSquares<T>(1, t, d, c0, c1, c2, c3);
    addParts<T>(t + 16, c0, c0 + 16);
    addParts<T>(t + 16, c1, c1 + 16);
    addParts<T>(t + 16, c2, c2 + 16);
    addParts<T>(t + 16, c3, c3 + 16);
    solveSquares<T>(1, down + 16, d + 16, c0 + 16, c1 + 16, c2 + 16, c3 + 16);
  } else {
    solveSquares<T>(0, down + 16, d + 16, c0 + 16, c1 + 16, c2 + 16, c3 + 16);
    addParts<T>(down, c0 + 16, c0);
    addParts<T>(down, c1 + 16, c1);
    addParts<T>(down, c2 + 16, c2);
    addParts<T>(down, c3 + 16, c3);
    solveSquares<T>(0, t, d, c0, c1, c2, c3);
  }
}

/** y <- y + x T: a vector each, T's rows BASE apart. */
// @ts-ignore: decorator
@inline
function addParts<T>(t: usize, x: usize, y: usize): void {
  let sum = v128.load(y);
  for (let l: usize = 0; l < <usize>lanes<T>(); l++) {
    sum = multiplyAdd<T>(v128.load_splat<T>(x + l * sizeof<T>()), v128.load(t), sum);
    t += BASE * sizeof<T>();
  }
  v128.store(y, sum);
}

/** One vector of four rows: transposed in registers, so that a column is divided at once. */
// @ts-ignore: decorator
@inline
function solveSquares<T>(
  upper: i32, t: usize, d: usize, r0: usize, r1: usize, r2: usize, r3: usize,
): void {
  if (sizeof<T>() == 4) return solveSquareSingle(upper, t, d, r0, r1, r2, r3);
  solveSquareDouble(upper, t, d, r0, r1);
  solveSquareDouble(upper, t, d, r2, r3);
}

// @ts-ignore: decorator
@inline
function solveSquareDouble(upper: i32, t: usize, d: usize, r0: usize, r1: usize): void {
  const row0 = v128.load(r0);
  const row1 = v128.load(r1);
  let k0 = v128.shuffle<f64>(row0, row1, 0, 2);
  let k1 = v128.shuffle<f64>(row0, row1, 1, 3);
  const d0 = v128.load_splat<f64>(d);
  const d1 = v128.load_splat<f64>(d, 8);
  if (upper) {
    k0 = f64x2.div(k0, d0);
    k1 = f64x2.div(multiplyAdd<f64>(k0, v128.load_splat<f64>(t, 8), k1), d1);
  } else {
    k1 = f64x2.div(k1, d1);
    k0 = f64x2.div(multiplyAdd<f64>(k1, v128.load_splat<f64>(t, BASE * 8), k0), d0);
  }
  v128.store(r0, v128.shuffle<f64>(k0, k1, 0, 2));
  v128.store(r1, v128.shuffle<f64>(k0, k1, 1, 3));
}

// @ts-ignore: decorator
@inline
function solveSquareSingle(
  upper: i32, t: usize, d: usize, r0: usize, r1: usize, r2: usize, r3: usize,
): void {
  const row0 = v128.load(r0);
  const row1 = v128.load(r1);
  const row2 = v128.load(r2);
  const row3 = v128.load(r3);
  const low01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
  let k0 = v128.shuffle<f64>(low01, low23, 0, 2);
  let k1 = v128.shuffle<f64>(low01, low23, 1, 3);
  let k2 = v128.shuffle<f64>(high01, high23, 0, 2);
  let k3 = v128.shuffle<f64>(high01, high23, 1, 3);
  const d0 = v128.load_splat<f32>(d);
  const d1 = v128.load_splat<f32>(d, 4);
  const d2 = v128.load_splat<f32>(d, 8);
  const d3 = v128.load_splat<f32>(d, 12);
  if (upper) {
    k0 = f32x4.div(k0, d0);
    k1 = multiplyAdd<f32>(k0, v128.load_splat<f32>(t, 4), k1);
    k2 = multiplyAdd<f32>(k0, v128.load_splat<f32>(t, 8), k2);
    k3 = multiplyAdd<f32>(k0, v128.load_splat<f32>(t, 12), k3);
    k1 = f32x4.div(k1, d1);
    k2 = multiplyAdd<f32>(k1, v128.load_splat<f32>(t, BASE * 4 + 8), k2);
    k3 = multiplyAdd<f32>(k1, v128.load_splat<f32>(t, BASE * 4 + 12), k3);
    k2 = f32x4.div(k2, d2);
    k3 = multiplyAdd<f32>(k2, v128.load_splat<f32>(t, BASE * 8 + 12), k3);
    k3 = f32x4.div(k3, d3);
  } else {
    k3 = f32x4.div(k3, d3);
    k2 = multiplyAdd<f32>(k3, v128.load_splat<f32>(t, BASE * 12 + 8), k2);
    k1 = multiplyAdd<f32>(k3, v128.load_splat<f32>(t, BASE * 12 + 4), k1);
    k0 = multiplyAdd<f32>(k3, v128.load_splat<f32>(t, BASE * 12), k0);
    k2 = f32x4.div(k2, d2);
    k1 = multiplyAdd<f32>(k2, v128.load_splat<f32>(t, BASE * 8 + 4), k1);
    k0 = multiplyAdd<f32>(k2, v128.load_splat<f32>(t, BASE * 8), k0);
    k1 = f32x4.div(k1, d1);
    k0 = multiplyAdd<f32>(k1, v128.load_splat<f32>(t, BASE * 4), k0);
    k0 = f32x4.div(k0, d0);
  }
  const even01 = v128.shuffle<f32>(k0, k1, 0, 4, 1, 5);
  const odd01 = v128.shuffle<f32>(k0, k1, 2, 6, 3, 7);
  const even23 = v128.shuffle<f32>(k2, k3, 0, 4, 1, 5);
  const odd23 = v128.shuffle<f32>(k2, k3, 2, 6, 3, 7);
  v128.store(r0, v128.shuffle<f64>(even01, even23, 0, 2));
  v128.store(r1, v128.shuffle<f64>(even01, even23, 1, 3));
  v128.store(r2, v128.shuffle<f64>(odd01, odd23, 0, 2));
  v128.store(r3, v128.shuffle<f64>(odd01, odd23, 1, 3));
}
