// The innermost part of gemm: one sliver of B, 4, 2 or 1 vectors wide, against all rows of a block
// of A. A tile of C (2 x 4, 4 x 2 or 4 x 1 vectors) stays in registers while k ascends.
//
// 2 x 4 and 4 x 2 spill in no engine measured (V8 of Node 20 and 24, JavaScriptCore); 2 x 4 is the
// faster one in JavaScriptCore. Rows of A are walked by pointers of their own, which costs nothing
// on these engines, so that A may be packed or lie as it is stored.
//
// Where B is packed, four steps of the widest tile share one move of its pointer. The exit between
// two of them is what keeps the engine from loading for all four at once, which spills; it also
// leaves no rest. The pointers into A move every step: a constant offset of a load that fills a
// vector costs V8 an instruction, and JavaScriptCore a third of the speed.
//
// The last row comes first, and in the widest tile the last vector: V8 of Node 20 turns the order
// around, and would otherwise load for all rows before the first addition: a tenth slower.
import { at, multiplyAdd } from "./simd";

/** Twice sixteen bytes, zeros then ones: where lanes to leave alone end. */
const lanesToStore: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
]);

// How far apart the rows of B are, as the size of a type, for a load's offset is a constant: a
// sliver's width, as they are packed; where it is 0, what `stepB` says.
@unmanaged
class Packed { a: v128; b: v128; c: v128; d: v128; }
@unmanaged
class Strided {}

// Vectors of a narrow tile, likewise.
@unmanaged
class One { a: u8; }
@unmanaged
class Two { a: u8; b: u8; }

/** Steps through a block of A and a sliver of B of 4, 2 or 1 vectors; see `tiles4`. */
// @ts-ignore: decorator
@inline
export function tiles<T>(
  vectors: i32, m: i32, k: i32, a: usize, group: usize, row: usize, step: usize,
  b: usize, stepB: usize, alpha: T, beta: T, skip: i32, c: usize, ldc: i32,
): void {
  if (vectors == 2) {
    tilesNarrow<T, Two>(m, k, a, group, row, step, b, stepB, alpha, beta, skip, c, ldc);
  } else if (vectors == 1) {
    tilesNarrow<T, One>(m, k, a, group, row, step, b, stepB, alpha, beta, skip, c, ldc);
  } else if (stepB == offsetof<Packed>()) {
    tiles4<T, Packed>(m, k, a, group, row, step, b, stepB, alpha, beta, skip, c, ldc);
  } else {
    tiles4<T, Strided>(m, k, a, group, row, step, b, stepB, alpha, beta, skip, c, ldc);
  }
}

/**
 * C (m x 4 vectors) <- alpha A B + beta C. Row i of A starts at a + (i / 4) group + (i mod 4) row
 * bytes and walks in steps of `step` bytes; B walks in steps of `stepB`. `skip` lanes of the first
 * vector belong to the sliver before: where beta is not 0 they are left alone.
 */
