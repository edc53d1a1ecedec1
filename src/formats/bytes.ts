// Bytes that come from outside: a Buffer, a view at any offset, memory that others may change.
import { describe } from "../check/describe.js";

/**
 * The bytes as a plain `Uint8Array`, whatever kind of view was given: in place where they lie in
 * memory of their own, a copy where they lie in shared or resizable memory, which may change or
 * go away while they are read.
 *
 * @throws TypeError when it is not a Uint8Array, or its memory was transferred away.
 */
export function plainBytes(name: string, what: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // By the tag: instanceof knows one realm, and bytes come from others (a frame, a test runner).
  if (describe(bytes) !== "Uint8Array") {
    throw new TypeError(
      `${name}: ${what} is ${describe(bytes)}: it must be a Uint8Array, the bytes of the file`,
    );
  }
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array<ArrayBuffer>;
  const changeable =
    describe(buffer) === "SharedArrayBuffer" || (buffer as { resizable?: boolean }).resizable;
  try {
    // The buffer's length too: that of a view can be the old one after its memory has gone.
    if (changeable || byteOffset + byteLength <= buffer.byteLength) {
      const view = new Uint8Array(buffer, byteOffset, byteLength);
      return changeable ? new Uint8Array(view) : view;
    }
  } catch {
    // Engines refuse views of memory that is gone.
  }
  throw new TypeError(`${name}: ${what} has lost its memory: it was transferred or shrunk`);
}

/** A copy of bytes [start, end). `slice` of a Buffer would be a view of the same memory. */
export function copyBytes(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(start, end));
}

/** The pieces, one after the other. */
export function concatenate(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let end = 0;
  for (const piece of pieces) {
    all.set(piece, end);
    end += piece.length;
  }
  return all;
}
