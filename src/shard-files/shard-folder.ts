import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { checkInteger } from "../check/values.js";
import { checkPath } from "../files/check-path.js";
import { readCommitted } from "../files/folder-commit.js";
import { readingError } from "../files/read-file.js";
import { FormatError } from "../formats/errors.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { RowBlocks } from "../shards/row-blocks.js";
import { decodeIds } from "./id-file.js";
import { type ShardEntry, type ShardManifest, type StoredFile, sha256 } from "./manifest.js";
import { readManifest } from "./read-manifest.js";
import { blockBytes, checkHeader, encodeHeader, headerBytes, RowsReader } from "./shard-file.js";

/**
 * Opens a folder that `shardObservations` or `lowrank shard` has made: its manifest is read and checked.
 *
 * @throws FileError where there is no such folder, or no manifest in it; FormatError where the manifest is
 * damaged, was edited or is of another version.
 * @example
 * ```js
 * const folder = openShards("ratings.shards");
 * folder.manifest.entries; // how many ratings
 * const model = await completeShards(folder, { threads: 4 });
 * ```
 */
export function openShards(folder: string): ShardFolder {
  checkPath("openShards", folder);
  return new ShardFolder(folder, readManifest(folder));
}

/** Some neighbouring rows of the matrix that a folder of shards holds. */
export interface StoredRows {
  /** These rows, and all columns. */
  readonly matrix: SparseMatrix;
  /** The number of the first of them. */
  readonly firstRow: number;
  /** Entries of the rows before. */
  readonly firstEntry: number;
}

/** A folder of shards, for reading. Nothing of it is held but the manifest. */
export class ShardFolder {
  /** @internal */
  constructor(
    readonly path: string,
    readonly manifest: ShardManifest,
  ) {}

  /** Its blocks of rows, all of them. @internal */
  get blocks(): RowBlocks {
    return new RowBlocks(Int32Array.from(this.manifest.blocks.starts));
  }

  /** Shares blocks, all or those of a share, out evenly by what they cost, at most so many shares. @internal */
  shares(parts: number, blocks = this.blocks): RowBlocks[] {
    const before = entriesBefore(this.manifest);
    return blocks.shares(parts, (block) => before[block]);
  }

  /**
   * Reads the rows of blocks `first` .. `end - 1`: only these are read, from the files that hold them, and each is
   * compared with its hash. 12 bytes per entry, and one block; 8 where the values over a unit fit into f32.
   *
   * @param unit - a power of two by which the values are divided (over-unit.ts); without one they are as the file
   * has them, in f64.
   * @throws RangeError when there are no such blocks; FileError where a file is missing or cannot be read;
   * FormatError where it is cut off, damaged or of other data.
   */
  readBlocks(first: number, end: number, unit?: number): StoredRows {
    const { cols, blocks, shards } = this.manifest;
    const { starts, entries } = blocks;
    const count = entries.length;
    checkInteger("ShardFolder.readBlocks", "first", first, 0, count - 1);
    checkInteger("ShardFolder.readBlocks", "end", end, first + 1, count);
    const before = entriesBefore(this.manifest);
    const held = before[end] - before[first];
    const rows = new RowsReader(starts[end] - starts[first], cols, held, unit);
    for (const shard of shards) {
      if (shard.first >= end || shard.end <= first) continue;
      this.#readShard(shard, Math.max(first, shard.first), Math.min(end, shard.end), rows);
    }
    return { matrix: rows.finish(), firstRow: starts[first], firstEntry: before[first] };
  }

  /** The ids of the rows, in increasing order: row u is the u-th. All are held. */
  rowIds(): string[] {
    return this.#ids(this.manifest.rowIds, this.manifest.rows);
  }

  /** The ids of the columns, in increasing order. */
  colIds(): string[] {
    return this.#ids(this.manifest.colIds, this.manifest.cols);
  }

  #ids(stored: StoredFile, count: number): string[] {
    return this.#open(stored, (read, source) => {
      const bytes = read(0, stored.bytes);
      if (sha256(bytes) !== stored.sha256) {
        throw new FormatError(source, "its bytes are not those that manifest.json says");
      }
      return decodeIds(bytes, count, source);
    });
  }

  #readShard(shard: ShardEntry, first: number, end: number, rows: RowsReader): void {
    const { identity, blocks } = this.manifest;
    const { starts, entries } = blocks;
    this.#open(shard, (read, source) => {
      let held = 0;
      let at = headerBytes;
      for (let b = shard.first; b < shard.end; b++) held += entries[b];
      const header = encodeHeader(identity, shard.first, shard.end, held);
      checkHeader(read(0, headerBytes), header, source);
      for (let b = shard.first; b < end; b++) {
        const count = starts[b + 1] - starts[b];
        const size = blockBytes(count, entries[b]);
        if (b >= first) {
          const bytes = read(at, size);
          if (sha256(bytes) !== blocks.sha256[b]) {
            throw new FormatError(
              source,
              `block ${b} is not what manifest.json says: it is damaged`,
            );
          }
          rows.add(bytes, count, entries[b], source);
        }
        at += size;
      }
    });
  }

  /** Does work with a file of the folder, whose size is checked first. */
  #open<T>(
    { file, bytes }: StoredFile,
    work: (read: (at: number, size: number) => Uint8Array, source: string) => T,
  ): T {
    const source = join(this.path, file);
    return readCommitted(this.path, ({ at }) => {
      let opened: number;
      try {
        opened = openSync(at(file), "r");
      } catch (error) {
        throw readingError(source, error);
      }
      try {
        const { size } = fstatSync(opened);
        if (size !== bytes) {
          const what = size < bytes ? "it is cut off" : "it is too long";
          throw new FormatError(
            source,
            `${what}: it has ${size} bytes, and manifest.json says ${bytes}`,
          );
        }
        return work((from, length) => readAt(opened, from, length, source), source);
      } finally {
        closeSync(opened);
      }
    });
  }
}

function readAt(file: number, at: number, size: number, source: string): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size; ) {
    let read: number;
    try {
      read = readSync(file, bytes, done, size - done, at + done);
    } catch (error) {
      throw readingError(source, error);
    }
    if (read === 0) throw new FormatError(source, "it is cut off");
    done += read;
  }
  return bytes;
}

/** Entries before each block, and at last all. */
function entriesBefore({ blocks }: ShardManifest): Float64Array {
  const before = new Float64Array(blocks.entries.length + 1);
  blocks.entries.forEach((count, b) => {
    before[b + 1] = before[b] + count;
  });
  return before;
}
