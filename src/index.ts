export { type Eigh, type EighOptions, eigh } from "./linalg/eigh.js";
export type { LinearOperator } from "./linalg/linear-operator.js";
export { type MatmulOptions, matmul } from "./linalg/matmul.js";
export { Matrix } from "./linalg/matrix.js";
export { type QR, qr } from "./linalg/qr.js";
export { type RandomizedSvdOptions, randomizedSvd } from "./linalg/randomized-svd.js";
export { SparseMatrix, type Triplets } from "./linalg/sparse-matrix.js";
export { type SVD, type SvdOptions, svd } from "./linalg/svd.js";
export { type AdamOptions, adam } from "./optim/adam.js";
export { type AdamwOptions, adamw } from "./optim/adamw.js";
export { type GdOptions, gd } from "./optim/gd.js";
export { type MomentumOptions, momentum } from "./optim/momentum.js";
export type { Optimizer } from "./optim/optimizer.js";
export {
  constant,
  cosine,
  type DecayOptions,
  linearDecay,
  type Schedule,
} from "./optim/schedules.js";
export { type DType, init, OutOfMemoryError } from "./wasm/index.js";
