// Ceilings of arithmetic: multiply-adds on registers alone, and register tiles over panels that stay
// in L1. A tile of R x V vectors does 2 R V lanes operations per step of depth, with V loads of B and R
// splats of A. Which shape is the fastest depends on the engine and the processor: the best counts.
import { multiplyAdd } from "../../assembly/simd";

/**
 * Twelve chains of c <- factor c + term, enough to hide the latency of both operations, and they fit
 * into the registers. They start apart, or a compiler may keep only one; factor and term are no
 * constants, or an engine may make them anew for each use.
 */
export function registers<T>(runs: i32, factor: T, term: T): T {
  const f = v128.splat<T>(factor);
  const t = v128.splat<T>(term);
  let c0 = v128.splat<T>(<T>0);
  let c1 = v128.splat<T>(<T>1);
  let c2 = v128.splat<T>(<T>2);
  let c3 = v128.splat<T>(<T>3);
  let c4 = v128.splat<T>(<T>4);
  let c5 = v128.splat<T>(<T>5);
  let c6 = v128.splat<T>(<T>6);
  let c7 = v128.splat<T>(<T>7);
  let c8 = v128.splat<T>(<T>8);
  let c9 = v128.splat<T>(<T>9);
  let c10 = v128.splat<T>(<T>10);
  let c11 = v128.splat<T>(<T>11);
  for (let i = 0; i < runs; i++) {
    c0 = multiplyAdd<T>(c0, f, t);
    c1 = multiplyAdd<T>(c1, f, t);
    c2 = multiplyAdd<T>(c2, f, t);
    c3 = multiplyAdd<T>(c3, f, t);
    c4 = multiplyAdd<T>(c4, f, t);
    c5 = multiplyAdd<T>(c5, f, t);
    c6 = multiplyAdd<T>(c6, f, t);
    c7 = multiplyAdd<T>(c7, f, t);
    c8 = multiplyAdd<T>(c8, f, t);
    c9 = multiplyAdd<T>(c9, f, t);
    c10 = multiplyAdd<T>(c10, f, t);
    c11 = multiplyAdd<T>(c11, f, t);
  }
  c0 = v128.add<T>(c0, c1);
  c0 = v128.add<T>(c0, c2);
  c0 = v128.add<T>(c0, c3);
  c0 = v128.add<T>(c0, c4);
  c0 = v128.add<T>(c0, c5);
  c0 = v128.add<T>(c0, c6);
  c0 = v128.add<T>(c0, c7);
  c0 = v128.add<T>(c0, c8);
  c0 = v128.add<T>(c0, c9);
  c0 = v128.add<T>(c0, c10);
  c0 = v128.add<T>(c0, c11);
  return v128.extract_lane<T>(c0, 0);
}

/** `runs` times C = A B on 4, 5 or 6 rows x 2 vectors; `rows` is a constant. */
// @ts-ignore: decorator
@inline
export function tallTile<T>(
  rows: i32, runs: i32, depth: i32, a: usize, b: usize, c: usize,
): void {
  const size = <usize>sizeof<T>();
  const zero = v128.splat<T>(<T>0);
  for (let run = 0; run < runs; run++) {
    let c00 = zero, c01 = zero;
    let c10 = zero, c11 = zero;
    let c20 = zero, c21 = zero;
    let c30 = zero, c31 = zero;
    let c40 = zero, c41 = zero;
    let c50 = zero, c51 = zero;
    let from = b;
    const end = a + size * (rows * depth);
    for (let p = a; p != end; p += size * rows) {
      const b0 = v128.load(from, 0);
      const b1 = v128.load(from, 16);
      let s = zero;
      s = v128.load_splat<T>(p, 0 * sizeof<T>());
      c00 = multiplyAdd<T>(s, b0, c00);
      c01 = multiplyAdd<T>(s, b1, c01);
      s = v128.load_splat<T>(p, 1 * sizeof<T>());
      c10 = multiplyAdd<T>(s, b0, c10);
      c11 = multiplyAdd<T>(s, b1, c11);
      s = v128.load_splat<T>(p, 2 * sizeof<T>());
      c20 = multiplyAdd<T>(s, b0, c20);
      c21 = multiplyAdd<T>(s, b1, c21);
      s = v128.load_splat<T>(p, 3 * sizeof<T>());
      c30 = multiplyAdd<T>(s, b0, c30);
      c31 = multiplyAdd<T>(s, b1, c31);
      if (rows > 4) {
        s = v128.load_splat<T>(p, 4 * sizeof<T>());
        c40 = multiplyAdd<T>(s, b0, c40);
        c41 = multiplyAdd<T>(s, b1, c41);
      }
      if (rows > 5) {
        s = v128.load_splat<T>(p, 5 * sizeof<T>());
        c50 = multiplyAdd<T>(s, b0, c50);
        c51 = multiplyAdd<T>(s, b1, c51);
      }
      from += 32;
    }
    v128.store(c, c00, 0);
    v128.store(c, c01, 16);
    v128.store(c, c10, 32);
    v128.store(c, c11, 48);
    v128.store(c, c20, 64);
    v128.store(c, c21, 80);
    v128.store(c, c30, 96);
    v128.store(c, c31, 112);
    if (rows > 4) v128.store(c, c40, 128);
    if (rows > 4) v128.store(c, c41, 144);
    if (rows > 5) v128.store(c, c50, 160);
    if (rows > 5) v128.store(c, c51, 176);
  }
}

