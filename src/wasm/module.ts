import { compileKernels } from "./binary.js";

let compiled: WebAssembly.Module | undefined;
let given: WebAssembly.Module | BufferSource | undefined;

/** The compiled kernel module: compiled on first use, then kept. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= compileKernels();
  return compiled;
}

/**
 * Hands over the kernel module by hand. Never needed where the package loads itself; it is for
 * hosts with rules of their own about where WebAssembly comes from. Call it before anything else.
 *
 * @param source - a compiled `WebAssembly.Module` of `lowrank/kernels.wasm`, or its bytes.
 * @throws TypeError when `source` is neither.
 */
export function init(source: WebAssembly.Module | BufferSource): void {
  // The tag, not instanceof: a module made in another realm (edge-runtime, Next.js) is a module.
  const tag = Object.prototype.toString.call(source);
  if (tag === "[object WebAssembly.Module]") {
    compiled = source as WebAssembly.Module;
    given = compiled;
    return;
  }
  const bytes = copyOf(source, tag);
  compiled = new WebAssembly.Module(bytes);
  given = bytes;
}

/** A copy: engines refuse a DataView here, and bytes that lie in shared or resizable memory. */
function copyOf(source: unknown, tag: string): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return new Uint8Array(new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (tag === "[object ArrayBuffer]") return new Uint8Array(source as ArrayBuffer).slice();
  throw new TypeError(
    `init: source is ${tag.slice(8, -1)}: it must be a WebAssembly.Module or the bytes of one`,
  );
}

/** What `init` was given, for workers that must compute with the same kernels; or nothing. */
export function givenKernels(): WebAssembly.Module | BufferSource | undefined {
  return given;
}
