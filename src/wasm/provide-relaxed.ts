// The kernels with fused multiply-add, of lowrank/relaxed, inlined: the build puts this file before that
// entry.
import { decodeText } from "./decode.js";
import { compile } from "./engine.js";
import { UnsupportedError } from "./errors.js";
import { supportsRelaxedSimd } from "./features.js";
import { wholeText } from "./kernels.relaxed.text.js";
import { provideKernels } from "./module.js";

let compiled: WebAssembly.Module | undefined;

provideKernels(() => {
  if (!supportsRelaxedSimd()) {
    throw new UnsupportedError(
      "lowrank/relaxed: this engine has no relaxed SIMD: import the same functions from " +
        '"lowrank", or ask supportsRelaxedSimd() before you choose',
    );
  }
  compiled ??= compile(decodeText(wholeText));
  return compiled;
});
