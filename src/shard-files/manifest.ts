// manifest.json of a folder of shards: what is in the folder, and what each file in it must be. It carries
// its own checksum: an edited manifest is refused, as an edited shard is.
import { createHash } from "node:crypto";
import { quote } from "../check/describe.js";
import { type DuplicatePolicy, duplicatePolicies } from "../completion/duplicates.js";
import { FormatError } from "../formats/errors.js";
import { isJsonObject, kindOf, parseJsonObject } from "../formats/strict-json.js";
import { blockBytes, headerBytes } from "./shard-file.js";

export const manifestName = "manifest.json";
const format = "lowrank shards";
/** Of the files, and of the rule by which rows make blocks. */
export const formatVersion = 1;

/** A file of the folder. */
export interface StoredFile {
  readonly file: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** A file with the blocks first .. end - 1. */
export interface ShardEntry extends StoredFile {
  readonly first: number;
  readonly end: number;
}

/** What is in a folder of shards. */
export interface ShardManifest {
  /**
   * SHA-256 of what the data is: ids, places and values. It depends neither on the number of shards nor on
   * when, where and from which files they were made.
   */
  readonly identity: string;
  readonly rows: number;
  readonly cols: number;
  /** Places that have a value. */
  readonly entries: number;
  /** Entries that were given beyond the first at their place. */
  readonly duplicates: number;
  /** What was done with them. */
  readonly policy: DuplicatePolicy;
  /** The least and the greatest value. */
  readonly low: number;
  readonly high: number;
  readonly rowIds: StoredFile;
  readonly colIds: StoredFile;
  readonly blocks: {
    /** The first row of each block, and at last the number of rows. */
    readonly starts: readonly number[];
    readonly entries: readonly number[];
    readonly sha256: readonly string[];
  };
  readonly shards: readonly ShardEntry[];
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The manifest as the file holds it. */
export function encodeManifest(manifest: ShardManifest): Uint8Array {
  return new TextEncoder().encode(sealed(manifest));
}

function sealed(manifest: ShardManifest): string {
  const { identity, rows, cols, entries, duplicates, policy, low, high } = manifest;
  const { rowIds, colIds, blocks, shards } = manifest;
  const file = ({ file, bytes, sha256 }: StoredFile) => ({ file, bytes, sha256 });
  const body = {
    ...{ format, version: formatVersion, identity, rows, cols, entries, duplicates, policy },
    ...{ low, high, rowIds: file(rowIds), colIds: file(colIds) },
    blocks: { starts: blocks.starts, entries: blocks.entries, sha256: blocks.sha256 },
    shards: shards.map((shard) => ({ ...file(shard), first: shard.first, end: shard.end })),
  };
  const text = JSON.stringify(body);
  return `${text.slice(0, -1)},"sha256":"${sha256(text)}"}\n`;
}

/**
 * The manifest in the bytes of its file.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when it is not a manifest, of another version, has a field that is missing, unknown or
 * out of range, or was edited.
 */
export function decodeManifest(bytes: Uint8Array, source: string): ShardManifest {
  const given = new Fields(parseJsonObject(bytes, source), source, "");
  if (given.take("format") !== format) {
    throw new FormatError(
      source,
      `it is not the manifest of a folder of shards: make one with lowrank shard`,
    );
  }
  const version = given.take("version");
  if (version !== formatVersion) {
    throw new FormatError(
      source,
      `its version is ${kindOf(version)}: this lowrank reads ${formatVersion}: shard the data anew`,
    );
  }
  const manifest = readManifest(given, source);
  const seal = given.hash("sha256");
  given.end();
  checkBlocks(manifest, source);
  checkShards(manifest, source);
  const text = sealed(manifest);
  if (!text.endsWith(`"sha256":"${seal}"}\n`)) {
    throw new FormatError(source, "it was changed after it was written: shard the data anew");
  }
  return manifest;
}

function readManifest(given: Fields, source: string): ShardManifest {
  const policy = given.take("policy");
  if (!duplicatePolicies.includes(policy as DuplicatePolicy)) {
    throw given.wrong("policy", policy, `one of ${duplicatePolicies.map(quote).join(", ")}`);
  }
  const manifest = {
    identity: given.hash("identity"),
    rows: given.count("rows", 1),
    cols: given.count("cols", 1),
    entries: given.count("entries", 1),
    duplicates: given.count("duplicates", 0),
    policy: policy as DuplicatePolicy,
    low: given.number("low"),
    high: given.number("high"),
    rowIds: given.object("rowIds", storedFile),
    colIds: given.object("colIds", storedFile),
    blocks: given.object("blocks", (blocks) => ({
      starts: blocks.list("starts", (list, i) => list.count(i, 0)),
      entries: blocks.list("entries", (list, i) => list.count(i, 0)),
      sha256: blocks.list("sha256", (list, i) => list.hash(i)),
    })),
    shards: given.list("shards", (list, i) =>
      list.object(i, (shard) => ({
        ...storedFile(shard),
        first: shard.count("first", 0),
        end: shard.count("end", 1),
      })),
    ),
  };
  const { rows, cols, entries } = manifest;
  if (Math.max(rows, cols, entries) >= 2 ** 31) {
    throw new FormatError(source, "rows, cols and entries must be below 2^31");
  }
  return manifest;
}

function storedFile(given: Fields): StoredFile {
  const file = given.take("file");
  if (typeof file !== "string" || !/^[a-z0-9][a-z0-9.-]{0,63}$/.test(file)) {
    throw given.wrong("file", file, "a plain name of a file in the folder");
  }
  return { file, bytes: given.count("bytes", 0), sha256: given.hash("sha256") };
}

function checkBlocks({ rows, entries, blocks }: ShardManifest, source: string): void {
  const { starts, entries: counts, sha256: hashes } = blocks;
  const increases = starts.every((start, b) => (b === 0 ? start === 0 : start > starts[b - 1]));
  if (!increases || starts.length < 2 || starts[starts.length - 1] !== rows) {
    throw new FormatError(source, `blocks.starts must increase from 0 to rows, ${rows}`);
  }
  if (counts.length !== starts.length - 1 || hashes.length !== counts.length) {
    throw new FormatError(source, "blocks.entries and blocks.sha256 must be as many as blocks");
  }
  if (counts.reduce((sum, count) => sum + count, 0) !== entries) {
    throw new FormatError(source, `blocks.entries must add up to entries, ${entries}`);
  }
}

function checkShards({ blocks, shards, rowIds, colIds }: ShardManifest, source: string): void {
  const { starts, entries } = blocks;
  const names = new Set([manifestName]);
  for (const { file } of [rowIds, colIds, ...shards]) {
    if (names.has(file)) throw new FormatError(source, `the file ${quote(file)} appears twice`);
    names.add(file);
  }
  let next = 0;
  for (const { file, first, end, bytes } of shards) {
    if (first !== next || end <= first || end > entries.length) {
      throw new FormatError(source, `the shards must have each block once, in order: see ${file}`);
    }
    next = end;
    let size = headerBytes;
    for (let b = first; b < end; b++) size += blockBytes(starts[b + 1] - starts[b], entries[b]);
    if (bytes !== size) {
      throw new FormatError(
        source,
        `${file} has ${bytes} bytes: with its blocks it must be ${size}`,
      );
    }
  }
  if (next !== entries.length) {
    throw new FormatError(source, `the shards have ${next} blocks of ${entries.length}`);
  }
}

/** The fields of an object or the places of a list, each of which must be taken. */
class Fields {
  readonly #left: Set<string>;

