// The kernels with fused multiply-add, of lowrank/relaxed. Tests put this file instead of binary.ts.
import { decodeHex } from "./decode.js";
import { UnsupportedError } from "./errors.js";
import { supportsRelaxedSimd } from "./features.js";
import { relaxedKernelsHex } from "./kernels.relaxed.hex.js";

/**
 * Compiles the inlined module.
 * @throws UnsupportedError where the engine has no relaxed SIMD.
 */
export function compileKernels(): WebAssembly.Module {
  if (!supportsRelaxedSimd()) {
    throw new UnsupportedError(
      "lowrank/relaxed: this engine has no relaxed SIMD: import the same functions from " +
        '"lowrank", or ask supportsRelaxedSimd() before you choose',
    );
  }
  return new WebAssembly.Module(decodeHex(relaxedKernelsHex));
}
