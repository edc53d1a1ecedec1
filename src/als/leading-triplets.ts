// The leading singular triplets of a sparse matrix whose lines are shared out, by random directions and power
// iterations (Halko, Martinsson and Tropp 2011, algorithm 4.4). Each shard multiplies its own lines.
import { gramEigen } from "../linalg/in-job/gram-eigen.js";
import { type IndexedBlock, indexedOperator } from "../linalg/in-job/linear-operator.js";
import { fillNormal } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { Block, type Job, product, sparseSingles } from "../wasm/index.js";
import { gramOfLines, orthonormalizeLines } from "./orthonormal-lines.js";
import { gather, ownLines } from "./side.js";

/** The first row, and column, of every block, and at last their number. */
export interface Edges {
  readonly rows: Int32Array;
  readonly cols: Int32Array;
}

const oversampling = 16;
const powerIterations = 2;

/**
 * Writes as many left vectors as X has columns to X, of the shard's own rows, and right ones to Y.
 *
 * @param A - f32; in every shard all of it.
 * @returns the singular values, largest first.
 */
export function* leadingTriplets(
  job: Job,
  A: IndexedBlock,
  seed: number,
  X: Block,
  Y: Block,
  edges: Edges,
  blocks: RowBlocks,
): Sharded<Float64Array> {
  const rank = X.cols;
  const own = { rows: ownLines(edges.rows, blocks), cols: ownLines(edges.cols, blocks) };
  const { multiply, multiplyTransposed, exponent } = indexedOperator(
    A,
    job.use(sparseSingles).f32,
    own,
  );
  const columns = Math.min(rank + oversampling, A.rows, A.cols);
  const q = Block.allocate(job, "f32", A.rows, columns);
  const b = Block.allocate(job, "f32", A.cols, columns);
  const { first, count } = own.cols;
  fillNormal(b.lines(first, count), seed, streams.sketch.first, first * columns);
  yield* gather(b, own.cols);
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
  // The SVD of b: eigenvectors of its Gram matrix turn its columns orthogonal, and they are then as long as its
  // singular values.
  const V = eigenvectorsOf(job, yield* gramOfLines(b, edges.cols, blocks), columns, rank);
  for (const [from, to, { first, count }] of [
    [q, X, own.rows],
    [b, Y, own.cols],
  ] as const) {
    product(from.lines(first, count), V, { to: to.lines(first, count) });
  }
  yield* gather(Y, own.cols);
  const sizes = normalizeColumns(Y);
  return sizes.map((size) => size * 2 ** -exponent);
}

/** The first eigenvectors of a Gram matrix, n x count f32, as columns. */
function eigenvectorsOf(job: Job, G: Float64Array, n: number, count: number): Block {
  const { vectors } = gramEigen(job, G, n);
  const rows = Float32Array.from(vectors.subarray(0, count * n));
  return Block.put(job, { dtype: "f32", rows: count, cols: n, data: rows }).transposed();
}

/** Columns of length 1, but zeros. @returns the lengths that they had. */
function normalizeColumns(Y: Block): Float64Array {
  const entries = Y.view();
  const { cols } = Y;
  const lengths = new Float64Array(cols);
  for (let p = 0; p < entries.length; p++) lengths[p % cols] += entries[p] * entries[p];
  for (let c = 0; c < cols; c++) lengths[c] = Math.sqrt(lengths[c]);
  for (let p = 0; p < entries.length; p++) entries[p] /= lengths[p % cols] || 1;
  return lengths;
}