/** The same on 2 or 3 rows x 3 or 4 vectors; both are constants. */
// @ts-ignore: decorator
@inline
export function wideTile<T>(
  rows: i32, vectors: i32, runs: i32, depth: i32, a: usize, b: usize, c: usize,
): void {
  const size = <usize>sizeof<T>();
  const zero = v128.splat<T>(<T>0);
  for (let run = 0; run < runs; run++) {
    let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
    let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
    let c20 = zero, c21 = zero, c22 = zero, c23 = zero;
    let from = b;
    const end = a + size * (rows * depth);
    for (let p = a; p != end; p += size * rows) {
      const b0 = v128.load(from, 0);
      const b1 = v128.load(from, 16);
      const b2 = v128.load(from, 32);
      const b3 = vectors > 3 ? v128.load(from, 48) : zero;
      let s = zero;
      s = v128.load_splat<T>(p, 0 * sizeof<T>());
      c00 = multiplyAdd<T>(s, b0, c00);
      c01 = multiplyAdd<T>(s, b1, c01);
      c02 = multiplyAdd<T>(s, b2, c02);
      if (vectors > 3) c03 = multiplyAdd<T>(s, b3, c03);
      s = v128.load_splat<T>(p, 1 * sizeof<T>());
      c10 = multiplyAdd<T>(s, b0, c10);
      c11 = multiplyAdd<T>(s, b1, c11);
      c12 = multiplyAdd<T>(s, b2, c12);
      if (vectors > 3) c13 = multiplyAdd<T>(s, b3, c13);
      if (rows > 2) {
        s = v128.load_splat<T>(p, 2 * sizeof<T>());
        c20 = multiplyAdd<T>(s, b0, c20);
        c21 = multiplyAdd<T>(s, b1, c21);
        c22 = multiplyAdd<T>(s, b2, c22);
        if (vectors > 3) c23 = multiplyAdd<T>(s, b3, c23);
      }
      from += <usize>(16 * vectors);
    }
    v128.store(c, c00, 0);
    v128.store(c, c01, 16);
    v128.store(c, c02, 32);
    if (vectors > 3) v128.store(c, c03, 48);
    v128.store(c, c10, 64);
    v128.store(c, c11, 80);
    v128.store(c, c12, 96);
    if (vectors > 3) v128.store(c, c13, 112);
    if (rows > 2) v128.store(c, c20, 128);
    if (rows > 2) v128.store(c, c21, 144);
    if (rows > 2) v128.store(c, c22, 160);
    if (rows > 2 && vectors > 3) v128.store(c, c23, 176);
  }
}

