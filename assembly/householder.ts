// Householder reflections H = I - tau v v' and blocks of them in compact WY form,
// H_1 ... H_k = I - V T V' (Schreiber and Van Loan 1989).
//
// Everything is stored by columns: column j of an m x n matrix is contiguous at a + j lda. Read
// row by row that is the transpose, and so gemm sees it: C'(n x m) here is what gemm calls C.
// v is stored below the diagonal of the column that it annihilates; its leading 1 is not stored.
import { gemm, syrk } from "./gemm";
import { axpy, dot, nrm2, scal } from "./level1";
import { at, Flag, lanes, multiplyAdd, sumLanes } from "./simd";
import { bytesOf } from "./workspace";

/** Reflections in a block: wide enough that gemm dominates, few enough that a panel stays in L2. */
export const BLOCK: i32 = 32;

/** Smallest x for which 1 / x cannot overflow. */
// @ts-ignore: decorator
@inline
function safeMinimum<T>(): T {
  return sizeof<T>() == 8 ? <T>f64.MIN_NORMAL_VALUE : <T>f32.MIN_NORMAL_VALUE;
}

/** Unit roundoff, half the distance from 1 to the next larger number. */
// @ts-ignore: decorator
@inline
export function roundoff<T>(): T {
  return sizeof<T>() == 8 ? <T>(f64.EPSILON / 2) : <T>(f32.EPSILON / 2);
}

/** sqrt(x^2 + y^2) without avoidable overflow or underflow. */
// @ts-ignore: decorator
@inline
function hypotenuse<T>(x: T, y: T): T {
  const a = abs<T>(x);
  const b = abs<T>(y);
  const large = max<T>(a, b);
  const small = min<T>(a, b);
  if (small == <T>0) return large;
  const ratio = small / large;
  return large * sqrt<T>(<T>1 + ratio * ratio);
}

/**
 * The reflection that maps x (n) to (beta, 0, ..., 0): x becomes (beta, v_2, ..., v_n), tau is
 * returned; tau = 0 (the identity) when x is already of that form. A vector near underflow is
 * scaled up first, as LAPACK's dlarfg does.
 */
export function reflector<T>(n: i32, x: usize): T {
  if (n <= 1) return <T>0;
  const tail = at<T>(x, 1);
  let tailNorm = nrm2<T>(n - 1, tail);
  if (tailNorm == <T>0) return <T>0;
  let alpha = load<T>(x);
  let norm = hypotenuse<T>(alpha, tailNorm);
  const tiny = safeMinimum<T>() / roundoff<T>();
  let rescaled = 0;
  while (norm < tiny && rescaled < 20) {
    rescaled++;
    scal<T>(n - 1, <T>1 / tiny, tail);
    alpha /= tiny;
    tailNorm = nrm2<T>(n - 1, tail);
    norm = hypotenuse<T>(alpha, tailNorm);
  }
  let beta = alpha > <T>0 ? -norm : norm;
  const tau = (beta - alpha) / beta;
  scal<T>(n - 1, <T>1 / (alpha - beta), tail);
  for (; rescaled > 0; rescaled--) beta *= tiny;
  store<T>(x, beta);
  return tau;
}

/**
 * C (m x n) <- H C, column by column, for the reflection with factor tau whose vector is at v,
 * beta instead of its leading 1. Each column is read once for its product and its update.
 */
export function applyReflector<T>(
  m: i32, n: i32, v: usize, tau: T, c: usize, ldc: i32,
): void {
  const beta = load<T>(v);
  store<T>(v, <T>1);
  for (let j = 0; j < n; j++) {
    const column = at<T>(c, j * ldc);
    axpy<T>(m, -tau * <T>dot<T>(m, v, column), v, column);
  }
  store<T>(v, beta);
}

/**
 * C (m x n) <- H_2 H_1 C, 2 <= m, for two reflections of neighbouring columns: the vector of H_1
 * at v1, that of H_2 at v2 begins one row below. Two columns and two vectors at a time take half
 * the loads of one of each, which is what bounds `applyReflector` in the cache.
 */
export function applyReflectorPair<T>(
  m: i32, n: i32, v1: usize, tau1: T, v2: usize, tau2: T, c: usize, ldc: i32,
): void {
  // v1 = (1, second, x), v2 = (0, 1, y).
  const second = load<T>(at<T>(v1, 1));
  const x = at<T>(v1, 2);
  const y = at<T>(v2, 1);
  const rest = m - 2;
  const coupling: T = second + <T>dot<T>(rest, x, y);
  let j = 0;
  for (; j + 2 <= n; j += 2) {
    applyPairToTwo<T>(
      rest, x, y, second, coupling, tau1, tau2, at<T>(c, j * ldc), at<T>(c, (j + 1) * ldc),
    );
  }
  if (j < n) {
    const column = at<T>(c, j * ldc);
    applyReflector<T>(m, 1, v1, tau1, column, ldc);
    applyReflector<T>(m - 1, 1, v2, tau2, at<T>(column, 1), ldc);
  }
}

