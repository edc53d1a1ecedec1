// Data sets that are not ours to redistribute, and models that are too large: beside the repository.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the data sets are. */
export const dataFolder =
  process.env.LOWRANK_DATA ?? fileURLToPath(new URL("../../shared/data", import.meta.url));

/** What a run needs is not here; the message says what. */
export class Skipped extends Error {
  name = "Skipped";
}

/** The path of a data file. @throws Skipped where it is not there. */
export function dataFile(name) {
  const path = join(dataFolder, name);
  if (existsSync(path)) return path;
  throw new Skipped(`${name} is not in LOWRANK_DATA, nor in ../shared/data`);
}
