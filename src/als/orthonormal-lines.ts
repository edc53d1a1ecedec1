// An orthonormal basis of the columns of a tall block whose lines are shared out, by Cholesky of its Gram matrix
// (CholeskyQR; Yamamoto, Nakatsukasa, Yanagisawa and Fukaya 2015). Only Gram matrices of blocks of lines meet: every
// shard works on its own lines, where reflections of Householder would need all of them in each.
import { orthonormalize } from "../linalg/in-job/orthogonal.js";
import { solveDefinite } from "../linalg/solve-definite.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { Block, product } from "../wasm/index.js";
import { gather, ownLines } from "./side.js";

/** Lines that are multiplied at once, beside the block. */
const batch = 4096;
/** A column counts as independent of those before it where this share of its square is left. */
const leastShare = 1e-5;

/**
 * Makes the columns of Y, m x k f32, orthonormal: to about the square of their condition number times the rounding
 * of f32 in one pass, to a few of its roundings in two. 4 m k^2 operations a pass, of the own lines.
 * Where they are nearly dependent, every shard does it by reflections, on all lines.
 *
 * @param edges - the first line of each block of lines, and at last their number: of the shard's blocks the lines are
 * there. At the end all are.
 */
export function* orthonormalizeLines(
  Y: Block,
  edges: Int32Array,
  blocks: RowBlocks,
  passes: number,
): Sharded<void> {
  const own = ownLines(edges, blocks);
  let independent = true;
  for (let pass = 0; pass < passes && independent; pass++) {
    const inverse = inverseFactor(yield* gramOf(Y, edges, blocks), Y.cols);
    if (inverse) multiplyLines(Y.lines(own.first, own.count), inverse);
    else independent = false;
  }
  yield* gather(Y, own);
  if (!independent) orthonormalize(Y);
}

/** Y'Y of all shards: sums of the blocks, in their order. */
function* gramOf(Y: Block, edges: Int32Array, blocks: RowBlocks): Sharded<Float64Array> {
  const { job, cols: k } = Y;
  const mark = job.mark();
  const grams = Block.allocate(job, "f32", blocks.count * k, k);
  for (let block = blocks.first; block < blocks.end; block++) {
    const lines = Y.lines(edges[block], edges[block + 1] - edges[block]);
    product(lines, lines, { to: grams.lines(block * k, k), transposeA: true });
  }
  const { first, end, isWhole } = blocks;
  yield* gather(grams, { first: first * k, count: (end - first) * k, shared: !isWhole });
  const sum = new Float64Array(k * k);
  const all = grams.view();
  for (let p = 0; p < all.length; p++) sum[p % sum.length] += all[p];
  job.release(mark);
  return sum;
}

/** The inverse of the upper triangular R with R'R = G; undefined where G is nearly singular. */
function inverseFactor(G: Float64Array, n: number): Float32Array | undefined {
  const L = G.slice();
  // The solution is not asked for: L becomes the factor.
  solveDefinite(L, new Float64Array(n));
  const inverse = new Float64Array(n * n);
  for (let at = 0; at < L.length; at += n + 1) {
    if (!(L[at] * L[at] > leastShare * G[at])) return undefined;
  }
  // By columns of L^-1, whose transpose it is.
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let c = j; c < i; c++) sum -= L[i * n + c] * inverse[j * n + c];
      inverse[j * n + i] = sum / L[i * n + i];
    }
  }
  return Float32Array.from(inverse);
}

/** Y <- Y T. */
function multiplyLines(Y: Block, T: Float32Array): void {
  const { job, rows, cols: k } = Y;
  const mark = job.mark();
  const factor = Block.put(job, { dtype: "f32", rows: k, cols: k, data: T });
  const room = Block.allocate(job, "f32", Math.min(batch, rows), k);
  for (let line = 0; line < rows; line += batch) {
    const lines = Y.lines(line, Math.min(batch, rows - line));
    const result = room.lines(0, lines.rows);
    product(lines, factor, { to: result });
    result.copyTo(lines);
  }
  job.release(mark);
}
