// The order of a sparse pattern's entries for products that gather rows of a large factor.
import { compressIndex, gather } from "./triplets.js";

/**
 * Entries sorted by blocks of the index that is gathered, inside a block by lines (rows or
 * columns, whichever the product sums over), inside a line by the gathered index.
 */
export interface BlockedIndex {
  readonly blocks: number;
  /** Line i of block b owns the slots start[b * lines + i] .. start[b * lines + i + 1]. */
  readonly start: Int32Array<ArrayBuffer>;
  /** The entry in each slot. */
  readonly order: Int32Array<ArrayBuffer>;
}

/**
 * Rows of a factor that a block gathers from: what a core's own cache holds at the usual widths,
 * 160 KiB at width 10 in f64. Twice or four times as many measured up to 20 % slower.
 */
const blockRows = 2048;

/**
 * No more blocks than leave a line this many slots in each: a line costs as much as four to eight.
 */
const slotsPerLine = 8;

/**
 * Sorts entries by counting, O(entries + size of the index). A line's slots stay ascending over all
 * blocks, so a product by blocks adds in the order of one without. Entries at one place keep
 * theirs.
 *
 * @param lineOf - of each entry, 0 .. lines - 1.
 * @param gatheredOf - of each entry, 0 .. gathered - 1.
 */
export function blockedIndex(
  lineOf: ArrayLike<number>,
  lines: number,
  gatheredOf: ArrayLike<number>,
  gathered: number,
): BlockedIndex {
  const maxBlocks = Math.floor(lineOf.length / (slotsPerLine * Math.max(lines, 1)));
  const blocks = Math.max(1, Math.min(Math.ceil(gathered / blockRows), maxBlocks));
  const size = Math.max(1, Math.ceil(gathered / blocks));
  const sorted = compressIndex(gatheredOf, gathered).order;
  const keys = sorted.map((p) => Math.floor(gatheredOf[p] / size) * lines + lineOf[p]);
  const { start, order } = compressIndex(keys, blocks * lines);
  return { blocks, start, order: gather(order, sorted) };
}
