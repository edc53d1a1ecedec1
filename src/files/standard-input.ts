import { readSync } from "node:fs";

/** Bytes that are asked for at a time. */
const chunk = 1 << 16;

/** Everything that comes on standard input, until its end. Waits for a writer that is slower. */
export function readStandardInput(): Uint8Array {
  const pieces: Uint8Array[] = [];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const piece = new Uint8Array(chunk);
    let length: number;
    try {
      length = readSync(0, piece);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") break; // Windows, at the end of a pipe.
      if (code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 10);
      continue;
    }
    if (length === 0) break;
    pieces.push(piece.subarray(0, length));
  }
  return Buffer.concat(pieces);
}
