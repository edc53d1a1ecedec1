// What bench/billion.mjs takes of the package that it does not export: the computation of a shard, and a run in Redis.
export { addUp, Frames } from "../../src/cluster/frame.js";
export { byShard, RunStore } from "../../src/cluster/run-store.js";
export { fitShard, overUnitOf } from "../../src/completion/fit.js";
export { readCompletionOptions, settingsFor } from "../../src/completion/options.js";
export { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
export { Exchange } from "../../src/shards/exchange.js";
export { RowBlocks } from "../../src/shards/row-blocks.js";
