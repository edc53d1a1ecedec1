// An orthonormal basis of the columns of a tall block whose lines are shared out, by Cholesky of its Gram matrix
// (CholeskyQR; Yamamoto, Nakatsukasa, Yanagisawa and Fukaya 2015). Only Gram matrices of blocks of lines meet: every
// shard works on its own lines, where reflections of Householder would need all of them in each.
import { solveDefinite } from "../linalg/solve-definite.js";
import type { Sharded } from "../shards/exchange.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { Block, product } from "../wasm/index.js";
import { gather, ownLines } from "./side.js";

/** Lines that are multiplied at once, beside the block. */
const batch = 4096;
/** A column counts as independent of those before it where this share of its square is left. */
const leastShare = 1e-5;
/** The share by which the diagonal grows where columns are not; four times that where rounding asks for more. */
const leastShift = 4 * leastShare;
/** Passes that make nearly dependent columns independent: each multiplies what is left of them by about 100. */
const mostShifted = 4;

/**
 * Makes the columns of Y, m x k f32, orthonormal: to about the square of their condition number times the rounding
 * of f32 in one pass, to a few of its roundings in two. 4 m k^2 operations a pass, of the own lines.
 * Where columns are nearly dependent there are passes more, with a larger diagonal of the Gram matrix (shifted
 * CholeskyQR; Fukaya, Kannan, Nakatsukasa, Yamamoto and Yanagisawa 2020). Columns of zeros stay.
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
  const lines = Y.lines(own.first, own.count);
  for (let [left, shifted] = [passes, 0]; left > 0; ) {
    const gram = yield* gramOfLines(Y, edges, blocks);
    let shift = 0;
    let inverse = inverseFactor(gram, Y.cols, shift);
    if (inverse || shifted === mostShifted) left--;
    else shifted++;
    while (!inverse) {
      shift = shift === 0 ? leastShift : 4 * shift;
      // Of numbers such a diagonal outweighs its row.
      if (shift > 4 * Y.cols) throw new Error("orthonormalizeLines: the columns are not finite");
      inverse = inverseFactor(gram, Y.cols, shift);
    }
    multiplyLines(lines, inverse);
  }
  yield* gather(Y, own);
}

/** Y'Y of all shards: sums of the blocks, in their order. */
export function* gramOfLines(
  Y: Block,
  edges: Int32Array,
  blocks: RowBlocks,
): Sharded<Float64Array> {
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

/**
 * The inverse of the upper triangular R with R'R = G, whose diagonal is larger by the share `shift`; undefined where
 * G is nearly singular. Rows and columns of zeros stay.
 */
function inverseFactor(G: Float64Array, n: number, shift: number): Float32Array | undefined {
  const L = G.slice();
  for (let at = 0; at < L.length; at += n + 1) L[at] = G[at] > 0 ? G[at] * (1 + shift) : 1;
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
