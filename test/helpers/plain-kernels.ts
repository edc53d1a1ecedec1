// Set up by the project `plain` of vitest.config.ts: everything computes in plain JavaScript.
import { instantiate } from "../../src/wasm/kernels.plain.js";
import { providePlainKernels } from "../../src/wasm/module.js";
import { PlainMemory } from "../../src/wasm/plain-memory.js";

providePlainKernels({ instantiate, newMemory: (pages) => new PlainMemory(pages) });
