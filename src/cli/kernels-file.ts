// The compiled kernels for the command, which is shipped with the package's other files: the build puts
// this file instead of src/wasm/binary.ts.
import { readFileSync } from "node:fs";
import { packageFile } from "./package-file.js";

/** Compiles the module that the package ships as a file. */
export function compileKernels(): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(packageFile("dist/edge/kernels.wasm")));
}
