// What `lowrank/lora/node` exports: folders to bytes and back, where there is a file system.

export { readAdapterFolder, writeFolder } from "./io/adapter-folder.js";
export { FileError } from "./io/errors.js";
export { readModelFolder } from "./io/model-folder.js";
