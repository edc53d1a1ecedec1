// A file of ids: one per line, in increasing order of their UTF-16 code units, each as a JSON string, so that
// any text has a place on a line.
import { FormatError } from "../formats/errors.js";

/** Characters of a piece, about. */
const pieceLength = 1 << 20;

/** The bytes of the file, piece by piece. */
export function* encodeIds(ids: readonly string[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let piece = "";
  for (const id of ids) {
    piece += `${JSON.stringify(id)}\n`;
    if (piece.length < pieceLength) continue;
    yield encoder.encode(piece);
    piece = "";
  }
  yield encoder.encode(piece);
}

/** @throws FormatError where the bytes are not `count` ids in increasing order. */
export function decodeIds(bytes: Uint8Array, count: number, source: string): string[] {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const ids: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const lineFeed = bytes.indexOf(10, start);
    const end = lineFeed < 0 ? bytes.length : lineFeed;
    const id = idOf(() => decoder.decode(bytes.subarray(start, end)));
    const line = ids.length + 1;
    if (id === undefined) throw new FormatError(source, "it must be an id as a JSON string", line);
    if (line > 1 && !(id > ids[line - 2])) {
      throw new FormatError(source, "the ids must increase", line);
    }
    ids.push(id);
    start = end + 1;
  }
  if (ids.length === count) return ids;
  throw new FormatError(source, `it holds ${ids.length} ids: manifest.json says ${count}`);
}

function idOf(text: () => string): string | undefined {
  try {
    const id: unknown = JSON.parse(text());
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}
