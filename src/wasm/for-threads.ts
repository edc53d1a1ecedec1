// What only src/threads uses. Apart from index.ts: the texts behind it are a third of what an import of
// lowrank would otherwise read.
export { SharedSpace, type Tile } from "./shared-space.js";
export { ThreadInstance } from "./thread-instance.js";
export { threadProgram } from "./thread-program.js";
export type { Binding, TileList } from "./thread-protocol.js";