/** The two columns at c and d. Order of a product: two accumulators of lanes, added, the tail. */
function applyPairToTwo<T>(
  rest: i32, x: usize, y: usize, second: T, coupling: T, tau1: T, tau2: T, c: usize, d: usize,
): void {
  const w = lanes<T>();
  const c2 = at<T>(c, 2);
  const d2 = at<T>(d, 2);
  let cx0 = v128.splat<T>(<T>0);
  let cy0 = cx0, dx0 = cx0, dy0 = cx0, cx1 = cx0, cy1 = cx0, dx1 = cx0, dy1 = cx0;
  let i = 0;
  for (; i + 2 * w <= rest; i += 2 * w) {
    const p = at<T>(0, i);
    // The last sum first, for V8 of Node 20: see gemm-tile.ts.
    const x1 = v128.load(x + p, 16);
    const y1 = v128.load(y + p, 16);
    const d1 = v128.load(d2 + p, 16);
    dy1 = multiplyAdd<T>(y1, d1, dy1);
    dx1 = multiplyAdd<T>(x1, d1, dx1);
    const c1 = v128.load(c2 + p, 16);
    cy1 = multiplyAdd<T>(y1, c1, cy1);
    cx1 = multiplyAdd<T>(x1, c1, cx1);
    const x0 = v128.load(x + p);
    const y0 = v128.load(y + p);
    const d0 = v128.load(d2 + p);
    dy0 = multiplyAdd<T>(y0, d0, dy0);
    dx0 = multiplyAdd<T>(x0, d0, dx0);
    const c0 = v128.load(c2 + p);
    cy0 = multiplyAdd<T>(y0, c0, cy0);
    cx0 = multiplyAdd<T>(x0, c0, cx0);
  }
  let cx: T = sumLanes<T>(v128.add<T>(cx0, cx1));
  let cy: T = sumLanes<T>(v128.add<T>(cy0, cy1));
  let dx: T = sumLanes<T>(v128.add<T>(dx0, dx1));
  let dy: T = sumLanes<T>(v128.add<T>(dy0, dy1));
  for (; i < rest; i++) {
    const p = at<T>(0, i);
    const xi = load<T>(x + p);
    const yi = load<T>(y + p);
    cx += xi * load<T>(c2 + p);
    cy += yi * load<T>(c2 + p);
    dx += xi * load<T>(d2 + p);
    dy += yi * load<T>(d2 + p);
  }
  const cTop = load<T>(c);
  const cNext = load<T>(at<T>(c, 1));
  const dTop = load<T>(d);
  const dNext = load<T>(at<T>(d, 1));
  const cv1 = -tau1 * (cTop + second * cNext + cx);
  const dv1 = -tau1 * (dTop + second * dNext + dx);
  const cv2 = -tau2 * (cNext + cy + coupling * cv1);
  const dv2 = -tau2 * (dNext + dy + coupling * dv1);
  store<T>(c, cTop + cv1);
  store<T>(d, dTop + dv1);
  store<T>(at<T>(c, 1), cNext + (second * cv1 + cv2));
  store<T>(at<T>(d, 1), dNext + (second * dv1 + dv2));
  const cFirst = v128.splat<T>(cv1);
  const cSecond = v128.splat<T>(cv2);
  const dFirst = v128.splat<T>(dv1);
  const dSecond = v128.splat<T>(dv2);
  for (i = 0; i + w <= rest; i += w) {
    const p = at<T>(0, i);
    const xi = v128.load(x + p);
    const yi = v128.load(y + p);
    const c0 = multiplyAdd<T>(cFirst, xi, v128.load(c2 + p));
    const d0 = multiplyAdd<T>(dFirst, xi, v128.load(d2 + p));
    v128.store(c2 + p, multiplyAdd<T>(cSecond, yi, c0));
    v128.store(d2 + p, multiplyAdd<T>(dSecond, yi, d0));
  }
  for (; i < rest; i++) {
    const p = at<T>(0, i);
    const xi = load<T>(x + p);
    const yi = load<T>(y + p);
    store<T>(c2 + p, load<T>(c2 + p) + cv1 * xi + cv2 * yi);
    store<T>(d2 + p, load<T>(d2 + p) + dv1 * xi + dv2 * yi);
  }
}

/** Bytes that a block needs for C with n columns of length m: V', T, its Gram matrix, 2 k x n. */
export function blockWorkspace<T>(m: f64, n: f64): f64 {
  return bytesOf<T>(<f64>BLOCK * (m + 2 * BLOCK + 2 * n));
}

/** Where the T of a block of reflections of length m is in its work space. */
// @ts-ignore: decorator
@inline
function blockFactor<T>(m: i32, work: usize): usize {
  return at<T>(work, BLOCK * m);
}

