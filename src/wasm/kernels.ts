// The kernels of the WebAssembly module, once for each element type. Their interface is generated
// from assembly/ (scripts/abi.mjs); the suffixes _f32 and _f64 of the exports are taken off here.
import type { DType } from "./handle.js";
import type { DoubleKernels } from "./kernels.generated.js";

export type { DType, Flag, Handle } from "./handle.js";
export type { DoubleKernels, Kernels } from "./kernels.generated.js";

/** The kernels of one element type among an instance's exports. */
export function bindKernels(exports: WebAssembly.Exports, dtype: DType): DoubleKernels {
  const suffix = `_${dtype}`;
  const bound: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(exports)) {
    if (name.endsWith(suffix)) bound[name.slice(0, -suffix.length)] = value;
  }
  return bound as unknown as DoubleKernels;
}