function tiles4<T, S>(
  m: i32, k: i32, a: usize, group: usize, row: usize, step: usize, b: usize, stepB: usize,
  alpha: T, beta: T, skip: i32, c: usize, ldc: i32,
): void {
  const down = at<T>(0, ldc);
  const scale = v128.splat<T>(alpha);
  const factor = v128.splat<T>(beta);
  const fresh = beta == <T>0;
  const keep = v128.load(lanesToStore + 16 - at<T>(0, skip));
  const end = b + <usize>k * stepB;
  const end1 = end - 64, end2 = end - 128, end3 = end - 192;
  for (let i = 0; i < m; i += 2) {
    let a0 = a + <usize>(i >> 2) * group + <usize>(i & 2) * row;
    let a1 = i + 1 < m ? a0 + row : a0;
    let p = b;
    let c00 = v128.splat<T>(<T>0);
    let c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
    let b0 = c00, b1 = c00, b2 = c00, b3 = c00, s = c00;
    for (; p != end; ) {
      b3 = v128.load(p, 48);
      b2 = v128.load(p, 32);
      b1 = v128.load(p, 16);
      b0 = v128.load(p);
      s = v128.load_splat<T>(a1);
      c13 = multiplyAdd<T>(s, b3, c13);
      c12 = multiplyAdd<T>(s, b2, c12);
      c11 = multiplyAdd<T>(s, b1, c11);
      c10 = multiplyAdd<T>(s, b0, c10);
      s = v128.load_splat<T>(a0);
      c03 = multiplyAdd<T>(s, b3, c03);
      c02 = multiplyAdd<T>(s, b2, c02);
      c01 = multiplyAdd<T>(s, b1, c01);
      c00 = multiplyAdd<T>(s, b0, c00);
      if (offsetof<S>() == 0) {
        a0 += step;
        a1 += step;
        p += stepB;
        continue;
      }
      if (p == end1) break;
      a0 += step;
      a1 += step;
      b3 = v128.load(p, 112);
      b2 = v128.load(p, 96);
      b1 = v128.load(p, 80);
      b0 = v128.load(p, 64);
      s = v128.load_splat<T>(a1);
      c13 = multiplyAdd<T>(s, b3, c13);
      c12 = multiplyAdd<T>(s, b2, c12);
      c11 = multiplyAdd<T>(s, b1, c11);
      c10 = multiplyAdd<T>(s, b0, c10);
      s = v128.load_splat<T>(a0);
      c03 = multiplyAdd<T>(s, b3, c03);
      c02 = multiplyAdd<T>(s, b2, c02);
      c01 = multiplyAdd<T>(s, b1, c01);
      c00 = multiplyAdd<T>(s, b0, c00);
      if (p == end2) break;
      a0 += step;
      a1 += step;
      b3 = v128.load(p, 176);
      b2 = v128.load(p, 160);
      b1 = v128.load(p, 144);
      b0 = v128.load(p, 128);
      s = v128.load_splat<T>(a1);
      c13 = multiplyAdd<T>(s, b3, c13);
      c12 = multiplyAdd<T>(s, b2, c12);
      c11 = multiplyAdd<T>(s, b1, c11);
      c10 = multiplyAdd<T>(s, b0, c10);
      s = v128.load_splat<T>(a0);
      c03 = multiplyAdd<T>(s, b3, c03);
      c02 = multiplyAdd<T>(s, b2, c02);
      c01 = multiplyAdd<T>(s, b1, c01);
      c00 = multiplyAdd<T>(s, b0, c00);
      if (p == end3) break;
      a0 += step;
      a1 += step;
      b3 = v128.load(p, 240);
      b2 = v128.load(p, 224);
      b1 = v128.load(p, 208);
      b0 = v128.load(p, 192);
      s = v128.load_splat<T>(a1);
      c13 = multiplyAdd<T>(s, b3, c13);
      c12 = multiplyAdd<T>(s, b2, c12);
      c11 = multiplyAdd<T>(s, b1, c11);
      c10 = multiplyAdd<T>(s, b0, c10);
      s = v128.load_splat<T>(a0);
      c03 = multiplyAdd<T>(s, b3, c03);
      c02 = multiplyAdd<T>(s, b2, c02);
      c01 = multiplyAdd<T>(s, b1, c01);
      c00 = multiplyAdd<T>(s, b0, c00);
      a0 += step;
      a1 += step;
      p += 256;
    }
    const to = at<T>(c, i * ldc);
    storeRow<T>(fresh, 4, scale, factor, keep, c00, c01, c02, c03, to);
    if (i + 1 < m) storeRow<T>(fresh, 4, scale, factor, keep, c10, c11, c12, c13, to + down);
  }
}