/** 2 rows x 4 vectors, four steps for one move of the pointers. */
// @ts-ignore: decorator
@inline
export function unrolledTile<T>(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  const zero = v128.splat<T>(<T>0);
  const end = b + <usize>(64 * depth);
  const end1 = end - 64, end2 = end - 128, end3 = end - 192;
  for (let run = 0; run < runs; run++) {
    let c00 = zero, c01 = zero, c02 = zero, c03 = zero;
    let c10 = zero, c11 = zero, c12 = zero, c13 = zero;
    let b0 = zero, b1 = zero, b2 = zero, b3 = zero, s = zero;
    let p = a;
    for (let from = b; from != end; from += 256) {
      b0 = v128.load(from, 0);
      b1 = v128.load(from, 16);
      b2 = v128.load(from, 32);
      b3 = v128.load(from, 48);
      s = v128.load_splat<T>(p, 0 * sizeof<T>());
      c00 = multiplyAdd<T>(s, b0, c00);
      c01 = multiplyAdd<T>(s, b1, c01);
      c02 = multiplyAdd<T>(s, b2, c02);
      c03 = multiplyAdd<T>(s, b3, c03);
      s = v128.load_splat<T>(p, 1 * sizeof<T>());
      c10 = multiplyAdd<T>(s, b0, c10);
      c11 = multiplyAdd<T>(s, b1, c11);
      c12 = multiplyAdd<T>(s, b2, c12);
      c13 = multiplyAdd<T>(s, b3, c13);
      // Keeps the compiler from loading for all steps first.
      if (from == end1) break;
      b0 = v128.load(from, 64);
      b1 = v128.load(from, 80);
      b2 = v128.load(from, 96);
      b3 = v128.load(from, 112);
      s = v128.load_splat<T>(p, 2 * sizeof<T>());
      c00 = multiplyAdd<T>(s, b0, c00);
      c01 = multiplyAdd<T>(s, b1, c01);
      c02 = multiplyAdd<T>(s, b2, c02);
      c03 = multiplyAdd<T>(s, b3, c03);
      s = v128.load_splat<T>(p, 3 * sizeof<T>());
      c10 = multiplyAdd<T>(s, b0, c10);
      c11 = multiplyAdd<T>(s, b1, c11);
      c12 = multiplyAdd<T>(s, b2, c12);
      c13 = multiplyAdd<T>(s, b3, c13);
      if (from == end2) break;
      b0 = v128.load(from, 128);
      b1 = v128.load(from, 144);
      b2 = v128.load(from, 160);
      b3 = v128.load(from, 176);
      s = v128.load_splat<T>(p, 4 * sizeof<T>());
      c00 = multiplyAdd<T>(s, b0, c00);
      c01 = multiplyAdd<T>(s, b1, c01);
      c02 = multiplyAdd<T>(s, b2, c02);
      c03 = multiplyAdd<T>(s, b3, c03);
      s = v128.load_splat<T>(p, 5 * sizeof<T>());
      c10 = multiplyAdd<T>(s, b0, c10);
      c11 = multiplyAdd<T>(s, b1, c11);
      c12 = multiplyAdd<T>(s, b2, c12);
      c13 = multiplyAdd<T>(s, b3, c13);
      if (from == end3) break;
      b0 = v128.load(from, 192);
      b1 = v128.load(from, 208);
      b2 = v128.load(from, 224);
      b3 = v128.load(from, 240);
      s = v128.load_splat<T>(p, 6 * sizeof<T>());
      c00 = multiplyAdd<T>(s, b0, c00);
      c01 = multiplyAdd<T>(s, b1, c01);
      c02 = multiplyAdd<T>(s, b2, c02);
      c03 = multiplyAdd<T>(s, b3, c03);
      s = v128.load_splat<T>(p, 7 * sizeof<T>());
      c10 = multiplyAdd<T>(s, b0, c10);
      c11 = multiplyAdd<T>(s, b1, c11);
      c12 = multiplyAdd<T>(s, b2, c12);
      c13 = multiplyAdd<T>(s, b3, c13);
      p += 8 * sizeof<T>();
    }
    v128.store(c, c00, 0);
    v128.store(c, c01, 16);
    v128.store(c, c02, 32);
    v128.store(c, c03, 48);
    v128.store(c, c10, 64);
    v128.store(c, c11, 80);
    v128.store(c, c12, 96);
    v128.store(c, c13, 112);
  }
}
