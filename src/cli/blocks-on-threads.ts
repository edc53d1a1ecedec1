import type { ByBlocks } from "../linalg/by-blocks.js";
import type { Matrix } from "../linalg/matrix.js";
import type { BlockWork } from "../parallel/block-parts.js";
import { takeByBlocks } from "../parallel/by-blocks.js";
import { fitProgram } from "../parallel/workers.js";

/**
 * Takes blocks of rows in, on this many threads; with one there are none beside the calling one. The same bits.
 *
 * @param work - what the threads are given of `whole`.
 */
export async function takeBlocks<Part>(
  name: string,
  whole: ByBlocks<Part>,
  work: BlockWork,
  blocks: Iterable<Matrix>,
  threads: number,
): Promise<void> {
  if (threads > 1) {
    await takeByBlocks(name, whole, work, blocks, { threads, url: fitProgram() });
    return;
  }
  let firstRow = 0;
  for (const block of blocks) {
    whole.take(whole.partOf(block, firstRow, name));
    firstRow += block.rows;
  }
}
