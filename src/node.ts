/**
 * `lowrank/node`: data on the disk, larger than memory.
 *
 * @packageDocumentation
 */
export { FileError, FormatError } from "./formats/errors.js";
export { completeShards, fitShardFolder, type ShardFitOptions } from "./shard-files/fit-shards.js";
export type { ShardEntry, ShardManifest, StoredFile } from "./shard-files/manifest.js";
export { openShards, ShardFolder, type StoredRows } from "./shard-files/shard-folder.js";
export {
  type ObservationSource,
  type ShardOptions,
  shardObservations,
} from "./shard-files/shard-observations.js";
