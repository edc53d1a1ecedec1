// The kernels of lowrank/relaxed, inlined: the build puts this file before that entry.
import { provideKernels } from "./binary.provided.js";
import { compileKernels } from "./binary.relaxed.js";

provideKernels(compileKernels);
