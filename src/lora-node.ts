// What `lowrank/lora/node` exports: folders to bytes and back, where there is a file system.

export { readAdapterFolder, writeFolder } from "./files/adapter-folder.js";
export { folderCache } from "./files/model-cache.js";
export { readModelFolder } from "./files/model-folder.js";
export { FileError } from "./formats/errors.js";
