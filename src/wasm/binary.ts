// The compiled kernels for runtimes that may compile WebAssembly from bytes. The build swaps this
// file for binary.provided.ts where they come from elsewhere.
import { decodeHex } from "./decode.js";
import { kernelsHex } from "./kernels.hex.js";

/** Compiles the inlined module: about a millisecond, once. */
export function compileKernels(): WebAssembly.Module {
  return new WebAssembly.Module(decodeHex(kernelsHex));
}
