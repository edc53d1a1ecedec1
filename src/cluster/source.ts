// The data of a run: a file of ratings, which the coordinator and all workers can read.
import { createHash } from "node:crypto";
import type { TrainingData } from "../completion/assemble.js";
import { prepare } from "../completion/fit.js";
import type { ReadOptions } from "../completion/options.js";
import { readFile } from "../files/read-file.js";
import { parseEntries } from "../formats/delimited.js";
import { FormatError } from "../formats/errors.js";

/** What the coordinator says of the data to those who read it, too. */
export interface SourceIdentity {
  /** SHA-256 in hexadecimal digits. */
  readonly identity: string;
}

/** @throws FileError, FormatError; RangeError for options that do not fit. */
export function identify(source: string, options: ReadOptions): SourceIdentity & TrainingData {
  const bytes = readFile(source);
  const identity = createHash("sha256").update(bytes).digest("hex");
  return { identity, ...prepare("fitShards", parseEntries(bytes, source, {}), options) };
}

/** @throws as `identify`; FormatError where it is not the data that was identified. */
export function readSource(source: string, identity: string, options: ReadOptions): TrainingData {
  const data = identify(source, options);
  if (data.identity === identity) return data;
  throw new FormatError(source, "it is not the data that the run began with: its hash differs");
}
