// What kernels are called with beside numbers.

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
