// The module whose instances share a memory, one in each thread: all kernels, of which
// scripts/build.mjs keeps those that are worth threads, and what instances need to share work.
export * from "./index";
export { packingBytes, usePacking } from "./gemm";
export { boardBytes, dismiss, help, joinTeam, lead } from "./team";
