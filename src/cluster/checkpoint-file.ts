// What a thread keeps of a fit at the end of a sweep, little-endian. Its rows lie by blocks, so that whoever takes
// the fit up takes the blocks that it has, from whatever files they are in.
//
//   8 bytes   "lowrank" and the version
//   u32       bytes of the header, which is JSON: whose it is, which blocks, and how many numbers of what
//   numbers   of the journal, f64; then of each state those of columns, then of each array of rows block after block
//   32 bytes  SHA-256 of all before
import { createHash } from "node:crypto";
import { FormatError } from "../formats/errors.js";
import { parseJsonObject } from "../formats/strict-json.js";
import type { Kept, KeptNumbers, RowNumbers } from "../shards/journal.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { bodyOf } from "./frame.js";

const magic = new TextEncoder().encode("lowrank\x01");
const hashBytes = 32;
const kinds = { f32: Float32Array, f64: Float64Array } as const;
type Kind = keyof typeof kinds;

/** Of which computation, and when. */
export interface CheckpointOf {
  /** Of one start of a run: another one of the same name has another. */
  readonly id: string;
  readonly program: string;
  /** The exchange that comes next. */
  readonly round: number;
}

/** How many numbers of which kind: of rows, in each block. */
type Listed<Count> = readonly [Kind, Count];

interface Header extends CheckpointOf {
  readonly first: number;
  readonly end: number;
  readonly numbers: number;
  readonly states: readonly {
    readonly shared: readonly Listed<number>[];
    readonly ofRows: readonly Listed<readonly number[]>[];
  }[];
}

/** The bytes of the file, piece by piece. */
export function* encodeCheckpoint(
  of: CheckpointOf,
  { numbers, states }: Kept,
  blocks: RowBlocks,
): Generator<Uint8Array> {
  const { first, end } = blocks;
  const header: Header = {
    ...{ id: of.id, program: of.program, round: of.round, first, end, numbers: numbers.length },
    states: states.map(({ shared, ofRows }) => ({
      shared: shared.map((array) => [kindOf(array), array.length]),
      ofRows: ofRows.map((array) => [kindOf(array.numbers), countsOf(array, blocks)]),
    })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  const arrays = states.flatMap(({ shared, ofRows }) => [
    ...shared,
    ...ofRows.map((array) => array.numbers),
  ]);
  const hash = createHash("sha256");
  for (const piece of [magic, length, text, ...[numbers, ...arrays].map(bodyOf)]) {
    hash.update(piece);
    yield piece;
  }
  yield hash.digest();
}

const kindOf = (array: KeptNumbers): Kind => (array instanceof Float32Array ? "f32" : "f64");

/** Numbers of each block. */
function countsOf({ numbers, starts }: RowNumbers, blocks: RowBlocks): number[] {
  const before = (row: number) => starts?.[row] ?? (row * numbers.length) / blocks.rows;
  const counts: number[] = [];
  blocks.forEach((first, count) => {
    counts.push(before(first + count) - before(first));
  });
  return counts;
}

/** A file that was read. */
export interface CheckpointPart {
  readonly first: number;
  readonly end: number;
  readonly numbers: Float64Array;
  readonly states: readonly {
    readonly shared: readonly KeptNumbers[];
    /** Of each array the numbers of each block. */
    readonly ofRows: readonly (readonly KeptNumbers[])[];
  }[];
}

/** @throws FormatError for what is not whole, or of another run. */
export function decodeCheckpoint(
  bytes: Uint8Array,
  of: CheckpointOf,
  source: string,
): CheckpointPart {
  const end = bytes.length - hashBytes;
  if (end < 12 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new FormatError(source, "it is not a checkpoint");
  }
  const hash = createHash("sha256").update(bytes.subarray(0, end)).digest();
  if (hash.some((byte, i) => byte !== bytes[end + i])) {
    throw new FormatError(source, "it is cut off or damaged: its hash differs");
  }
  const headerEnd = 12 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const header = parseJsonObject(bytes.subarray(12, headerEnd), source) as unknown as Header;
  if (header.id !== of.id || header.program !== of.program || header.round !== of.round) {
    throw new FormatError(source, "it is the checkpoint of another run");
  }
  let at = headerEnd;
  const take = (kind: Kind, count: number): KeptNumbers => {
    const start = at;
    at += count * kinds[kind].BYTES_PER_ELEMENT;
    // A copy: numbers must lie at multiples of their size.
    return new kinds[kind](new Uint8Array(bytes.subarray(start, at)).buffer);
  };
  const numbers = take("f64", header.numbers) as Float64Array;
  const states = header.states.map(({ shared, ofRows }) => ({
    shared: shared.map(([kind, count]) => take(kind, count)),
    ofRows: ofRows.map(([kind, counts]) => counts.map((count) => take(kind, count))),
  }));
  return { first: header.first, end: header.end, numbers, states };
}

/** The blocks of a shard, from parts that have all of them. */
export function joinParts(parts: readonly CheckpointPart[], blocks: RowBlocks): Kept {
  const [{ numbers, states }] = parts;
  const places: [CheckpointPart, number][] = [];
  for (let block = blocks.first; block < blocks.end; block++) {
    const part = parts.find(({ first, end }) => first <= block && block < end);
    if (part) places.push([part, block - part.first]);
  }
  return {
    numbers,
    states: states.map(({ shared, ofRows }, q) => ({
      shared,
      ofRows: ofRows.map((_, array) => ({
        numbers: joined(places.map(([part, block]) => part.states[q].ofRows[array][block])),
      })),
    })),
  };
}

function joined(pieces: readonly KeptNumbers[]): KeptNumbers {
  if (pieces.length === 1) return pieces[0];
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all =
    pieces[0] instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
