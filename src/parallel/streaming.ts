// Decompositions of rows that come in blocks, on threads.
import { invalidValue } from "../check/describe.js";
import { isIterable } from "../check/values.js";
import type { Pca } from "../decompositions/principal-components.js";
import { Scatter } from "../decompositions/scatter.js";
import {
  componentsOf,
  readStreamingPca,
  type StreamingPcaOptions,
  streamingPcaChecks,
} from "../decompositions/streaming-pca.js";
import { checkForm } from "../linalg/check.js";
import type { Matrix } from "../linalg/matrix.js";
import type { RandomizedSVD } from "../linalg/randomized-svd.js";
import {
  type StreamingSvdOptions,
  sketchSizes,
  streamingSvdNames,
} from "../linalg/streaming-svd.js";
import { SvdSketch } from "../linalg/svd-sketch.js";
import type { DType } from "../wasm/index.js";
import type { BlockWork } from "./block-parts.js";
import { takeByBlocks } from "./by-blocks.js";
import { readThreadOptions, type ThreadOptions } from "./workers.js";

/** Blocks of rows, in order; an iterator may read them from a file or make them. */
export type MatrixBlocks = Iterable<Matrix> | AsyncIterable<Matrix>;

/**
 * Principal components of rows that come in blocks, on several threads: those of a `StreamingPca` to which the same
 * blocks were appended, bit by bit, for any number of threads.
 *
 * Each thread has one block at a time, a copy; the next ones are asked for meanwhile. The calling thread adds up cols²
 * numbers per block, so blocks should have many more rows than columns; some thousand are good.
 *
 * @param blocks - b x cols each, of the type of the options; left unchanged.
 * @param options - those of `StreamingPca`, `threads` and `workerUrl`.
 * @throws (rejects with) as `StreamingPca`, its `append` and its `pca`; TypeError when blocks cannot be iterated over;
 * UnsupportedError where there are no workers; TerminatedError when a thread stops.
 * @example
 * ```js
 * const model = await streamingPcaParallel(blocksOf(file), { cols: 768, components: 64, threads: 4 });
 * ```
 */
export async function streamingPcaParallel(
  blocks: MatrixBlocks,
  options: StreamingPcaOptions & ThreadOptions,
): Promise<Pca> {
  const name = "streamingPcaParallel";
  const { rest, ...threads } = readThreadOptions(name, options, streamingPcaChecks());
  const read = readStreamingPca(name, rest);
  const { cols, dtype } = read;
  const scatter = new Scatter(cols);
  await taken(name, scatter, { cols, dtype }, { pca: { cols, dtype } }, blocks, threads);
  return componentsOf(name, scatter, read);
}

/**
 * The leading singular triplets of rows that come in blocks, on several threads: those of a `StreamingSvd` to which
 * the same blocks were appended, bit by bit, for any number of threads.
 *
 * Each thread has one block at a time, a copy; the next ones are asked for meanwhile. The calling thread adds up
 * rangeSize cols + coreSize² numbers per block, so blocks should have many more rows than that is times cols.
 *
 * @param blocks - b x cols each, of the type of the options; left unchanged.
 * @param options - those of `StreamingSvd`, `threads` and `workerUrl`.
 * @throws (rejects with) as `StreamingSvd`, its `append` and its `svd`; TypeError when blocks cannot be iterated over;
 * UnsupportedError where there are no workers; TerminatedError when a thread stops.
 * @example
 * ```js
 * const { U, S, V } = await streamingSvdParallel(blocksOf(file), { cols: 10_000, rank: 20, threads: 4 });
 * ```
 */
export async function streamingSvdParallel(
  blocks: MatrixBlocks,
  options: StreamingSvdOptions & ThreadOptions,
): Promise<RandomizedSVD> {
  const name = "streamingSvdParallel";
  const { rest, ...threads } = readThreadOptions(name, options, streamingSvdNames);
  const sizes = sketchSizes(name, rest);
  const sketch = new SvdSketch(sizes);
  await taken(name, sketch, sizes, { svd: sizes }, blocks, threads);
  return sketch.svd(name);
}

async function taken<Part>(
  name: string,
  whole: { take(part: Part): void },
  { cols, dtype }: { cols: number; dtype: DType },
  work: BlockWork,
  blocks: MatrixBlocks,
  threads: { threads: number; url: URL },
): Promise<void> {
  if (!isIterable(blocks)) {
    throw invalidValue(name, "blocks", blocks, "an iterable of matrices", TypeError);
  }
  await takeByBlocks(name, whole, work, blocks, threads, (block) =>
    checkForm(name, "block", block, "cols", cols, dtype),
  );
}
