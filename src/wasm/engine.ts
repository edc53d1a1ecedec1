// What an engine must have for the kernels, and what to do where it is missing.
import { UnsupportedError } from "./errors.js";
import { supportsSimd } from "./features.js";

/** @throws UnsupportedError where the engine has no WebAssembly. */
export function requireWebAssembly(): void {
  if (typeof WebAssembly === "object") return;
  throw new UnsupportedError(
    "lowrank: this engine has no WebAssembly, which the kernels need: it may be switched off " +
      "(node --jitless, a browser's lockdown mode), or never there (Hermes, QuickJS); lowrank/portable " +
      "computes without, with the same results: import it instead, or once beside other entries",
  );
}

/**
 * Compiles kernels.
 * @throws UnsupportedError that says whether SIMD is missing or a policy refuses to compile bytes;
 *   WebAssembly.CompileError when they are not a module.
 */
export function compile(bytes: BufferSource): WebAssembly.Module {
  requireWebAssembly();
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    if (WebAssembly.validate(bytes)) throw refused(cause);
    throw supportsSimd() ? cause : withoutSimd(cause);
  }
}

function refused(cause: unknown): UnsupportedError {
  return new UnsupportedError(
    "lowrank: this page or host refuses to compile WebAssembly from bytes: a page's " +
      "Content-Security-Policy must allow script-src 'wasm-unsafe-eval'; a host that compiles when it " +
      "deploys takes the export condition workerd or edge-light, or init with a compiled module of " +
      `lowrank/kernels.wasm (${cause})`,
    { cause },
  );
}

function withoutSimd(cause: unknown): UnsupportedError {
  return new UnsupportedError(
    "lowrank: this engine has WebAssembly without SIMD, which the kernels need: Safari has it from 16.4 " +
      "on, a virtual machine where it passes the processor's SSE4.1 on; lowrank/portable computes without, " +
      `with the same results: import it instead, or once beside other entries (${cause})`,
    { cause },
  );
}
