// General matrix product, C <- alpha op(A) op(B) + beta C, row-major.
//
// Layering of Goto and van de Geijn (2008): a panel of B, KC x NC, is packed into slivers that
// stay in the outer cache, a block of A, MC x KC, in the inner one, and the tiles of gemm-tile.ts
// keep their part of C in registers. Operands that lie well as they are stored are not packed.
// Fringes are tiles of the same kind: the last sliver overlaps the one before it, the last rows
// are computed twice and stored once. So there is no slow path and nothing is padded.
//
// Order of additions: k ascending inside a block of KC, blocks ascending. It depends on nothing
// but k, so an entry never depends on the shape around it, nor on what was packed.
import { tiles } from "./gemm-tile";
import { matrixTimesVector, vectorTimesMatrix } from "./gemm-vector";
import { packColumns, packRows } from "./pack";
import { at, Flag, lanes, multiplyAdd } from "./simd";
import { details, edge, partsOf, share } from "./team";
import { transpose } from "./transpose";
import { bytesOf } from "./workspace";

/** Depth of a packed block: a sliver of B, KC x 64 bytes, takes three quarters of a small L1. */
const KC: i32 = 384;
/** Rows of a block of A: at most 64 * 384 * 8 bytes = 192 KiB, most of a small L2. */
const MC: i32 = 64;
/** Bytes of a row of a panel of B: 384 * 4 KiB = 1.5 MiB, a share of L3. */
const PANEL_ROW: i32 = 4096;
/** Rows of packed A that lie side by side; a multiple of the rows of every tile. */
const GROUP: i32 = 4;
/** An operand of at most this many bytes is read unpacked: it shares L1 with the others. */
const SMALL: i32 = 16384;
/** For as many rows of A as this, B is packed however small it is: packed tiles are faster. */
const MANY: i32 = 512;
/** Columns of the product that `narrow` forms at a time. */
const STRIP: i32 = 256;

/** Work space: a block of A; a panel of B with overlapping slivers at its end; a strip of C'. */
const BLOCK_BYTES: usize = 64 * 384 * 8;
const PANEL_BYTES: usize = 384 * (4096 + 64);
const STRIP_BYTES: usize = 4 * 260 * 4;
// Instances that share a memory have none until they are given one: see usePacking.
let workspace: usize = ASC_FEATURE_THREADS
  ? 0
  : memory.data(64 * 384 * 8 + 384 * (4096 + 64) + 4 * 260 * 4, 64);

/** Bytes of the space in which this instance packs. */
export function packingBytes(): usize {
  return BLOCK_BYTES + PANEL_BYTES + STRIP_BYTES;
}

/**
 * Moves this instance's packing space, to an address aligned to 16 bytes. Instances that share a
 * memory must not share it; the global belongs to the instance.
 */
export function usePacking(address: usize): void {
  workspace = address;
}

/**
 * C (m x n) <- alpha op(A) (m x k) op(B) (k x n) + beta C; lda, ldb, ldc are row strides in
 * elements of the matrices as stored. beta = 0 never reads C; k = 0 scales C.
 */
