// What a ThreadPool and its workers say to each other.
import type { pca } from "../decompositions/pca.js";
import type { eigh } from "../linalg/eigh.js";
import type { Matrix } from "../linalg/matrix.js";
import type { randomizedSvd } from "../linalg/randomized-svd.js";
import type { svd } from "../linalg/svd.js";
import type { Binding, TileList } from "../wasm/for-threads.js";
import type { FloatArray } from "../wasm/index.js";

/** What one worker computes with the help of the others. */
export interface Decompositions {
  svd: typeof svd;
  eigh: typeof eigh;
  randomizedSvd: (A: Matrix, options: Parameters<typeof randomizedSvd>[1]) => object;
  pca: (X: Matrix, options: Parameters<typeof pca>[1]) => object;
}

/** A decomposition of a matrix. */
export interface Call {
  /** From 1 on. */
  number: number;
  name: keyof Decompositions;
  rows: number;
  cols: number;
  data: FloatArray;
  options: object;
}

/** To a worker. */
export interface Request {
  /** In the first message: the shared memory. */
  binding?: Binding;
  /** Tiles of products, to be taken off the list until none is left. */
  tiles?: TileList;
  call?: Call;
  /** Help the one that has the call of this number. */
  help?: number;
}

/** An error as it can be cloned, with what an OutOfMemoryError says besides. */
export interface Refusal {
  kind: string;
  message: string;
  requestedBytes?: number;
  heldBytes?: number;
}

/** When it is done. */
export interface Answer {
  /** What the decomposition returned, as it can be cloned. */
  found?: object;
  /** The error that the decomposition threw: the caller's. */
  refused?: Refusal;
  /** The worker's own. */
  error?: string;
}
