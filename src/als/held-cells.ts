/** A list of at most this many is kept in order by insertion, which looks at most cells once; for longer ones all are sorted. */
const insertedAtMost = 32;

/**
 * Marks of cells that are held out: of each row, whose cells are rowStart[u] .. rowStart[u + 1], a
 * `fraction` in the given order, rounded, at least one; never all of them, and none of a row with fewer
 * than `minimumCells`. Slice 0 begins with the first cell, slice 1 where slice 0 ends: no cell is in
 * two of them.
 */
export function heldCells(
  rowStart: Int32Array,
  before: (p: number, q: number) => number,
  { fraction, slice = 0, minimumCells = 2 }: HeldPart,
): Uint8Array {
  const held = new Uint8Array(rowStart[rowStart.length - 1]);
  for (let u = 0; u + 1 < rowStart.length; u++) {
    const count = rowStart[u + 1] - rowStart[u];
    if (count < minimumCells) continue;
    const size = Math.min(count - 1, Math.max(1, Math.round(fraction * count)));
    const first = firstInOrder(rowStart[u], rowStart[u + 1], (slice + 1) * size, before);
    for (const p of first.subarray(slice * size)) held[p] = 1;
  }
  return held;
}

/** Of the cells from `start` on, before `end`, the first `size` in the given order, in that order. */
function firstInOrder(
  start: number,
  end: number,
  size: number,
  before: (p: number, q: number) => number,
): Int32Array {
  if (size > insertedAtMost) {
    const cells = Int32Array.from({ length: end - start }, (_, p) => start + p);
    return cells.sort(before).subarray(0, size);
  }
  const found = new Int32Array(Math.min(size, end - start));
  let count = 0;
  for (let p = start; p < end; p++) {
    if (count === found.length && before(found[count - 1], p) <= 0) continue;
    let place = count < found.length ? count++ : count - 1;
    for (; place > 0 && before(found[place - 1], p) > 0; place--) found[place] = found[place - 1];
    found[place] = p;
  }
  return found;
}

export interface HeldPart {
  fraction: number;
  /** @defaultValue 0 */
  slice?: number;
  /** @defaultValue 2 */
  minimumCells?: number;
}
