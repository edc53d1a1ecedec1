/**
 * `lowrank/threads`: matrix products on several threads.
 *
 * @packageDocumentation
 */
export { TerminatedError } from "./threads/terminated-error.js";
export { ThreadPool, type ThreadPoolOptions } from "./threads/thread-pool.js";
export { OutOfMemoryError, UnsupportedError } from "./wasm/index.js";