  constructor(
    readonly values: Record<string | number, unknown>,
    readonly source: string,
    readonly path: string,
  ) {
    this.#left = new Set(Object.keys(values));
  }

  take(name: string | number): unknown {
    this.#left.delete(String(name));
    return Object.hasOwn(this.values, name) ? this.values[name] : undefined;
  }

  wrong(name: string | number, value: unknown, wanted: string): FormatError {
    return new FormatError(
      this.source,
      `${this.#named(name)} is ${kindOf(value)}: it must be ${wanted}`,
    );
  }

  number(name: string | number): number {
    const value = this.take(name);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.wrong(name, value, "a finite number");
  }

  count(name: string | number, least: number): number {
    const value = this.take(name);
    if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
    throw this.wrong(name, value, `an integer >= ${least}`);
  }

  hash(name: string | number): string {
    const value = this.take(name);
    if (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) return value;
    throw this.wrong(name, value, "64 hexadecimal digits");
  }

  object<T>(name: string | number, read: (fields: Fields) => T): T {
    const value = this.take(name);
    if (!isJsonObject(value)) throw this.wrong(name, value, "an object");
    const fields = new Fields(value, this.source, this.#named(name));
    const result = read(fields);
    fields.end();
    return result;
  }

  list<T>(name: string, read: (list: Fields, place: number) => T): T[] {
    const value = this.take(name);
    if (!Array.isArray(value)) throw this.wrong(name, value, "an array");
    const list = new Fields({ ...value }, this.source, this.#named(name));
    return Array.from(value, (_, place) => read(list, place));
  }

  /** @throws FormatError where a field was not asked for. */
  end(): void {
    for (const name of this.#left) {
      throw new FormatError(
        this.source,
        `${quote(this.#named(name))} is not a field of a manifest`,
      );
    }
  }

  #named(name: string | number): string {
    return typeof name === "number"
      ? `${this.path}[${name}]`
      : `${this.path ? `${this.path}.` : ""}${name}`;
  }
}
