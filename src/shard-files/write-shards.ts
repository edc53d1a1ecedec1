// From a source of ratings to a folder of shards, without ever holding all of them. The ids are held; the
// entries are on the disk, first in the order of the source, then in groups of rows, each of which is sorted
// and settled in memory, and at last in the blocks that the fit takes its sums by.
import { createHash, type Hash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DuplicatePolicy } from "../completion/duplicates.js";
import { increasing, settle } from "../completion/entries.js";
import { publishFiles } from "../files/folder-commit.js";
import {
  checkOutputFolder,
  makeFolder,
  removeEmptyFolders,
  removeStaged,
  type StagedFile,
  writeDurably,
  writing,
} from "../files/output-file.js";
import { temporaryName } from "../files/process-identity.js";
import { FileError } from "../formats/errors.js";
import { Interner } from "../formats/interner.js";
import { doubtOfPairs } from "../formats/rating-checks.js";
import { RowBlocks } from "../shards/row-blocks.js";
import { encodeIds } from "./id-file.js";
import {
  encodeManifest,
  formatVersion,
  manifestName,
  type ShardEntry,
  type ShardManifest,
  type StoredFile,
  sha256,
} from "./manifest.js";
import { readManifest } from "./read-manifest.js";
import { encodeBlock, encodeHeader } from "./shard-file.js";
import { EntrySpill, GroupedSpill, SpillFile } from "./spill.js";

/** Entries of a group, which is sorted in memory; and groups at most, each of which has a buffer. */
const usualGroup = 1 << 20;
const mostGroups = 1024;
/** Different values that are kept, to tell ratings from other columns. */
const keptKinds = 64;

/** How a folder is written. */
export interface WriteSettings {
  readonly name: string;
  readonly out: string;
  readonly shards: number;
  readonly policy: DuplicatePolicy;
  /** Replace a folder of shards. */
  readonly force: boolean;
  /** Do not doubt which columns are which. */
  readonly sure: boolean;
  /** Entries of a group, about: what is sorted in memory. */
  readonly groupEntries?: number;
}

/** Takes entries in any order, and makes a folder of shards of them. */
export class ShardWriter {
  readonly rows = new Interner();
  readonly cols = new Interner();
  readonly #settings: WriteSettings;
  readonly #made: string | undefined;
  readonly #old: readonly string[];
  readonly #spill: EntrySpill;
  #rowCounts = new Int32Array(1024);
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;
  readonly #kinds = new Set<number>();

  /** @throws FileError where the folder cannot be written, or has something in it. */
  constructor(settings: WriteSettings) {
    this.#settings = settings;
    const { out, force } = settings;
    this.#old = filesToReplace(out, force);
    checkOutputFolder(out);
    this.#made = makeFolder(out);
    this.#spill = this.#writing(() => new EntrySpill(out));
  }

