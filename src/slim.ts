/**
 * `lowrank/slim`: everything that `lowrank` has, without the kernels in it. `await init(...)` fetches them
 * first, from the `.wasm` files that the package ships. For pages, where a file of its own is smaller than
 * inlined text, is cached by itself and is compiled while it arrives.
 *
 * @packageDocumentation
 */
export * from "./index.js";
export { type KernelSource, load as init } from "./wasm/index.js";
