// What `lowrank/lora/threads` exports: encoders and fine-tuning on several threads, in Node, Deno, Bun and
// pages.
export { ParallelEncoder, type ParallelEncoderOptions } from "./lora/parallel-encoder.js";
export { type ParallelFinetuneOptions, ParallelFinetuning } from "./lora/parallel-finetuning.js";
export type { ReplicaOptions } from "./lora/replicas.js";
