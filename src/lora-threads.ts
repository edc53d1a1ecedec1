// What `lowrank/lora/threads` exports: fine-tuning on several threads, in Node, Deno, Bun and pages.
export { type ParallelFinetuneOptions, ParallelFinetuning } from "./lora/parallel-finetuning.js";
