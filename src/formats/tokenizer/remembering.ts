// Words come again and again: their ids are kept.

/** Longer pieces are not kept: characters. */
const longest = 64;
/** Pieces that are kept at most. */
const capacity = 20_000;

/** The same encoder, which remembers the ids of short pieces. */
export function remembering(
  encode: (piece: string, ids: number[]) => void,
): (piece: string, ids: number[]) => void {
  const known = new Map<string, number[]>();
  return (piece, ids) => {
    if (piece.length > longest) return encode(piece, ids);
    let found = known.get(piece);
    if (!found) {
      found = [];
      encode(piece, found);
      if (known.size >= capacity) known.clear();
      known.set(piece, found);
    }
    for (const id of found) ids.push(id);
  };
}
