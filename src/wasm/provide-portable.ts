// The kernels of lowrank/portable in plain JavaScript: the build puts this file before that entry. Where the
// engine has WebAssembly with SIMD the kernels stay those of lowrank.
import { supportsSimd } from "./features.js";
import { instantiate } from "./kernels.plain.js";
import { providePlainKernels } from "./module.js";
import { PlainMemory } from "./plain-memory.js";

if (!supportsSimd()) {
  providePlainKernels({ instantiate, newMemory: (pages) => new PlainMemory(pages) });
}
