// What is computed of a matrix by blocks of rows, on threads: each has a block at a time, and the calling thread takes
// their parts in in the order of the blocks. So it is the same bits for any number of threads.
import type { Matrix } from "../linalg/matrix.js";
import { givenKernels } from "../wasm/index.js";
import type { BlockWork } from "./block-parts.js";
import { Workers } from "./workers.js";

/**
 * Lets threads make the parts of blocks, and `whole` take them in. While they work, the next blocks are read.
 *
 * @param name - of the function, for messages.
 * @param check - what is wrong with a block is said before it is sent.
 */
export async function takeByBlocks<Part>(
  name: string,
  whole: { take(part: Part): void },
  work: BlockWork,
  blocks: Iterable<Matrix> | AsyncIterable<Matrix>,
  { threads, url }: { threads: number; url: URL },
  check: (block: Matrix) => void = () => {},
): Promise<void> {
  const workers = new Workers(name, threads, url);
  try {
    await workers.ask(() => ({ blocks: { name, kernels: givenKernels(), work } }));
    let firstRow = 0;
    let answers: ReturnType<typeof workers.ask> | undefined;
    const finish = async () => {
      for (const { part } of (await answers) ?? [])
        if (part !== undefined) whole.take(part as Part);
    };
    for await (const round of inRounds(blocks, threads)) {
      round.forEach(check);
      await finish();
      const asked = round.map(({ rows, cols, data }) => {
        const block = { rows, cols, data, firstRow };
        firstRow += rows;
        return { block };
      });
      answers = workers.ask((thread) => asked[thread] ?? {});
      // Who fails while the next blocks are read has not heard of it yet.
      answers.catch(() => {});
    }
    await finish();
  } finally {
    await workers.end();
  }
}

async function* inRounds(
  blocks: Iterable<Matrix> | AsyncIterable<Matrix>,
  size: number,
): AsyncGenerator<Matrix[]> {
  let round: Matrix[] = [];
  for await (const block of blocks) {
    round.push(block);
    if (round.length < size) continue;
    yield round;
    round = [];
  }
  if (round.length > 0) yield round;
}
