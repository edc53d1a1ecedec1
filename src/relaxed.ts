/**
 * `lowrank/relaxed`: everything that `lowrank` has, on kernels with relaxed SIMD, whose fused
 * multiply-add rounds once where the baseline rounds twice. Faster on most processors and as
 * accurate, but **results may differ in the last bits** from those of `lowrank` and from one engine
 * or processor to another. Where an engine lacks relaxed SIMD the first computation throws an
 * `UnsupportedError`; `supportsRelaxedSimd()` says so beforehand.
 *
 * It is a package of its own: do not hand a `Matrix` of `lowrank` to a function of this one.
 *
 * @packageDocumentation
 */
export * from "./index.js";
