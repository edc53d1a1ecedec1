// The kernels of the WebAssembly modules, by groups. Their interfaces are generated from assembly/
// (scripts/abi.mjs).
export type { DType, Flag, Handle } from "./handle.js";
export * from "./kernels.generated.js";
