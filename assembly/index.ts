// The ABI: one export a line, the f32 and f64 instance of each generic kernel. Names end in the
// element type; what comes before is the key under which src/wasm/kernels.ts declares it.

import { gemm } from "./gemm";
import * as level1 from "./level1";

/** First byte that no static data occupies: the allocator of the host starts here. */
export function heapBase(): usize {
  return __heap_base;
}

export function dot_f32(n: i32, x: usize, y: usize): f32 {
  return level1.dot<f32>(n, x, y);
}
export function dot_f64(n: i32, x: usize, y: usize): f64 {
  return level1.dot<f64>(n, x, y);
}
export function axpy_f32(n: i32, alpha: f32, x: usize, y: usize): void {
  level1.axpy<f32>(n, alpha, x, y);
}
export function axpy_f64(n: i32, alpha: f64, x: usize, y: usize): void {
  level1.axpy<f64>(n, alpha, x, y);
}
export function scal_f32(n: i32, alpha: f32, x: usize): void {
  level1.scal<f32>(n, alpha, x);
}
export function scal_f64(n: i32, alpha: f64, x: usize): void {
  level1.scal<f64>(n, alpha, x);
}
export function nrm2_f32(n: i32, x: usize): f32 {
  return level1.nrm2<f32>(n, x);
}
export function nrm2_f64(n: i32, x: usize): f64 {
  return level1.nrm2<f64>(n, x);
}
export function amax_f32(n: i32, x: usize): f32 {
  return level1.amax<f32>(n, x);
}
export function amax_f64(n: i32, x: usize): f64 {
  return level1.amax<f64>(n, x);
}
export function sum_f32(n: i32, x: usize): f32 {
  return level1.sum<f32>(n, x);
}
export function sum_f64(n: i32, x: usize): f64 {
  return level1.sum<f64>(n, x);
}
export function sumOfSquares_f32(n: i32, x: usize): f64 { return level1.sumOfSquares<f32>(n, x); }
export function sumOfSquares_f64(n: i32, x: usize): f64 { return level1.sumOfSquares<f64>(n, x); }
export function firstNonFinite_f32(n: i32, x: usize): i32 {
  return level1.firstNonFinite<f32>(n, x);
}
export function firstNonFinite_f64(n: i32, x: usize): i32 {
  return level1.firstNonFinite<f64>(n, x);
}
export function gemm_f32(
  ta: i32,
  tb: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  beta: f32,
  c: usize,
  ldc: i32,
): void {
  gemm<f32>(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
export function gemm_f64(
  ta: i32,
  tb: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f64,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  beta: f64,
  c: usize,
  ldc: i32,
): void {
  gemm<f64>(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
