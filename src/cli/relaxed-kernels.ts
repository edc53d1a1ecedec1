import { readFileSync } from "node:fs";
import { init, supportsRelaxedSimd } from "../wasm/index.js";
import { UsageError } from "./errors.js";
import { packageFile } from "./package-file.js";

/**
 * Takes the kernels of `lowrank/relaxed` for all that this process computes.
 * @throws UsageError where the engine has no relaxed SIMD.
 */
export function useRelaxedKernels(): void {
  if (!supportsRelaxedSimd()) {
    throw new UsageError("--relaxed needs relaxed SIMD, which Node has from version 22 on");
  }
  init(readFileSync(packageFile("dist/relaxed/edge/kernels.wasm")));
}
