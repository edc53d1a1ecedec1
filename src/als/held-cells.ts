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
    const cells = Int32Array.from({ length: count }, (_, p) => rowStart[u] + p);
    cells.sort(before);
    for (const p of cells.subarray(slice * size, (slice + 1) * size)) held[p] = 1;
  }
  return held;
}

export interface HeldPart {
  fraction: number;
  /** @defaultValue 0 */
  slice?: number;
  /** @defaultValue 2 */
  minimumCells?: number;
}