/** As `tiles4`, one or two vectors wide. */
function tilesNarrow<T, Vectors>(
  m: i32, k: i32, a: usize, group: usize, row: usize, step: usize, b: usize, stepB: usize,
  alpha: T, beta: T, skip: i32, c: usize, ldc: i32,
): void {
  const vectors = <i32>offsetof<Vectors>();
  const down = at<T>(0, ldc);
  const scale = v128.splat<T>(alpha);
  const factor = v128.splat<T>(beta);
  const fresh = beta == <T>0;
  const keep = v128.load(lanesToStore + 16 - at<T>(0, skip));
  const end = b + <usize>k * stepB;
  for (let i = 0; i < m; i += 4) {
    let a0 = a + <usize>(i >> 2) * group;
    let a1 = i + 1 < m ? a0 + row : a0;
    let a2 = i + 2 < m ? a1 + row : a0;
    let a3 = i + 3 < m ? a2 + row : a0;
    let p = b;
    let c00 = v128.splat<T>(<T>0);
    let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    for (; p != end; ) {
      const b0 = v128.load(p);
      const b1 = vectors > 1 ? v128.load(p, 16) : b0;
      let s = v128.load_splat<T>(a3);
      c30 = multiplyAdd<T>(s, b0, c30);
      if (vectors > 1) c31 = multiplyAdd<T>(s, b1, c31);
      s = v128.load_splat<T>(a2);
      c20 = multiplyAdd<T>(s, b0, c20);
      if (vectors > 1) c21 = multiplyAdd<T>(s, b1, c21);
      s = v128.load_splat<T>(a1);
      c10 = multiplyAdd<T>(s, b0, c10);
      if (vectors > 1) c11 = multiplyAdd<T>(s, b1, c11);
      s = v128.load_splat<T>(a0);
      c00 = multiplyAdd<T>(s, b0, c00);
      if (vectors > 1) c01 = multiplyAdd<T>(s, b1, c01);
      a0 += step;
      a1 += step;
      a2 += step;
      a3 += step;
      p += stepB;
    }
    let to = at<T>(c, i * ldc);
    storeRow<T>(fresh, vectors, scale, factor, keep, c00, c01, c01, c01, to);
    if (i + 1 == m) return;
    to += down;
    storeRow<T>(fresh, vectors, scale, factor, keep, c10, c11, c11, c11, to);
    if (i + 2 == m) return;
    to += down;
    storeRow<T>(fresh, vectors, scale, factor, keep, c20, c21, c21, c21, to);
    if (i + 3 == m) return;
    to += down;
    storeRow<T>(fresh, vectors, scale, factor, keep, c30, c31, c31, c31, to);
  }
}

/**
 * A row of C, of `vectors` vectors (a constant) <- alpha times these + beta C; `fresh` where beta
 * is 0. Lanes of the first that `keep` leaves out stay as they are.
 */
// @ts-ignore: decorator
@inline
function storeRow<T>(
  fresh: bool, vectors: i32, alpha: v128, beta: v128, keep: v128,
  c0: v128, c1: v128, c2: v128, c3: v128, to: usize,
): void {
  let r0 = v128.mul<T>(alpha, c0);
  let r1 = vectors > 1 ? v128.mul<T>(alpha, c1) : r0;
  let r2 = vectors > 2 ? v128.mul<T>(alpha, c2) : r0;
  let r3 = vectors > 3 ? v128.mul<T>(alpha, c3) : r0;
  if (!fresh) {
    const old = v128.load(to);
    r0 = v128.bitselect(v128.add<T>(r0, v128.mul<T>(beta, old)), old, keep);
    if (vectors > 1) r1 = v128.add<T>(r1, v128.mul<T>(beta, v128.load(to, 16)));
    if (vectors > 2) r2 = v128.add<T>(r2, v128.mul<T>(beta, v128.load(to, 32)));
    if (vectors > 3) r3 = v128.add<T>(r3, v128.mul<T>(beta, v128.load(to, 48)));
  }
  v128.store(to, r0);
  if (vectors > 1) v128.store(to, r1, 16);
  if (vectors > 2) v128.store(to, r2, 32);
  if (vectors > 3) v128.store(to, r3, 48);
}
