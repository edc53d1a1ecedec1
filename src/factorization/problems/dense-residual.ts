import { type Block, type Handle, productsKernels } from "../../wasm/index.js";

/** The products of a bound problem with a dense R, whatever their width. */
export function denseProducts(residual: Block) {
  const { rows, cols, handle: R } = residual;
  const { gemm } = residual.use(productsKernels);
  return {
    multiply(width: number, x: Handle, out: Handle): void {
      gemm(0, 0, rows, width, cols, 1, R, cols, x, width, 0, out, width);
    },
    multiplyTransposed(width: number, x: Handle, out: Handle): void {
      gemm(1, 0, cols, width, rows, 1, R, cols, x, width, 0, out, width);
    },
  };
}
