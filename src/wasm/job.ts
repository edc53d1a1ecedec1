// A job is one WebAssembly instance with memory of its own. Dropping the job frees everything.
import { Arena } from "./arena.js";
import { noAddressSpace } from "./errors.js";
import { bindKernels, type DoubleKernels, type DType, type Kernels } from "./kernels.js";
import { kernelModule } from "./module.js";

export class Job extends Arena {
  readonly f32: Kernels;
  readonly f64: DoubleKernels;

  /** @throws OutOfMemoryError when the host has no address space for another memory. */
  constructor() {
    const exports = instantiate();
    super(exports.memory as WebAssembly.Memory, (exports.heapBase as () => number)());
    this.f32 = bindKernels(exports, "f32");
    this.f64 = bindKernels(exports, "f64");
  }

  /** The kernels of one element type. */
  kernels(dtype: DType): Kernels {
    return dtype === "f32" ? this.f32 : this.f64;
  }
}

/** The module asks for its first memory by itself; kernels that compile can fail in nothing else. */
function instantiate(): WebAssembly.Exports {
  const module = kernelModule();
  try {
    return new WebAssembly.Instance(module, {}).exports;
  } catch {
    throw noAddressSpace();
  }
}
