// Entries on the disk, 16 bytes each, on their way from the order of the source to that of the rows. Memory is
// bounded whatever their number.
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { writing } from "../files/output-file.js";
import { temporaryName } from "../files/process-identity.js";

const entryBytes = 16;
/** Entries that are written or read at a time. */
const batch = 1 << 16;

/** A temporary file in a folder. */
export class SpillFile {
  readonly path: string;
  readonly #file: number;
  #end = 0;
  #removed = false;

  /** @throws FileError about the folder, here and while it is written. */
  constructor(readonly folder: string) {
    this.path = temporaryName(folder);
    this.#file = writing(folder, () => openSync(this.path, "wx+", 0o600));
  }

  append(bytes: Uint8Array): void {
    this.writeAt(bytes, this.#end);
    this.#end += bytes.length;
  }

  writeAt(bytes: Uint8Array, position: number): void {
    writing(this.folder, () => {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#file, bytes, done, bytes.length - done, position + done);
      }
    });
  }

  /** Fills the bytes with those from a position on. */
  readAt(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) {
      const read = readSync(this.#file, bytes, done, bytes.length - done, position + done);
      if (read === 0) throw new Error(`${this.path}: it ended before all was read`);
      done += read;
    }
  }

  /** Gives its place on the disk back; a second time it does nothing. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    ftruncateSync(this.#file);
    closeSync(this.#file);
    rmSync(this.path, { force: true });
  }
}

/** Some entries: of entry e the value is `values[2 e]`, row and column are `numbers[4 e + 2]` and the next. */
class Batch {
  readonly bytes: Uint8Array;
  readonly values: Float64Array;
  readonly numbers: Int32Array;

  constructor(entries: number) {
    const memory = new ArrayBuffer(entries * entryBytes);
    this.bytes = new Uint8Array(memory);
    this.values = new Float64Array(memory);
    this.numbers = new Int32Array(memory);
  }

  set(entry: number, row: number, col: number, value: number): void {
    this.values[2 * entry] = value;
    this.numbers[4 * entry + 2] = row;
    this.numbers[4 * entry + 3] = col;
  }

  first(entries: number): Uint8Array {
    return this.bytes.subarray(0, entries * entryBytes);
  }
}

/** Entries in the order in which they come. */
export class EntrySpill {
  readonly #file: SpillFile;
  readonly #batch = new Batch(batch);
  #filled = 0;
  #written = 0;

  constructor(folder: string) {
    this.#file = new SpillFile(folder);
  }

  get count(): number {
    return this.#written + this.#filled;
  }

  push(row: number, col: number, value: number): void {
    this.#batch.set(this.#filled++, row, col, value);
    if (this.#filled === batch) this.#flush();
  }

  /** Visits all entries, in their order. */
  forEach(visit: (row: number, col: number, value: number) => void): void {
    this.#flush();
    for (let first = 0; first < this.#written; first += batch) {
      const count = Math.min(batch, this.#written - first);
      const { values, numbers } = this.#batch;
      this.#file.readAt(this.#batch.first(count), first * entryBytes);
      for (let e = 0; e < count; e++) visit(numbers[4 * e + 2], numbers[4 * e + 3], values[2 * e]);
    }
  }

  remove(): void {
    this.#file.remove();
  }

  #flush(): void {
    this.#file.append(this.#batch.first(this.#filled));
    this.#written += this.#filled;
    this.#filled = 0;
  }
}

/** Entries that are put into groups of known sizes, each of which keeps their order. */
export class GroupedSpill {
  readonly #file: SpillFile;
  readonly #groups: {
    readonly batch: Batch;
    filled: number;
    written: number;
    readonly first: number;
  }[];

  /** @param sizes - entries of each group. */
  constructor(
    folder: string,
    readonly sizes: readonly number[],
  ) {
    this.#file = new SpillFile(folder);
    const length = Math.min(batch, Math.max(1024, Math.floor((4 * batch) / sizes.length)));
    let first = 0;
    this.#groups = sizes.map((size) => {
      const group = { batch: new Batch(Math.min(length, size)), filled: 0, written: 0, first };
      first += size;
      return group;
    });
  }

  push(group: number, row: number, col: number, value: number): void {
    const into = this.#groups[group];
    into.batch.set(into.filled++, row, col, value);
    if (into.filled * entryBytes === into.batch.bytes.length) this.#flush(group);
  }

  /** The entries of a group. */
  read(group: number) {
    this.#flush(group);
    const size = this.sizes[group];
    const all = new Batch(size);
    this.#file.readAt(all.bytes, this.#groups[group].first * entryBytes);
    const [rows, cols] = [new Int32Array(size), new Int32Array(size)];
    const values = new Float64Array(size);
    for (let e = 0; e < size; e++) {
      values[e] = all.values[2 * e];
      rows[e] = all.numbers[4 * e + 2];
      cols[e] = all.numbers[4 * e + 3];
    }
    return { rows, cols, values };
  }

  remove(): void {
    this.#file.remove();
  }

  #flush(group: number): void {
    const from = this.#groups[group];
    this.#file.writeAt(from.batch.first(from.filled), (from.first + from.written) * entryBytes);
    from.written += from.filled;
    from.filled = 0;
  }
}
