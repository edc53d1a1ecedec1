// The data of a run: a folder of shards or a file of ratings, which the coordinator and all workers can read.
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { TrainingData } from "../completion/assemble.js";
import { prepare } from "../completion/fit.js";
import { type ReadOptions, settingsFor } from "../completion/options.js";
import { readFile } from "../files/read-file.js";
import { parseEntries } from "../formats/delimited.js";
import { FormatError } from "../formats/errors.js";
import { openShards, type ShardFolder } from "../shard-files/shard-folder.js";
import { RowBlocks } from "../shards/row-blocks.js";

const name = "fitShards";

/** What the coordinator knows of the data. */
export interface SourceIdentity {
  /** SHA-256 in hexadecimal digits. */
  readonly identity: string;
  /** Blocks of rows: there cannot be more shards. */
  readonly blocks: number;
}

const isFolder = (source: string) =>
  statSync(source, { throwIfNoEntry: false })?.isDirectory() === true;

/** @throws FileError, FormatError; RangeError for options that do not fit. */
export function identify(source: string, options: ReadOptions): SourceIdentity {
  if (isFolder(source)) {
    const { manifest, blocks } = openShards(source);
    settingsFor(name, options, manifest.rows, manifest.cols);
    return { identity: manifest.identity, blocks: blocks.count };
  }
  const { identity, data } = readRatings(source, options);
  return { identity, blocks: RowBlocks.of(data.matrix).count };
}

/** @throws as `identify`; FormatError where it is not the data that was identified. */
export function readSource(source: string, identity: string, options: ReadOptions): TrainingData {
  const folder = isFolder(source) ? openShards(source) : undefined;
  const ratings = folder ? undefined : readRatings(source, options);
  if ((folder?.manifest.identity ?? ratings?.identity) !== identity) {
    throw new FormatError(source, "it is not the data that the run began with: its hash differs");
  }
  return folder ? readFolder(folder, options) : (ratings as Ratings).data;
}

interface Ratings {
  identity: string;
  data: TrainingData;
}

function readRatings(source: string, options: ReadOptions): Ratings {
  const bytes = readFile(source);
  const identity = createHash("sha256").update(bytes).digest("hex");
  return { identity, data: prepare(name, parseEntries(bytes, source, {}), options) };
}

function readFolder(folder: ShardFolder, options: ReadOptions): TrainingData {
  const { matrix } = folder.readBlocks(0, folder.blocks.count);
  const { rowStart, colIndices } = matrix;
  const rows = new Int32Array(matrix.nonzeros);
  for (let u = 0; u < matrix.rows; u++) rows.fill(u, rowStart[u], rowStart[u + 1]);
  const values = Float64Array.from(matrix.values);
  const ids = { rowIds: folder.rowIds(), colIds: folder.colIds() };
  const data = prepare(name, { ...ids, rows, cols: colIndices, values }, options);
  return { ...data, duplicates: folder.manifest.duplicates };
}
