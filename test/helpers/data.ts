// Real ratings beside the repository: LOWRANK_DATA, or ../shared/data. Tests without them say that
// they were skipped.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolder } from "../../lab/data.mjs";
import { parseRatings } from "../../src/formats/delimited.js";
import { spelledOut } from "./ratings.js";

/** Path of a file of the data, undefined where it is not there. */
export function dataPath(name: string): string | undefined {
  const path = join(dataFolder, name);
  return existsSync(path) ? path : undefined;
}

/** What to do about a file of the data that is not there, for `testWith`. */
export function missingData(name: string): string | undefined {
  return dataPath(name) ? undefined : `${name} is not in ${dataFolder}: set LOWRANK_DATA`;
}

/** The ratings of a file, with their ids spelled out. */
export function readRatings(path: string) {
  return spelledOut(parseRatings(readFileSync(path), path));
}