  push(row: number, col: number, value: number): void {
    if (row >= this.#rowCounts.length) {
      const larger = new Int32Array(2 * row);
      larger.set(this.#rowCounts);
      this.#rowCounts = larger;
    }
    this.#rowCounts[row]++;
    if (value < this.#low) this.#low = value;
    if (value > this.#high) this.#high = value;
    if (this.#kinds.size < keptKinds) this.#kinds.add(value);
    this.#spill.push(row, col, value);
  }

  /** Runs what reads the source; where it fails nothing is left behind. */
  async fill(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  /** Writes the folder. */
  finish(): ShardManifest {
    return this.#writing(() => {
      const { name, out, policy } = this.#settings;
      const entries = this.#spill.count;
      if (entries === 0) {
        throw new RangeError(`${name}: there are no observations: there must be at least one`);
      }
      if (entries >= 2 ** 31) {
        throw new RangeError(
          `${name}: there are ${entries} observations: a folder of shards has less than 2^31`,
        );
      }
      const staged: StagedFile[] = [];
      const settled = new Settled(out);
      try {
        const rows = increasing(this.rows.strings);
        const cols = increasing(this.cols.strings);
        const rowStart = this.#settle(rows, cols, settled);
        const kept = rowStart[rowStart.length - 1];
        const doubt = this.#settings.sure ? undefined : doubtOfPairs(kept, entries, this.#kinds);
        if (doubt !== undefined) throw new RangeError(`${name}: ${doubt}`);
        const rowIds = this.#stage("rows.ids", encodeIds(rows.ids), staged);
        const colIds = this.#stage("cols.ids", encodeIds(cols.ids), staged);
        const counts = { rows: rows.ids.length, cols: cols.ids.length, entries: kept };
        const identity = sha256(
          JSON.stringify([
            formatVersion,
            counts,
            policy,
            rowIds.sha256,
            colIds.sha256,
            settled.hashes(),
          ]),
        );
        const blocks = RowBlocks.of({ ...counts, rowStart, nonzeros: kept });
        const manifest = {
          ...{ identity, ...counts, duplicates: entries - kept, policy },
          ...{ low: this.#low, high: this.#high, rowIds, colIds },
          ...this.#stageShards(identity, blocks, rowStart, settled, staged),
        };
        this.#stage(manifestName, [encodeManifest(manifest)], staged);
        publishFiles(out, staged);
        const written = new Set(staged.map(({ target }) => target));
        for (const file of this.#old) {
          if (!written.has(join(out, file))) rmSync(join(out, file), { force: true });
        }
        return manifest;
      } catch (error) {
        removeStaged(staged);
        throw error;
      } finally {
        settled.remove();
      }
    });
  }

  /** Sorts the entries by place, one value each, group by group of rows. Returns where each row starts. */
  #settle(rows: Increasing, cols: Increasing, settled: Settled): Int32Array<ArrayBuffer> {
    const { name, out, policy, groupEntries = usualGroup } = this.#settings;
    const count = rows.ids.length;
    const given = new Int32Array(count);
    for (let row = 0; row < count; row++) given[rows.places[row]] = this.#rowCounts[row];
    const { starts, sizes, groupOf } = groupsOf(given, groupEntries, this.#spill.count);
    const grouped = new GroupedSpill(out, sizes);
    try {
      this.#spill.forEach((row, col, value) => {
        const place = rows.places[row];
        grouped.push(groupOf[place], place, cols.places[col], value);
      });
      this.#spill.remove();
      const rowStart = new Int32Array(count + 1);
      for (let group = 0; group < sizes.length; group++) {
        const [first, end] = [starts[group], starts[group + 1]];
        const entries = grouped.read(group);
        for (let e = 0; e < entries.rows.length; e++) entries.rows[e] -= first;
        const ids = { rowIds: rows.ids.slice(first, end), colIds: cols.ids };
        const sorted = settle(name, { ...ids, ...entries }, policy);
        for (let row = 0; row < end - first; row++) {
          rowStart[first + row + 1] = rowStart[first] + sorted.rowStart[row + 1];
        }
        settled.append(sorted);
      }
      return rowStart;
    } finally {
      grouped.remove();
    }
  }

  #stageShards(
    identity: string,
    blocks: RowBlocks,
    rowStart: Int32Array,
    settled: Settled,
    staged: StagedFile[],
  ): Pick<ShardManifest, "blocks" | "shards"> {
    const before = (block: number) => rowStart[blocks.starts[block]];
    const hashes: string[] = [];
    const shares = blocks.shares(this.#settings.shards, before);
    const digits = String(shares.length - 1).length;
    const shards: ShardEntry[] = shares.map(({ first, end }, shard) => {
      function* pieces() {
        yield encodeHeader(identity, first, end, before(end) - before(first));
        for (let block = first; block < end; block++) {
          const [row, rowEnd] = [blocks.starts[block], blocks.starts[block + 1]];
          const counts = new Int32Array(rowEnd - row);
          for (let u = row; u < rowEnd; u++) counts[u - row] = rowStart[u + 1] - rowStart[u];
          const bytes = encodeBlock({ counts, ...settled.read(before(block), before(block + 1)) });
          hashes.push(sha256(bytes));
          yield bytes;
        }
      }
      const file = `${String(shard).padStart(digits, "0")}.shard`;
      return { ...this.#stage(file, pieces(), staged), first, end };
    });
    const entries = hashes.map((_, block) => before(block + 1) - before(block));
    return { blocks: { starts: Array.from(blocks.starts), entries, sha256: hashes }, shards };
  }

  /** Brings a file to the disk under a temporary name. */
  #stage(file: string, pieces: Iterable<Uint8Array>, staged: StagedFile[]): StoredFile {
    const { out } = this.#settings;
    const temporary = temporaryName(out);
    staged.push({ temporary, target: join(out, file) });
    const hash = createHash("sha256");
    let bytes = 0;
    function* hashed() {
      for (const piece of pieces) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    }
    writeDurably(temporary, hashed());
    return { file, bytes, sha256: hash.digest("hex") };
  }

  #writing<T>(work: () => T): T {
    try {
      return writing(this.#settings.out, work);
    } catch (error) {
      this.#abandon();
      throw error;
    }
  }

  #abandon(): void {
    this.#spill?.remove();
    removeEmptyFolders(this.#settings.out, this.#made);
  }
}

type Increasing = ReturnType<typeof increasing>;

/** Neighbouring rows with so many entries together, or one row with more. */
function groupsOf(counts: Int32Array, usual: number, total: number) {
  const most = Math.max(usual, Math.ceil((2 * total) / mostGroups));
  const starts = [0];
  const sizes = [0];
  const groupOf = new Int32Array(counts.length);
  for (let row = 0; row < counts.length; row++) {
    const group = sizes.length - 1;
    if (sizes[group] > 0 && sizes[group] + counts[row] > most) {
      starts.push(row);
      sizes.push(0);
    }
    groupOf[row] = sizes.length - 1;
    sizes[sizes.length - 1] += counts[row];
  }
  starts.push(counts.length);
  return { starts, sizes, groupOf };
}

/** Sorted entries on the disk, in two files. */
class Settled {
  readonly #cols: SpillFile;
  readonly #values: SpillFile;
  readonly #hashes: readonly Hash[] = ["rows", "cols", "values"].map(() => createHash("sha256"));

  constructor(folder: string) {
    this.#cols = new SpillFile(folder);
    this.#values = new SpillFile(folder);
  }

  append({
    rowStart,
    colIndices,
    values,
  }: {
    rowStart: Int32Array;
    colIndices: Int32Array;
    values: Float64Array;
  }) {
    const counts = rowStart.subarray(1).map((end, row) => end - rowStart[row]);
    const parts = [counts, colIndices, values].map(bytesOf);
    parts.forEach((bytes, i) => {
      this.#hashes[i].update(bytes);
    });
    this.#cols.append(parts[1]);
    this.#values.append(parts[2]);
  }

  /** Hashes of what was appended, however it was grouped. */
  hashes(): string[] {
    return this.#hashes.map((hash) => hash.digest("hex"));
  }

  read(first: number, end: number) {
    const [colIndices, values] = [new Int32Array(end - first), new Float64Array(end - first)];
    this.#cols.readAt(bytesOf(colIndices), 4 * first);
    this.#values.readAt(bytesOf(values), 8 * first);
    return { colIndices, values };
  }

  remove(): void {
    this.#cols.remove();
    this.#values.remove();
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | Float64Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * The files of a folder of shards that is to be replaced; none of one that is empty, or not there.
 *
 * @throws FileError where something else is in it, or it must not be replaced.
 */
function filesToReplace(out: string, force: boolean): readonly string[] {
  let found: string[];
  try {
    found = readdirSync(out).filter((name) => !name.startsWith(".lowrank-"));
  } catch {
    // It is not there, or what is wrong with it is found when it is made.
    return [];
  }
  if (found.length === 0) return [];
  if (!found.includes(manifestName)) {
    throw new FileError(out, "the folder is not empty: shards must go to a folder of their own");
  }
  const { rowIds, colIds, shards } = readManifest(out);
  if (!force) {
    throw new FileError(
      out,
      "it holds shards already: name another folder, or replace them with --force (force: true)",
    );
  }
  const known = [manifestName, rowIds.file, colIds.file, ...shards.map(({ file }) => file)];
  const stranger = found.find((name) => !known.includes(name));
  if (stranger === undefined) return known;
  throw new FileError(out, `it holds ${stranger} beside shards: remove it, or name another folder`);
}
