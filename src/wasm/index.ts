// What the other folders may use. They see jobs and handles, never addresses.
export { answerMessages } from "./answer-messages.js";
export type { Mark } from "./arena.js";
export { Block, type ProductOptions, product } from "./block.js";
export {
  bytesPerElement,
  checkFitsJob,
  type ElementArray,
  type ElementType,
  elementTypeOf,
  type FloatArray,
  isFloatArray,
  jobBytes,
  newArray,
} from "./elements.js";
export { OutOfMemoryError, UnsupportedError } from "./errors.js";
export { supportsRelaxedSimd } from "./features.js";
export { Job } from "./job.js";
export type { GroupByType, KernelGroup } from "./kernel-group.js";
export * from "./kernels.js";
export { type KernelSource, load } from "./load.js";
export { givenKernels, init } from "./module.js";
export { releaseSharedJob, sharedJob, withSharedJob } from "./shared.js";
