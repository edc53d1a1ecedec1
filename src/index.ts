export { type MatmulOptions, matmul } from "./linalg/matmul.js";
export { Matrix } from "./linalg/matrix.js";
export { type DType, init, OutOfMemoryError } from "./wasm/index.js";
