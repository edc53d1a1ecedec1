// What the other folders may use. They see jobs and handles, never addresses.
export { OutOfMemoryError } from "./errors.js";
export {
  bytesPerElement,
  type ElementArray,
  type ElementType,
  elementTypeOf,
  type FloatArray,
  isFloatArray,
  Job,
  type Mark,
} from "./job.js";
export type { DoubleKernels, DType, Flag, Handle, Kernels } from "./kernels.js";
export { init } from "./module.js";
export { withSharedJob } from "./shared.js";
