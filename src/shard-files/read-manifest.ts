import { existsSync } from "node:fs";
import { join } from "node:path";
import { readCommitted } from "../files/folder-commit.js";
import { readFile } from "../files/read-file.js";
import { FileError } from "../formats/errors.js";
import { decodeManifest, manifestName, type ShardManifest } from "./manifest.js";

/** @throws FileError where there is no such folder, or no manifest in it; FormatError as `decodeManifest`. */
export function readManifest(folder: string): ShardManifest {
  if (!existsSync(folder)) throw new FileError(folder, "there is no such folder");
  const path = join(folder, manifestName);
  return readCommitted(folder, ({ at }) => {
    const now = at(manifestName);
    if (existsSync(now)) return decodeManifest(readFile(now), path);
    throw new FileError(
      folder,
      `there is no ${manifestName} in it: it must be a folder that lowrank shard has made`,
    );
  });
}
