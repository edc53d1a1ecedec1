// For entries without kernels, whose files are shared: the build puts this file instead of binary.ts,
// and provide-edge.ts or provide-relaxed.ts bring the kernels.
import { UnsupportedError } from "./errors.js";

let provided: (() => WebAssembly.Module) | undefined;

/** Says where the kernels come from. They are not asked for before the first computation. */
export function provideKernels(compile: () => WebAssembly.Module): void {
  provided = compile;
}

/** The module that was provided. */
export function compileKernels(): WebAssembly.Module {
  if (provided === undefined) {
    throw new UnsupportedError("the kernels are not there yet: they must be handed to init first");
  }
  return provided();
}
