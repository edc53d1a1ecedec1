// The ABI of the module whose instances share a memory, one in each worker: what is worth splitting
// across threads. Names as in index.ts.
import { gemm } from "./gemm";

export { packingBytes, usePacking } from "./gemm";

/** First byte that no static data occupies. */
export function heapBase(): usize {
  return __heap_base;
}

export function gemm_f32(
  transposeA: i32, transposeB: i32, m: i32, n: i32, k: i32,
  alpha: f32, a: usize, lda: i32, b: usize, ldb: i32, beta: f32, c: usize, ldc: i32,
): void {
  gemm<f32>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
export function gemm_f64(
  transposeA: i32, transposeB: i32, m: i32, n: i32, k: i32,
  alpha: f64, a: usize, lda: i32, b: usize, ldb: i32, beta: f64, c: usize, ldc: i32,
): void {
  gemm<f64>(transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
