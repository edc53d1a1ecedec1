// The messages of a run, little-endian: a header of 32 bytes and a body.
//
//    0  u32  magic and version of the format
//    4  u32  what it is
//    8  f64  round
//   16  u64  hash of the program
//   24  u32  bytes of the body
//   28  u32  CRC-32 of the bytes before and of the body
import { crc32 } from "node:zlib";
import { addNumbers } from "../shards/exchange.js";
import { ClusterError } from "./cluster-error.js";

const magic = 0x3158_524c;
const headerBytes = 32;
/** A value of Redis may have twice as many. */
export const largestBody = 256 * 2 ** 20;

/** Of what comes in pieces: little beside what a worker holds. */
const largestPiece = 2 ** 23;

export const kinds = {
  ...{ int32: 1, float64: 2, result: 3 },
  // Of fine-tuning runs.
  ...{ outcomes: 4, parts: 5, input: 6, state: 7 },
} as const;
export type Kind = keyof typeof kinds;

export interface Message {
  readonly kind: Kind;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface Frame extends Message {
  readonly round: number;
}

/** Messages of a run whose shards are computed by this program. */
export class Frames {
  constructor(readonly program: string) {}

  encode({ kind, round, body }: Frame): Buffer {
    if (body.length > largestBody) {
      throw new ClusterError(
        `a message of ${body.length} bytes is too large: it may have ${largestBody}: ` +
          "more shards make those of rows smaller, a smaller rank all of them",
      );
    }
    const frame = Buffer.allocUnsafe(headerBytes + body.length);
    frame.writeUInt32LE(magic, 0);
    frame.writeUInt32LE(kinds[kind], 4);
    frame.writeDoubleLE(round, 8);
    frame.writeBigUInt64LE(BigInt(`0x${this.program}`), 16);
    frame.writeUInt32LE(body.length, 24);
    frame.set(body, headerBytes);
    frame.writeUInt32LE(this.#checksum(frame), 28);
    return frame;
  }

  /** @throws ClusterError for what is not a message of this kind and round of the run. */
  decode(bytes: Buffer, kind: Kind | readonly Kind[], round: number, from: string): Frame {
    const wrong = this.#whatIsWrong(bytes, [kind].flat(), round);
    if (wrong !== undefined) {
      throw new ClusterError(`${from} is not a message of this run: ${wrong}`);
    }
    const found = [kind].flat().find((one) => kinds[one] === bytes.readUInt32LE(4)) as Kind;
    // A copy: numbers must lie at multiples of their size.
    return { kind: found, round, body: new Uint8Array(bytes.subarray(headerBytes)) };
  }

  #whatIsWrong(bytes: Buffer, expected: readonly Kind[], round: number): string | undefined {
    if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== magic) {
      return "it does not begin as one";
    }
    if (bytes.readUInt32LE(24) !== bytes.length - headerBytes) {
      return `it has ${bytes.length - headerBytes} bytes and says ${bytes.readUInt32LE(24)}`;
    }
    if (bytes.readUInt32LE(28) !== this.#checksum(bytes)) return "its checksum is wrong";
    const program = bytes.readBigUInt64LE(16).toString(16).padStart(16, "0");
    if (program !== this.program) return `it is of the program ${program}, not ${this.program}`;
    if (bytes.readDoubleLE(8) !== round) {
      return `it is of round ${bytes.readDoubleLE(8)}, not ${round}`;
    }
    if (!expected.some((one) => kinds[one] === bytes.readUInt32LE(4))) {
      return `it is of kind ${bytes.readUInt32LE(4)}, not ${expected.join(" or ")}`;
    }
    return undefined;
  }

  #checksum(frame: Buffer): number {
    return crc32(frame.subarray(headerBytes), crc32(frame.subarray(0, 28)));
  }
}

type Numbers = Int32Array | Float64Array;

export function bodyOf(numbers: ArrayBufferView): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = numbers;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

/** The numbers of a message that are added up. */
export function numbersOf({ kind, body }: Message): Numbers {
  return kind === "int32" ? new Int32Array(body.buffer) : new Float64Array(body.buffer);
}

export const kindOf = (numbers: Numbers): "int32" | "float64" =>
  numbers instanceof Int32Array ? "int32" : "float64";

/** Numbers of all shards as one. @throws ClusterError where they do not fit each other. */
export function addUp(messages: readonly Message[]): Message {
  const [sums, ...others] = messages.map(numbersOf);
  for (const part of others) {
    if (part.length !== sums.length || part.constructor !== sums.constructor) {
      throw new ClusterError(
        `shards are out of step: one exchanges ${sums.length} numbers, another ${part.length}`,
      );
    }
    addNumbers(sums, part);
  }
  return { kind: messages[0].kind, body: bodyOf(sums) };
}

/**
 * A list of bytes as messages that are not too large, one after the other: the length of each as a number of 4
 * bytes, and the bytes. Only the message that is asked for is made.
 */
export function piecesOf(frames: Frames, kind: Kind, list: readonly Uint8Array[]) {
  const parts = list.flatMap((bytes) => [bodyOf(Uint32Array.of(bytes.length)), bytes]);
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  const piece = (round: number) => {
    const first = round * largestPiece;
    const body = new Uint8Array(Math.min(largestPiece, total - first));
    let at = -first;
    for (const part of parts) {
      const [from, to] = [-at, body.length - at].map((place) => Math.max(0, place));
      if (from < part.length) body.set(part.subarray(from, to), Math.max(0, at));
      at += part.length;
      if (at >= body.length) break;
    }
    return frames.encode({ kind, round, body });
  };
  return { count: Math.ceil(total / largestPiece), piece };
}

/** The list; undefined where the pieces are not those of one. */
export function listOf(pieces: readonly Uint8Array[]): Uint8Array[] | undefined {
  const all = Buffer.concat(pieces);
  const list: Uint8Array[] = [];
  for (let at = 0; at < all.length; ) {
    if (at + 4 > all.length) return undefined;
    const length = all.readUInt32LE(at);
    at += 4 + length;
    if (at > all.length) return undefined;
    list.push(all.subarray(at - length, at));
  }
  return list;
}
