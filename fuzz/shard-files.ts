// The parts of a folder of shards.
export { encodeIds } from "../src/shard-files/id-file.js";
export { encodeManifest, sha256 } from "../src/shard-files/manifest.js";
export {
  blockBytes,
  encodeBlock,
  encodeHeader,
  headerBytes,
} from "../src/shard-files/shard-file.js";
