// What a worker of a ThreadPool is given of the memory that all share.

/** `gemm_f32` or `gemm_f64` of assembly/threads.ts. */
export type Gemm = (...fields: number[]) => void;

/**
 * Tiles of products, `tileFields` numbers each: 1 for f64, transposeA, transposeB, m, n, k, and
 * address and stride of A, B and C.
 */
export type TileList = Uint32Array;
export const tileFields = 12;

/** What binds a worker to the shared memory, once. */
export interface Binding {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where this worker packs. */
  packing: number;
  /** A 32-bit word: the tiles that have been taken off the list. */
  counter: number;
  /** Where the workers find what to do together (assembly/team.ts), and how many they are. */
  board: number;
  threads: number;
  /** Where operands and results begin. */
  start: number;
}
