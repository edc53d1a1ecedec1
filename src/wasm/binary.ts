// The compiled kernels for runtimes that may compile WebAssembly from bytes. The build swaps this
// file for binary.edge.ts under the export conditions `workerd` and `edge-light`.
import { decodeBase64 } from "./decode.js";
import { kernelsBase64 } from "./kernels.base64.js";

/** Compiles the inlined module: about a millisecond, once. */
export function compileKernels(): WebAssembly.Module {
  return new WebAssembly.Module(decodeBase64(kernelsBase64));
}
