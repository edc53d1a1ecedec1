// General matrix product, C <- alpha op(A) op(B) + beta C, row-major.
//
// Layering of Goto and van de Geijn (2008): B is packed into a panel of KC x NC that stays in the
// outer cache, A into a block of MC x KC that stays in the inner one, and a micro-kernel of
// 4 rows x 2 vectors keeps its tile of C in registers. All four transposes are absorbed by
// packing, so there is one micro-kernel a type. Fringes are packed with zeros.
//
// Order of additions: k ascending inside a block of KC, blocks ascending. It depends on nothing
// but k, so a result never depends on the shape around it.
import { at, lanes, multiplyAdd } from "./simd";

/** Rows of the register tile. 4 x 2 vectors spills on no engine measured; 6 x 2 spills on most. */
const MR: i32 = 4;
/** Depth of a packed block: a 4 x KC sliver of A and a KC x 2-vector sliver of B fit in L1. */
const KC: i32 = 256;
/** Rows of the packed block of A: at most 128 * 256 * 8 bytes = 256 KiB, half of a common L2. */
const MC: i32 = 128;
/** Columns of the packed panel of B: at most 512 * 256 * 8 bytes = 1 MiB, a share of L3. */
const NC: i32 = 512;

// Where a product packs: the block of A, then the panel of B, then one tile for the fringes.
const BYTES_A: usize = 128 * 256 * 8;
const BYTES_B: usize = 512 * 256 * 8;
const BYTES_TILE: usize = 4 * 32;
// Instances that share a memory have none until they are given one: see usePacking.
let packing: usize = ASC_FEATURE_THREADS
  ? 0
  : memory.data(128 * 256 * 8 + 512 * 256 * 8 + 4 * 32, 16);

/** Bytes of the space in which this instance packs. */
export function packingBytes(): usize {
  return BYTES_A + BYTES_B + BYTES_TILE;
}

/**
 * Moves this instance's packing space, to an address aligned to 16 bytes. Instances that share a
 * memory must not share it; the global belongs to the instance.
 */
export function usePacking(address: usize): void {
  packing = address;
}

/**
 * C (m x n) <- alpha op(A) (m x k) op(B) (k x n) + beta C; lda, ldb, ldc are row strides in
 * elements of the matrices as stored. beta = 0 never reads C; k = 0 scales C.
 */
