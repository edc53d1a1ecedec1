// The leading singular triplets of a sparse matrix whose lines are shared out, by random directions and power
// iterations (Halko, Martinsson and Tropp 2011, algorithm 4.4). Each shard multiplies its own lines.
import { svdInJob } from "../linalg/in-job/golub-kahan.js";
import { type IndexedBlock, indexedOperator } from "../linalg/in-job/linear-operator.js";
import { scaleByPowerOfTwo } from "../linalg/in-job/scaling.js";
import { fillNormal } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { Block, type Job, product } from "../wasm/index.js";
import { orthonormalizeLines } from "./orthonormal-lines.js";
import { gather, ownLines } from "./side.js";

const oversampling = 16;
const powerIterations = 2;

/**
 * Writes as many left vectors as X has columns to X, of the shard's own rows, and right ones to Y.
 *
 * @param A - f32; in every shard all of it.
 * @param edges - the first row, and column, of every block, and at last their number.
 * @returns the singular values, largest first.
 */
export function* leadingTriplets(
  job: Job,
  A: IndexedBlock,
  seed: number,
  X: Block,
  Y: Block,
  edges: { readonly rows: Int32Array; readonly cols: Int32Array },
  blocks: RowBlocks,
): Sharded<Float64Array> {
  const rank = X.cols;
  const own = { rows: ownLines(edges.rows, blocks), cols: ownLines(edges.cols, blocks) };
  const { multiply, multiplyTransposed, exponent } = indexedOperator(A, own);
  const columns = Math.min(rank + oversampling, A.rows, A.cols);
  const q = Block.allocate(job, "f32", A.rows, columns);
  const b = Block.allocate(job, "f32", A.cols, columns);
  fillNormal(b, seed, streams.sketch.first, 0);
  multiply(b, q);
  for (let left = powerIterations; left > 0; left--) {
    // One pass is enough where the columns are only multiplied further.
    yield* orthonormalizeLines(q, edges.rows, blocks, 1);
    multiplyTransposed(q, b);
    yield* orthonormalizeLines(b, edges.cols, blocks, 1);
    multiply(b, q);
  }
  yield* orthonormalizeLines(q, edges.rows, blocks, 2);
  multiplyTransposed(q, b);
  yield* gather(b, own.cols);
  const { U, S, V } = svdInJob(b);
  const { first, count } = own.rows;
  product(q.lines(first, count), V.columns(0, rank), { to: X.lines(first, count) });
  U.columns(0, rank).copyTo(Y);
  const values = S.columns(0, rank);
  scaleByPowerOfTwo(values, -exponent);
  return Float64Array.from(values.read());
}
