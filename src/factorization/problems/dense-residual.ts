import type { Block, Handle } from "../../wasm/index.js";

/** The products of a bound problem with a dense R, whatever their width. */
export function denseProducts({ kernels, rows, cols, handle: R }: Block) {
  return {
    multiply(width: number, x: Handle, out: Handle): void {
      kernels.gemm(0, 0, rows, width, cols, 1, R, cols, x, width, 0, out, width);
    },
    multiplyTransposed(width: number, x: Handle, out: Handle): void {
      kernels.gemm(1, 0, cols, width, rows, 1, R, cols, x, width, 0, out, width);
    },
  };
}