export function gemm<T>(
  transposeA: i32, transposeB: i32, m: i32, n: i32, k: i32,
  alpha: T, a: usize, lda: i32, b: usize, ldb: i32, beta: T, c: usize, ldc: i32,
): void {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) return scaleMatrix<T>(m, n, beta, c, ldc);
  for (let j = 0; j < n; j += NC) {
    const nc = min<i32>(NC, n - j);
    for (let p = 0; p < k; p += KC) {
      const kc = min<i32>(KC, k - p);
      packB<T>(transposeB, kc, nc, transposeB ? at<T>(b, j * ldb + p) : at<T>(b, p * ldb + j), ldb);
      const betaBlock: T = p == 0 ? beta : <T>1;
      for (let i = 0; i < m; i += MC) {
        const mc = min<i32>(MC, m - i);
        const block = transposeA ? at<T>(a, p * lda + i) : at<T>(a, i * lda + p);
        packA<T>(transposeA, mc, kc, block, lda);
        macroKernel<T>(mc, nc, kc, alpha, betaBlock, at<T>(c, i * ldc + j), ldc);
      }
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

/** Slivers of MR rows, k-major: sliver[p][0..MR) = op(A)[i .. i + MR, p]. */
function packA<T>(transpose: i32, mc: i32, kc: i32, a: usize, lda: i32): void {
  const size = <usize>sizeof<T>();
  let to = packing;
  for (let i = 0; i < mc; i += MR) {
    const rows = min<i32>(MR, mc - i);
    const rowStride = at<T>(0, transpose ? 1 : lda);
    const colStride = at<T>(0, transpose ? lda : 1);
    let from = a + <usize>i * rowStride;
    if (rows == MR) {
      const row2 = rowStride * 2;
      const row3 = rowStride * 3;
      for (let p = 0; p < kc; p++) {
        store<T>(to, load<T>(from));
        store<T>(to + size, load<T>(from + rowStride));
        store<T>(to + size * 2, load<T>(from + row2));
        store<T>(to + size * 3, load<T>(from + row3));
        from += colStride;
        to += size * MR;
      }
    } else {
      for (let p = 0; p < kc; p++) {
        for (let r = 0; r < MR; r++) {
          store<T>(to, r < rows ? load<T>(from + <usize>r * rowStride) : <T>0);
          to += size;
        }
        from += colStride;
      }
    }
  }
}

/** Slivers of two vectors' width, k-major: sliver[p][0..NR) = op(B)[p, j .. j + NR]. */
function packB<T>(transpose: i32, kc: i32, nc: i32, b: usize, ldb: i32): void {
  const size = <usize>sizeof<T>();
  const nr = 2 * lanes<T>();
  let to = packing + BYTES_A;
  for (let j = 0; j < nc; j += nr) {
    const cols = min<i32>(nr, nc - j);
    const rowStride = at<T>(0, transpose ? 1 : ldb);
    const colStride = at<T>(0, transpose ? ldb : 1);
    let from = b + <usize>j * colStride;
    if (cols == nr && !transpose) {
      for (let p = 0; p < kc; p++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += rowStride;
        to += 32;
      }
    } else {
      for (let p = 0; p < kc; p++) {
        for (let s = 0; s < nr; s++) {
          store<T>(to, s < cols ? load<T>(from + <usize>s * colStride) : <T>0);
          to += size;
        }
        from += rowStride;
      }
    }
  }
}

/** All tiles of one packed block: the sliver of B stays in L1 while those of A pass by. */
function macroKernel<T>(mc: i32, nc: i32, kc: i32, alpha: T, beta: T, c: usize, ldc: i32): void {
  const nr = 2 * lanes<T>();
  const size = <usize>sizeof<T>();
  for (let j = 0; j < nc; j += nr) {
    const cols = min<i32>(nr, nc - j);
    const slB = packing + BYTES_A + <usize>(j * kc) * size;
    for (let i = 0; i < mc; i += MR) {
      const rows = min<i32>(MR, mc - i);
      const slA = packing + <usize>(i * kc) * size;
      const to = at<T>(c, i * ldc + j);
      if (rows == MR && cols == nr) {
        microKernel<T>(kc, slA, slB, alpha, beta, to, <usize>ldc * size);
      } else {
        const tile = packing + BYTES_A + BYTES_B;
        microKernel<T>(kc, slA, slB, alpha, <T>0, tile, 32);
        addFringe<T>(rows, cols, beta, tile, to, ldc);
      }
    }
  }
}

/** C <- tile + beta C on the rows x cols corner that exists. */
function addFringe<T>(
  rows: i32, cols: i32, beta: T, tile: usize, c: usize, ldc: i32,
): void {
  const nr = 2 * lanes<T>();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const q = at<T>(c, i * ldc + j);
      const value = load<T>(at<T>(tile, i * nr + j));
      store<T>(q, beta == <T>0 ? value : value + beta * load<T>(q));
    }
  }
}

/** One register tile: 4 rows x 2 vectors, k ascending; strideC in bytes. */
// @ts-ignore: decorator
@inline
function microKernel<T>(
  kc: i32, a: usize, b: usize, alpha: T, beta: T, c: usize, strideC: usize,
): void {
  const size = <usize>sizeof<T>();
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  const end = a + size * (4 * kc);
  for (; a < end; ) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load_splat<T>(a);
    c00 = multiplyAdd<T>(s, b0, c00);
    c01 = multiplyAdd<T>(s, b1, c01);
    s = v128.load_splat<T>(a, sizeof<T>());
    c10 = multiplyAdd<T>(s, b0, c10);
    c11 = multiplyAdd<T>(s, b1, c11);
    s = v128.load_splat<T>(a, 2 * sizeof<T>());
    c20 = multiplyAdd<T>(s, b0, c20);
    c21 = multiplyAdd<T>(s, b1, c21);
    s = v128.load_splat<T>(a, 3 * sizeof<T>());
    c30 = multiplyAdd<T>(s, b0, c30);
    c31 = multiplyAdd<T>(s, b1, c31);
    a += size * 4;
    b += 32;
  }
  const scale = v128.splat<T>(alpha);
  storeRow<T>(scale, beta, c00, c01, c);
  storeRow<T>(scale, beta, c10, c11, c + strideC);
  storeRow<T>(scale, beta, c20, c21, c + strideC * 2);
  storeRow<T>(scale, beta, c30, c31, c + strideC * 3);
}

// @ts-ignore: decorator
@inline
function storeRow<T>(scale: v128, beta: T, v0: v128, v1: v128, c: usize): void {
  v0 = v128.mul<T>(scale, v0);
  v1 = v128.mul<T>(scale, v1);
  if (beta != <T>0) {
    const factor = v128.splat<T>(beta);
    v0 = v128.add<T>(v0, v128.mul<T>(factor, v128.load(c)));
    v1 = v128.add<T>(v1, v128.mul<T>(factor, v128.load(c, 16)));
  }
  v128.store(c, v0);
  v128.store(c, v1, 16);
}
