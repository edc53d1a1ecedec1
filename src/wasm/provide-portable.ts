// The kernels without SIMD, of lowrank/portable, inlined: the build puts this file before that entry. Where
// the engine has SIMD the kernels stay those of lowrank.
import { decodeHex } from "./decode.js";
import { compile } from "./engine.js";
import { supportsSimd } from "./features.js";
import { scalarHex } from "./kernels.scalar.hex.js";
import { provideKernels } from "./module.js";

let compiled: WebAssembly.Module | undefined;

provideKernels(() => {
  if (supportsSimd()) return undefined;
  compiled ??= compile(decodeHex(scalarHex));
  return compiled;
});