// @kernel
export function gemm<T>(
  transposeA: Flag, transposeB: Flag, m: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, b: usize, ldb: i32, beta: T, c: usize, ldc: i32,
): void {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) return scaleMatrix<T>(m, n, beta, c, ldc);
  if (ASC_FEATURE_THREADS) {
    const parts = worthSharing(m, n, k) ? partsOf(max<i32>(m, n), 16) : 0;
    if (parts) {
      return sharedGemm<T>(
        parts, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc,
      );
    }
  }
  const w = lanes<T>();
  if (m < w && n < w) {
    return tiny<T>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
  if (n == 1) {
    const step = at<T>(0, transposeB ? 1 : ldb);
    return vector<T>(1 - transposeA, m, k, alpha, a, lda, b, step, beta, c, at<T>(0, ldc));
  }
  if (m == 1) {
    const step = at<T>(0, transposeA ? lda : 1);
    return vector<T>(transposeB, n, k, alpha, b, ldb, a, step, beta, c, at<T>(0, 1));
  }
  if (n < w) {
    return narrow<T>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  }
  blocked<T>(0, 0, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/** Bytes of `packB`'s result for a k x n matrix. */
// @kernel
export function packedBytes<T>(k: f64, n: f64): f64 {
  // A panel's last sliver may overlap its neighbour by less than a vector.
  const panels = Math.floor(n / <f64>(PANEL_ROW / <i32>sizeof<T>())) + 1;
  return bytesOf<T>(k * (n + panels * lanes<T>()));
}

/** op(B) (k x n) as `gemmPacked` takes it: for an operand that many products share. */
// @kernel
export function packB<T>(
  transposeB: Flag, k: i32, n: i32, b: usize, ldb: i32, packed: usize,
): void {
  if (n < lanes<T>()) {
    if (transposeB) transpose<T>(n, k, b, ldb, packed, lanes<T>());
    else packColumns<T>(lanes<T>(), k, n, b, ldb, packed);
    return;
  }
  for (let j = 0; j < n; ) {
    const cols = panelWidth<T>(n - j);
    for (let p = 0; p < k; p += KC) {
      const rows = transposeB ? at<T>(b, p) : at<T>(b, p * ldb);
      packed = packPanel<T>(transposeB, min<i32>(KC, k - p), j, cols, rows, ldb, packed);
    }
    j += cols;
  }
}

/** As `gemm` with B (k x n) from `packB`. */
// @kernel
export function gemmPacked<T>(
  transposeA: Flag, m: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, packed: usize, beta: T, c: usize, ldc: i32,
): void {
  if (n < lanes<T>() || k <= 0) {
    return gemm<T>(
      transposeA, 0, m, n, k, alpha, a, lda, packed, lanes<T>(), beta, c, ldc,
    );
  }
  blocked<T>(0, packed, transposeA, 0, m, n, k, alpha, a, lda, 0, 0, beta, c, ldc);
}

/**
 * C (n x n) <- op(A) op(A)', half the operations of gemm and the same bits: the upper triangle is
 * computed and mirrored. `transposeA` means A' A for A k x n.
 */
// @kernel
export function syrk<T>(
  transposeA: Flag, n: i32, k: i32, alpha: T, a: usize, lda: i32, c: usize, ldc: i32,
): void {
  if (n < lanes<T>() || k <= 0) {
    return gemm<T>(transposeA, 1 - transposeA, n, n, k, alpha, a, lda, a, lda, <T>0, c, ldc);
  }
  const parts = ASC_FEATURE_THREADS && worthSharing(n, n / 2, k) ? partsOf(n, 16) : 0;
  if (parts) sharedSyrk<T>(parts, transposeA, n, k, alpha, a, lda, c, ldc);
  else upperColumns<T>(transposeA, 0, n, k, alpha, a, lda, c, ldc);
  const side = 64;
  for (let i = 0; i < n; i += side) {
    const rows = min<i32>(side, n - i);
    for (let p = i; p < i + rows; p++) {
      for (let q = i; q < p; q++) {
        store<T>(at<T>(c, p * ldc + q), load<T>(at<T>(c, q * ldc + p)));
      }
    }
    for (let j = 0; j < i; j += side) {
      transpose<T>(side, rows, at<T>(c, j * ldc + i), ldc, at<T>(c, i * ldc + j), ldc);
    }
  }
}

/** Columns [first, end) of the upper triangle of `syrk`; at least a vector of them. */
function upperColumns<T>(
  transposeA: i32, first: i32, end: i32, k: i32,
  alpha: T, a: usize, lda: i32, c: usize, ldc: i32,
): void {
  const columns = at<T>(a, transposeA ? first : first * lda);
  blocked<T>(
    1 + first, 0, transposeA, 1 - transposeA, end, end - first, k, alpha,
    a, lda, columns, lda, <T>0, at<T>(c, first), ldc,
  );
}

/**
 * C <- C + alpha A' B on the upper triangle of C (n x n), for A and B k x n; what is below the
 * diagonal may change, too.
 */
export function addUpper<T>(
  n: i32, k: i32, alpha: T, a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32,
): void {
  if (n < lanes<T>()) gemm<T>(1, 0, n, n, k, alpha, a, lda, b, ldb, <T>1, c, ldc);
  else blocked<T>(1, 0, 1, 0, n, n, k, alpha, a, lda, b, ldb, <T>1, c, ldc);
}

/** What a part of a shared product needs to know; numbers are exact in f64. */
@unmanaged
class Product {
  double: bool; parts: i32; transposeA: i32; transposeB: i32; m: i32; n: i32; k: i32;
  lda: i32; ldb: i32; ldc: i32;
  a: usize; b: usize; c: usize;
  alpha: f64; beta: f64;
}

/** From some tens of microseconds on. */
// @ts-ignore: decorator
@inline
function worthSharing(m: i32, n: i32, k: i32): bool {
  return <f64>m * <f64>n * <f64>k >= 250000;
}

function sharedGemm<T>(
  parts: i32, transposeA: i32, transposeB: i32, m: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, b: usize, ldb: i32, beta: T, c: usize, ldc: i32,
): void {
  const p = details<Product>();
  p.parts = parts;
  p.transposeA = transposeA;
  p.transposeB = transposeB;
  p.m = m;
  p.n = n;
  p.k = k;
  p.lda = lda;
  p.ldb = ldb;
  p.ldc = ldc;
  p.a = a;
  p.b = b;
  p.c = c;
  p.alpha = <f64>alpha;
  p.beta = <f64>beta;
  p.double = sizeof<T>() == 8;
  share(gemmPart, parts);
}

function gemmPart(part: i32): void {
  if (details<Product>().double) partOfGemm<f64>(part);
  else partOfGemm<f32>(part);
}

/** Some rows of C, or some columns where these are more. */
function partOfGemm<T>(part: i32): void {
  const p = details<Product>();
  const byRows = p.m >= p.n;
  const size = byRows ? p.m : p.n;
  const first = edge(part, p.parts, size);
  const count = edge(part + 1, p.parts, size) - first;
  const a = byRows ? at<T>(p.a, p.transposeA ? first : first * p.lda) : p.a;
  const b = byRows ? p.b : at<T>(p.b, p.transposeB ? first * p.ldb : first);
  gemm<T>(
    p.transposeA, p.transposeB, byRows ? count : p.m, byRows ? p.n : count, p.k,
    <T>p.alpha, a, p.lda, b, p.ldb, <T>p.beta, at<T>(p.c, byRows ? first * p.ldc : first), p.ldc,
  );
}

function sharedSyrk<T>(
  parts: i32, transposeA: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, c: usize, ldc: i32,
): void {
  const p = details<Product>();
  p.parts = parts;
  p.transposeA = transposeA;
  p.n = n;
  p.k = k;
  p.lda = lda;
  p.ldc = ldc;
  p.a = a;
  p.c = c;
  p.alpha = <f64>alpha;
  p.double = sizeof<T>() == 8;
  share(syrkPart, parts);
}

function syrkPart(part: i32): void {
  if (details<Product>().double) partOfSyrk<f64>(part);
  else partOfSyrk<f32>(part);
}

/** Some columns of the triangle, the last and longest first. */
function partOfSyrk<T>(part: i32): void {
  const p = details<Product>();
  const strip = p.parts - 1 - part;
  const first = edge(strip, p.parts, p.n);
  const end = edge(strip + 1, p.parts, p.n);
  upperColumns<T>(p.transposeA, first, end, p.k, <T>p.alpha, p.a, p.lda, p.c, p.ldc);
}

/**
 * n at least a vector. With `upper` tiles below the diagonal of a triangle are left out: C is its
 * columns from `upper` - 1 on. `packed` is B from `packB`, or 0.
 */
function blocked<T>(
  upper: i32, packed: usize, transposeA: i32, transposeB: i32, m: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, b: usize, ldb: i32, beta: T, c: usize, ldc: i32,
): void {
  let panel = workspace + BLOCK_BYTES;
  const direct = !packed && !packsB<T>(transposeB, m, k, ldb);
  for (let j = 0; j < n; ) {
    const cols = panelWidth<T>(n - j);
    for (let p = 0; p < k; p += KC) {
      const depth = min<i32>(KC, k - p);
      const rowsB = transposeB ? at<T>(b, p) : at<T>(b, p * ldb);
      if (packed) panel = packed;
      else if (!direct) packPanel<T>(transposeB, depth, j, cols, rowsB, ldb, panel);
      const betaHere: T = p == 0 ? beta : <T>1;
      // Rows that reach the last column of the panel.
      const height = upper ? min<i32>(m, upper - 1 + j + cols) : m;
      for (let i = 0; i < height; i += MC) {
        const rows = min<i32>(MC, height - i);
        let block = transposeA ? at<T>(a, p * lda + i) : at<T>(a, i * lda + p);
        let row = at<T>(0, transposeA ? 1 : lda);
        let step = at<T>(0, transposeA ? lda : 1);
        let group = row * GROUP;
        if (packsA<T>(transposeA, cols, depth, lda)) {
          if (transposeA) packColumns<T>(GROUP, depth, rows, block, lda, workspace);
          else packRows<T>(GROUP, depth, rows, block, lda, workspace);
          block = workspace;
          row = at<T>(0, 1);
          step = at<T>(0, GROUP);
          group = step * depth;
        }
        let sliver = panel;
        for (let done = 0; done < cols; ) {
          const vectors = sliverVectors<T>(done, cols - done);
          const width = vectors * lanes<T>();
          const skip = max<i32>(0, width - (cols - done));
          const first = j + done - skip;
          if (direct) sliver = at<T>(rowsB, first);
          const stepB = at<T>(0, direct ? ldb : width);
          const reach = upper ? min<i32>(rows, upper - 1 + first + width - i) : rows;
          if (reach > 0) {
            tiles<T>(
              vectors, reach, depth, block, group, row, step,
              sliver, stepB, alpha, betaHere, skip, at<T>(c, i * ldc + first), ldc,
            );
          }
          sliver += at<T>(0, width * depth);
          done += width - skip;
        }
        if (packed && i + rows == m) packed = sliver;
      }
    }
    j += cols;
  }
}

/**
 * Columns of the next panel of B when `left` are: the last panel takes up a rest below a vector,
 * so that no sliver overlaps another panel's, which is further with k.
 */
// @ts-ignore: decorator
@inline
function panelWidth<T>(left: i32): i32 {
  const full = PANEL_ROW / <i32>sizeof<T>();
  return left < full + lanes<T>() ? left : full;
}

/** Whether B is packed: rows enough share the cost, fewer where it would not stay in L1. */
// @ts-ignore: decorator
@inline
function packsB<T>(transposeB: i32, m: i32, k: i32, ldb: i32): bool {
  if (transposeB || m >= MANY) return true;
  return m > GROUP && min<i32>(k, KC) * ldb * <i32>sizeof<T>() > SMALL;
}

/** Whether a block of A is packed. */
// @ts-ignore: decorator
@inline
function packsA<T>(transposeA: i32, cols: i32, depth: i32, lda: i32): bool {
  if (transposeA) return depth * lda * <i32>sizeof<T>() > SMALL && cols > 4;
  return lda * <i32>sizeof<T>() >= 2048 && cols >= 128;
}

/**
 * Vectors of the sliver at column j of a panel when `left` columns are: 4, 2 or 1, so that it
 * ends at the last column or before, or overlaps its neighbour by less than a vector.
 */
// @ts-ignore: decorator
@inline
function sliverVectors<T>(j: i32, left: i32): i32 {
  const w = lanes<T>();
  if (left >= 4 * w || (left > 3 * w && j > 0)) return 4;
  return left >= 2 * w || (left > w && j > 0) ? 2 : 1;
}

/**
 * Columns [j, j + cols) of the `depth` rows of op(B) that start at b, as slivers; returns where
 * they end.
 */
function packPanel<T>(
  transposeB: i32, depth: i32, j: i32, cols: i32, b: usize, ldb: i32, panel: usize,
): usize {
  const w = lanes<T>();
  const full = cols - (cols % (4 * w));
  let done = 0;
  while (done < cols) {
    const vectors = sliverVectors<T>(done, cols - done);
    const width = vectors * w;
    const skip = max<i32>(0, width - (cols - done));
    // All full slivers at once, so that B is read along its rows.
    const packing = done < full ? full : width;
    const first = j + done - skip;
    if (transposeB) packRows<T>(width, depth, packing, at<T>(b, first * ldb), ldb, panel);
    else packColumns<T>(width, depth, packing, at<T>(b, first), ldb, panel);
    panel += at<T>(0, packing * depth);
    done += packing - skip;
  }
  return panel;
}

/**
 * y (n) <- alpha M x + beta y, n at least a vector; M is stored n x k with `rows`, k x n
 * otherwise; entries of x and y are stepX and stepY bytes apart.
 */
function vector<T>(
  rows: i32, n: i32, k: i32, alpha: T, a: usize, lda: i32, x: usize, stepX: usize,
  beta: T, y: usize, stepY: usize,
): void {
  const sums = workspace + BLOCK_BYTES + PANEL_BYTES;
  const strip = 4096 / <i32>sizeof<T>();
  for (let p = 0; p < k; p += KC) {
    const depth = min<i32>(KC, k - p);
    const here = x + <usize>p * stepX;
    const betaHere: T = p == 0 ? beta : <T>1;
    if (rows) {
      matrixTimesVector<T>(n, depth, alpha, at<T>(a, p), lda, here, stepX, betaHere, y, stepY);
      continue;
    }
    // The last strip takes up a rest below a vector.
    for (let j = 0; j < n; ) {
      const cols = n - j < strip + lanes<T>() ? n - j : strip;
      vectorTimesMatrix<T>(
        depth, cols, alpha, at<T>(a, p * lda + j), lda, here, stepX,
        betaHere, y + <usize>j * stepY, stepY, sums,
      );
      j += cols;
    }
  }
}

/** As gemm, for n below a vector: C' = op(B)' op(A)' in strips, which are wide. */
function narrow<T>(
  transposeA: i32, transposeB: i32, m: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, b: usize, ldb: i32, beta: T, c: usize, ldc: i32,
): void {
  const strip = workspace + BLOCK_BYTES + PANEL_BYTES;
  // The last strip takes up a rest below a vector, which would be narrow itself.
  for (let i = 0; i < m; ) {
    const rows = m - i < STRIP + lanes<T>() ? m - i : STRIP;
    const corner = at<T>(c, i * ldc);
    if (beta != <T>0) copyTransposed<T>(rows, n, corner, ldc, strip, rows);
    gemm<T>(
      1 - transposeB, 1 - transposeA, n, rows, k, alpha, b, ldb,
      transposeA ? at<T>(a, i) : at<T>(a, i * lda), lda, beta, strip, rows,
    );
    copyTransposed<T>(n, rows, strip, rows, corner, ldc);
    i += rows;
  }
}

/** B (n x m) <- A' (m x n), a few numbers. */
function copyTransposed<T>(m: i32, n: i32, a: usize, lda: i32, b: usize, ldb: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      store<T>(at<T>(b, j * ldb + i), load<T>(at<T>(a, i * lda + j)));
    }
  }
}

