// The raw kernel module for kernel tests, instantiated by AssemblyScript's own loader.
import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import { staticPages } from "../../src/wasm/job.js";
import { plainKernels } from "../../src/wasm/module.js";

type RawExports = Record<string, (...args: number[]) => number>;

/** The project `relaxed` of vitest.config.ts tests the other variant. */
const variant = process.env.LOWRANK_VARIANT === "relaxed" ? ".relaxed" : "";

/**
 * A fresh instance: raw exports such as `gemm_f64`, its memory, and a bump allocator.
 *
 * @param module - "kernels.test" holds those that other kernels inline and nobody else calls.
 */
export function rawKernels(module: "kernels" | "kernels.test" = "kernels") {
  const { exports, memory } = instantiated(module);
  let top = exports.heapBase();
  function allocate(byteCount: number): number {
    const start = Math.ceil(top / 16) * 16;
    top = start + byteCount;
    const missing = top - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    return start;
  }
  return {
    exports,
    allocate,
    /** Frees what lies at `address` and above it. */
    release(address: number): void {
      top = address;
    },
    /** Copies an array in; returns its address. */
    put(array: Float32Array | Float64Array | Int32Array): number {
      const address = allocate(array.byteLength);
      new Uint8Array(memory.buffer).set(
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
        address,
      );
      return address;
    },
    f32: (address: number, length: number) => new Float32Array(memory.buffer, address, length),
    f64: (address: number, length: number) => new Float64Array(memory.buffer, address, length),
    i32: (address: number, length: number) => new Int32Array(memory.buffer, address, length),
  };
}

/** The kernels, in plain JavaScript where the tests are about that. */
function instantiated(module: "kernels" | "kernels.test") {
  const plain = module === "kernels" ? plainKernels() : undefined;
  if (plain !== undefined) {
    const memory = plain.newMemory(staticPages);
    return { exports: plain.instantiate(memory) as RawExports, memory };
  }
  const bytes = readFileSync(new URL(`../../build/${module}${variant}.wasm`, import.meta.url));
  const memory = new WebAssembly.Memory({ initial: staticPages });
  return { exports: instantiateSync<RawExports>(bytes, { env: { memory } }).exports, memory };
}
