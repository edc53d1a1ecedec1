/**
 * `lowrank/portable`: everything that `lowrank` has, also on engines without WebAssembly, such as React Native's
 * Hermes, QuickJS, a browser's lockdown mode and `node --jitless`, or whose WebAssembly has no SIMD, such as
 * Safari before 16.4 and virtual machines that hide SSE4.1. It brings the kernels a second time, as plain
 * JavaScript, and takes them where they are needed; the results have the same bits. Functions and classes
 * are those of `lowrank`, so importing it once is enough for a whole program.
 *
 * @packageDocumentation
 */
export * from "./index.js";
