import { invalidValue } from "../check/describe.js";
import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { isIterable } from "../check/values.js";
import { type DuplicatePolicy, duplicatePolicies } from "../completion/duplicates.js";
import { readRating } from "../completion/observations.js";
import type { RatingRecord } from "../completion/records.js";
import { checkPath } from "../files/check-path.js";
import { readPieces } from "../files/read-pieces.js";
import { EntryStream, type StreamFormat } from "../formats/entry-stream.js";
import { BackslashError } from "../formats/records.js";
import { ShardFolder } from "./shard-folder.js";
import { ShardWriter } from "./write-shards.js";

/** Where ratings come from: files by their paths, "-" for standard input, or records one by one. */
export type ObservationSource =
  | string
  | readonly string[]
  | Iterable<RatingRecord>
  | AsyncIterable<RatingRecord>;

export interface ShardOptions {
  /** The folder, which is made if need be. It must be empty. */
  out: string;
  /** Files that the blocks of rows are put into, 1 .. 4096; fewer where there are fewer blocks. @defaultValue 64 */
  shards?: number;
  /** Several values at one place: the last one wins, their mean, or an error. @defaultValue "last" */
  duplicates?: DuplicatePolicy;
  /** Replace the shards that `out` holds. @defaultValue false */
  force?: boolean;
  /** Of files: user, item and rating, by names in the header or by numbers from 1. @defaultValue by the header, or 1, 2, 3 */
  columns?: readonly string[];
  /** Of files: what separates the columns. @defaultValue found in each file */
  delimiter?: string;
  /** Of files: a name of the web's encoding standard. @defaultValue UTF-8 */
  encoding?: string;
}

const checks = (): OptionChecks<ShardOptions> => ({
  out: (name, what, out) => checkPath(name, out, what),
  shards: check.integer(1, 4096),
  duplicates: check.word(duplicatePolicies, TypeError),
  force: check.boolean,
  columns: (name, what, columns) => {
    check.list(check.text)(name, what, columns);
    check.length(3, "user, item and rating")(name, what, columns);
  },
  delimiter: check.text,
  encoding: check.text,
});

/**
 * Streams ratings into a folder of shards: some files with whole blocks of rows, the ids, and a manifest with a
 * hash of each. `openShards` reads it, `completeShards` fits a model that has the bits of `completeMatrix` on the
 * same ratings.
 *
 * Memory is bounded by the ids, 4 bytes per row, and about 300 MB however many ratings there are. While it is made it
 * takes 32 bytes per rating in the folder, of which 12 stay. A folder is complete or not there, also after a kill.
 *
 * @param source - files in the layouts of `lowrank train` (CSV and its kin, JSON Lines; gzip and Brotli too), one
 * after the other, or records `{ user, item, rating }`.
 * @returns the folder, open.
 * @throws (rejects with) TypeError or RangeError for options and records that are out of range or unknown;
 * FileError or FormatError where a file cannot be read, or the folder not be written or is not empty.
 * @example
 * ```js
 * const folder = await shardObservations(["2023.csv.gz", "2024.csv.gz"], { out: "ratings.shards" });
 * folder.manifest.rows; // how many users
 * ```
 */
export async function shardObservations(
  source: ObservationSource,
  options: ShardOptions,
): Promise<ShardFolder> {
  const name = "shardObservations";
  const read = checkedOptions<ShardOptions>(name, options, checks(), "an object with out", "out");
  const from = readSource(name, source);
  /** Files that must be read again, with the error that says so. */
  const escaped = new Map<string, BackslashError>();
  for (;;) {
    try {
      return await shard(name, from, read, escaped);
    } catch (error) {
      const told = escaped.get((error as BackslashError).source);
      if (told) throw told;
      if (!(error instanceof BackslashError) || error.source === standardInput) throw error;
      escaped.set(error.source, error);
    }
  }
}

const standardInput = "standard input";

type Records = Iterable<RatingRecord> | AsyncIterable<RatingRecord>;

/** The source as files or as records. */
function readSource(
  name: string,
  source: ObservationSource,
): { files: string[] } | { records: Records } {
  const files = typeof source === "string" ? [source] : source;
  if (Array.isArray(files) && files.length > 0 && files.every((file) => typeof file === "string")) {
    for (const file of files) checkPath(name, file, "source");
    return { files: [...files] };
  }
  if (isIterable(source)) return { records: Object(source) };
  throw invalidValue(
    name,
    "source",
    source,
    "a path, a list of paths, or an iterable of records { user, item, rating }",
    TypeError,
  );
}

async function shard(
  name: string,
  source: { files: string[] } | { records: Records },
  options: ShardOptions,
  escaped: ReadonlyMap<string, Error>,
): Promise<ShardFolder> {
  const { out, shards = 64, duplicates = "last", force = false, ...given } = options;
  const sure = given.columns !== undefined || "records" in source;
  const writer = new ShardWriter({ name, out, shards, policy: duplicates, force, sure });
  await writer.fill(async () => {
    if ("records" in source) return readRecords(name, source.records, writer);
    for (const path of source.files) {
      const shown = path === "-" ? standardInput : path;
      const format: StreamFormat = { ...given, ...(escaped.has(shown) && { backslash: true }) };
      const entries = new EntryStream(shown, format, writer);
      for await (const piece of readPieces(path)) entries.write(piece);
      entries.end();
    }
  });
  return new ShardFolder(out, writer.finish());
}

async function readRecords(name: string, records: Records, writer: ShardWriter): Promise<void> {
  let place = 0;
  for await (const record of records) {
    const { rowId, colId, value } = readRating(name, `source[${place++}]`, record);
    writer.push(writer.rows.internText(rowId), writer.cols.internText(colId), value);
  }
}
