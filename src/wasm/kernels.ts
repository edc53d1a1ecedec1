// What the WebAssembly module exports, once for each element type. This interface is the one line
// that a new kernel needs here; the suffixes _f32 and _f64 of assembly/index.ts are taken off.

/** Element type of matrices and kernels. */
export type DType = "f32" | "f64";

declare const handleBrand: unique symbol;
/**
 * A place in a job's memory. Opaque: only `src/wasm` makes one and kernels take it. At run time it
 * is the byte address, so passing one costs nothing.
 */
export type Handle = number & { readonly [handleBrand]: true };

/** 0 or 1: a flag as kernels take it. */
export type Flag = 0 | 1;

/** The kernels of one element type, bound to one instance. Sizes count elements; strides too. */
export interface Kernels {
  dot(n: number, x: Handle, y: Handle): number;
  axpy(n: number, alpha: number, x: Handle, y: Handle): void;
  scal(n: number, alpha: number, x: Handle): void;
  nrm2(n: number, x: Handle): number;
  amax(n: number, x: Handle): number;
  sum(n: number, x: Handle): number;
  sumOfSquares(n: number, x: Handle): number;
  firstNonFinite(n: number, x: Handle): number;
  // biome-ignore format: one kernel a line
  gemm(transposeA: Flag, transposeB: Flag, m: number, n: number, k: number, alpha: number, a: Handle, lda: number, b: Handle, ldb: number, beta: number, c: Handle, ldc: number): void;
}

/** The kernels of one element type among an instance's exports. */
export function bindKernels(exports: WebAssembly.Exports, dtype: DType): Kernels {
  const suffix = `_${dtype}`;
  const bound: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (name.endsWith(suffix)) bound[name.slice(0, -suffix.length)] = value;
  }
  return bound as unknown as Kernels;
}
