// The kernels of the WebAssembly module, once for each element type. Their interface is generated
// from assembly/ (scripts/abi.mjs); the suffixes _f32 and _f64 of the exports are taken off here.
import type { DoubleKernels } from "./kernels.generated.js";

export type { DoubleKernels, Kernels } from "./kernels.generated.js";

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

/** The kernels of one element type among an instance's exports. */
export function bindKernels(exports: WebAssembly.Exports, dtype: DType): DoubleKernels {
  const suffix = `_${dtype}`;
  const bound: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (name.endsWith(suffix)) bound[name.slice(0, -suffix.length)] = value;
  }
  return bound as unknown as DoubleKernels;
}
