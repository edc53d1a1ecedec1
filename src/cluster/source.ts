// The data of a run: a folder of shards or a file of ratings, which the coordinator and all workers can read. Of a
// folder a worker reads its own rows only.
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { assembleModel, type FittedRows, type FittedShard } from "../completion/assemble.js";
import { overUnitOf, type ReadOverUnit, settled } from "../completion/fit.js";
import { MatrixCompletion } from "../completion/matrix-completion.js";
import {
  type CompletionOptions,
  readCompletionOptions,
  type Settings,
} from "../completion/options.js";
import { readFile } from "../files/read-file.js";
import { parseEntries } from "../formats/delimited.js";
import { FormatError } from "../formats/errors.js";
import { sharesOf } from "../parallel/shard-run.js";
import { folderSettings } from "../shard-files/folder-settings.js";
import { openShards } from "../shard-files/shard-folder.js";
import type { RowBlocks } from "../shards/row-blocks.js";

const name = "fitShards";

export interface Source {
  /** SHA-256 of the data, in hexadecimal digits. */
  readonly identity: string;
  readonly settings: Settings;
  /** Shares the rows out, all or those of a shard: at most so many shards. */
  shares(shards: number, of?: RowBlocks): RowBlocks[];
  readonly read: ReadOverUnit;
  /** What the first shard has come to, and the rows of the others, as a model. */
  model(first: FittedShard, others: readonly FittedRows[]): MatrixCompletion;
}

/** @throws FileError, FormatError; RangeError for options that do not fit. */
export function openSource(source: string, options: CompletionOptions): Source {
  const isFolder = statSync(source, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? openFolder(source, options) : openFile(source, options);
}

/** @throws as `openSource`; FormatError where it is not the data that was identified. */
export function openSame(source: string, identity: string, options: CompletionOptions): Source {
  const opened = openSource(source, options);
  if (opened.identity === identity) return opened;
  throw new FormatError(source, "it is not the data that the run began with: its hash differs");
}

function openFolder(path: string, options: CompletionOptions): Source {
  const folder = openShards(path);
  const { manifest } = folder;
  const settings = folderSettings(name, manifest, options);
  return {
    identity: manifest.identity,
    settings,
    shares: (shards, of) => folder.shares(shards, of),
    read: (unit, { first, end }) => folder.readBlocks(first, end, unit).matrix,
    model(first, others) {
      const { matrix } = folder.readBlocks(0, folder.blocks.count);
      const ids = { rowIds: folder.rowIds(), colIds: folder.colIds() };
      const { duplicates } = manifest;
      return new MatrixCompletion(
        assembleModel({ ...ids, duplicates, settings, matrix }, first, others),
      );
    },
  };
}

function openFile(path: string, options: CompletionOptions): Source {
  const bytes = readFile(path);
  const identity = createHash("sha256").update(bytes).digest("hex");
  const read = readCompletionOptions(name, options);
  const table = settled(name, parseEntries(bytes, path, {}), read);
  return {
    identity,
    settings: table.settings,
    shares: (shards, of) => sharesOf(table.matrix, shards, of),
    read: overUnitOf(table.matrix),
    model: (first, others) => new MatrixCompletion(assembleModel(table, first, others)),
  };
}