/** As gemm, for m and n below a vector: one entry after the other. */
function tiny<T>(
  transposeA: i32, transposeB: i32, m: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, b: usize, ldb: i32, beta: T, c: usize, ldc: i32,
): void {
  const stepA = at<T>(0, transposeA ? lda : 1);
  const stepB = at<T>(0, transposeB ? 1 : ldb);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const to = at<T>(c, i * ldc + j);
      let x = at<T>(a, transposeA ? i : i * lda);
      let y = at<T>(b, transposeB ? j * ldb : j);
      let total: T = 0;
      for (let p = 0; p < k; p += KC) {
        // A vector, of which one lane counts, so that relaxed SIMD rounds as it does in a tile.
        let sum = v128.splat<T>(<T>0);
        for (let left = min<i32>(KC, k - p); left > 0; left--) {
          sum = multiplyAdd<T>(v128.load_splat<T>(x), v128.load_splat<T>(y), sum);
          x += stepA;
          y += stepB;
        }
        const part: T = alpha * v128.extract_lane<T>(sum, 0);
        if (p > 0) total += part;
        else total = beta == <T>0 ? part : part + beta * load<T>(to);
      }
      store<T>(to, total);
    }
  }
}

/** C <- beta C; beta = 0 stores zeros whatever C holds. */
function scaleMatrix<T>(m: i32, n: i32, beta: T, c: usize, ldc: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const q = at<T>(c, i * ldc + j);
      store<T>(q, beta == <T>0 ? <T>0 : beta * load<T>(q));
    }
  }
}
