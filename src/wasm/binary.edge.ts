// The compiled kernels for runtimes that refuse to compile bytes (Cloudflare Workers, Vercel's
// edge): the module is imported and the platform compiles it when it deploys.
import kernels from "./kernels.wasm?module";

/** The statically imported module. */
export function compileKernels(): WebAssembly.Module {
  return kernels;
}
