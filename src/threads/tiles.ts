/** A rectangle of a matrix. */
interface Rectangle {
  row: number;
  col: number;
  rows: number;
  cols: number;
}

/** Multiply-adds below which a tile is not worth splitting: some tens of microseconds. */
const smallestTile = 2 ** 20;
/** No side is cut shorter: packing an operand costs as much as a few tens of products with it. */
const shortestSide = 64;
/** Tiles start at multiples of every kernel's register tile. */
const step = 16;

/**
 * Cuts an m x n product of depth k into about `parts` rectangles of like size: the grid in which
 * the operands are packed the fewest times. Of rows x cols tiles, each packs its rows of A and its
 * columns of B, so A is packed cols times and B rows times.
 */
export function tiles(m: number, n: number, k: number, parts: number): Rectangle[] {
  const wanted = Math.max(1, Math.min(parts, Math.floor((m * n * k) / smallestTile)));
  const maxRows = Math.max(1, Math.floor(m / shortestSide));
  const maxCols = Math.max(1, Math.floor(n / shortestSide));
  let [rowParts, colParts, packed] = [1, 1, Number.POSITIVE_INFINITY];
  for (let r = 1; r <= Math.min(wanted, maxRows); r++) {
    const c = Math.min(Math.ceil(wanted / r), maxCols);
    const enough = r * c >= Math.min(wanted, maxRows * maxCols);
    if (enough && r * n + c * m < packed) [rowParts, colParts, packed] = [r, c, r * n + c * m];
  }
  const rowEdges = edges(m, rowParts);
  const colEdges = edges(n, colParts);
  return rowEdges.slice(1).flatMap((rowEnd, i) =>
    colEdges.slice(1).map((colEnd, j) => {
      const [row, col] = [rowEdges[i], colEdges[j]];
      return { row, col, rows: rowEnd - row, cols: colEnd - col };
    }),
  );
}

/** 0, then where each of `parts` like parts ends. */
function edges(size: number, parts: number): number[] {
  const inner = (i: number) => Math.round((i * size) / parts / step) * step;
  return Array.from({ length: parts + 1 }, (_, i) => (i === parts ? size : inner(i)));
}
