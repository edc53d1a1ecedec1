import type { DType } from "../wasm/index.js";

/**
 * How far rounding takes a run of a few thousand steps off the theorem, with some room: in units of
 * a fitted factor's norm, or of the product's for the end-to-end gap.
 */
interface Tolerance {
  /** Blocks that must vanish, or be multiples of the identity. */
  readonly block: number;
  /** Passive scalars against the recursion. */
  readonly scalar: number;
  /** Two runs against each other, and their products. */
  readonly run: number;
  /** Singular values. */
  readonly spectrum: number;
  /** Orthogonality of the frames. */
  readonly frame: number;
}

export const tolerances: Record<DType, Tolerance> = {
  f64: { block: 1e-12, scalar: 1e-11, run: 1e-10, spectrum: 1e-11, frame: 1e-12 },
  f32: { block: 1e-4, scalar: 2e-4, run: 1e-3, spectrum: 1e-4, frame: 1e-12 },
};