/**
 * Copies k reflections of length m out of the columns at a, with their ones and zeros written
 * out: V' (k x m, row-major), at `work`.
 */
export function loadBlock<T>(m: i32, k: i32, a: usize, lda: i32, work: usize): void {
  for (let i = 0; i < k; i++) {
    const row = at<T>(work, i * m);
    memory.fill(row, 0, at<T>(0, i));
    store<T>(at<T>(row, i), <T>1);
    memory.copy(at<T>(row, i + 1), at<T>(a, i * lda + i + 1), at<T>(0, m - i - 1));
  }
}

/** T (k x k, row-major), at t, of the block that `loadBlock` left at `work`. */
export function formBlockFactor<T>(m: i32, k: i32, tau: usize, work: usize, t: usize): void {
  const gram = at<T>(blockFactor<T>(m, work), BLOCK * BLOCK);
  syrk<T>(0, k, m, <T>1, work, m, gram, k);
  // T(0..j, j) = -tau_j T(0..j, 0..j) (V' v_j), T(j, j) = tau_j.
  for (let j = 0; j < k; j++) {
    const tauJ = load<T>(at<T>(tau, j));
    for (let i = 0; i < j; i++) {
      let sum: T = 0;
      for (let p = i; p < j; p++) {
        sum += load<T>(at<T>(t, i * k + p)) * load<T>(at<T>(gram, p * k + j));
      }
      store<T>(at<T>(t, i * k + j), -tauJ * sum);
    }
    store<T>(at<T>(t, j * k + j), tauJ);
    for (let i = j + 1; i < k; i++) store<T>(at<T>(t, i * k + j), <T>0);
  }
}

/**
 * C (m x n) <- H C, or H'C with `transpose`, for the block of k reflections at `work` with its T
 * at t.
 */
export function applyBlock<T>(
  transpose: i32, m: i32, n: i32, k: i32, c: usize, ldc: i32, work: usize, t: usize,
): void {
  const w = at<T>(blockFactor<T>(m, work), 2 * BLOCK * BLOCK);
  const wt = at<T>(w, BLOCK * n);
  gemm<T>(0, 1, n, k, m, <T>1, c, ldc, work, m, <T>0, w, k);
  gemm<T>(0, 1 - transpose, n, k, k, <T>1, w, k, t, k, <T>0, wt, k);
  gemm<T>(0, 0, n, m, k, <T>-1, wt, k, work, m, <T>1, c, ldc);
}

/**
 * C <- H C for the block of k reflections at `work`, its T at t, and a C (m x n) by rows, unlike
 * all else here, whose first k columns are those of the identity: their products with V are read
 * off.
 */
export function applyBlockToRows<T>(
  m: i32, n: i32, k: i32, c: usize, ldc: i32, work: usize, t: usize,
): void {
  const w = at<T>(blockFactor<T>(m, work), 2 * BLOCK * BLOCK);
  const tw = at<T>(w, BLOCK * n);
  for (let i = 0; i < k; i++) {
    memory.copy(at<T>(w, i * n), at<T>(work, i * m), at<T>(0, k));
  }
  gemm<T>(0, 0, k, n - k, m, <T>1, work, m, at<T>(c, k), ldc, <T>0, at<T>(w, k), n);
  gemm<T>(0, 0, k, n, k, <T>1, t, k, w, n, <T>0, tw, n);
  gemm<T>(1, 0, m, n, k, <T>-1, work, m, tw, n, <T>1, c, ldc);
}

/** Bytes of work space for `applyReflectors` on an m x n matrix. */
// @kernel
export function applyReflectorsWorkspace<T>(m: f64, n: f64): f64 {
  return blockWorkspace<T>(m, n);
}

/**
 * C (m x n) <- Q C, or Q'C with `transpose`, for Q = H_1 ... H_k, k <= m, whose vectors are the
 * columns at v. 4 m n k - 2 n k^2 operations, nearly all in gemm.
 */
// @kernel
export function applyReflectors<T>(
  transpose: Flag, m: i32, n: i32, k: i32,
  v: usize, ldv: i32, tau: usize, c: usize, ldc: i32, work: usize,
): void {
  const blocks = (k + BLOCK - 1) / BLOCK;
  for (let b = 0; b < blocks; b++) {
    // Q = B_1 B_2 ...: the last block touches C first, for Q' the first one.
    const j = (transpose ? b : blocks - 1 - b) * BLOCK;
    const size = min<i32>(BLOCK, k - j);
    const t = blockFactor<T>(m - j, work);
    loadBlock<T>(m - j, size, at<T>(v, j * ldv + j), ldv, work);
    formBlockFactor<T>(m - j, size, at<T>(tau, j), work, t);
    applyBlock<T>(transpose, m - j, n, size, at<T>(c, j), ldc, work, t);
  }
}
