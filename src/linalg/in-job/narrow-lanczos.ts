// Block Lanczos for singular triplets in blocks narrower than what is wanted (Golub, Luk and Overton
// 1981), with thick restarts (Baglama and Reichel 2005).
//
// Two orthonormal bases grow in turns, A V = Q B and A'Q = V B' + N, where N, of which the next
// block is made, is all of A'Q that is not in V: the residual of a triplet takes no product.
//
// Lanczos sees no more copies of a repeated singular value than a block has vectors. What converged is
// therefore held against a random block: where that finds more, the iteration goes on.
//
// Bases are stored by columns, one vector a row; blocks for products have vectors as columns.
import { Block, type Job, product } from "../../wasm/index.js";
import { roundoff } from "../eps.js";
import { fillNormal } from "../random.js";
import * as streams from "../streams.js";
import { svdInJob } from "./golub-kahan.js";
import type { BlockOperator } from "./linear-operator.js";
import { factorAndForm } from "./orthogonal.js";
import type { ColumnTriplets } from "./singular-triplets.js";

/** Vectors per product; of 1, 2, 4, 8, 16 and 25 the fastest for 20 triplets, dense and sparse. */
const narrow = 8;
/** Blocks between two looks at the residual, at most. */
const stretch = 4;
/** Triplets beyond the rank that stay at a restart: they widen the gap that governs convergence. */
const extraTriplets = 12;
/** Blocks after which it ends in any case. */
const maxBlocks = 4000;
/** Numbers that the bases may hold: 512 MiB in f64. */
const basisEntries = 2 ** 26;

interface NarrowTriplets extends ColumnTriplets {
  /** ‖A'U - V diag(S)‖ / S[0] in the Frobenius norm. */
  readonly residual: number;
  /** Pairs of products. */
  readonly iterations: number;
}

/**
 * The first `rank` triplets, within the tolerance and still so beside a random block; undefined where A
 * is not much larger than the bases.
 */
export function narrowTriplets(
  job: Job,
  operator: BlockOperator,
  { rank, seed, tolerance }: { rank: number; seed: number; tolerance: number },
): NarrowTriplets | undefined {
  const { rows: m, cols: n, dtype } = operator;
  const room = (rows: number, cols: number) => Block.allocate(job, dtype, rows, cols);
  const width = rank + extraTriplets;
  const capacity = 2 * width + 8 * narrow;
  if (2 * capacity > Math.min(m, n) || capacity * (m + n) > basisEntries) return undefined;
  // Of V one block more: the next one. B' by rows, and N' in the next block.
  const [Q, V] = [room(capacity, m), room(capacity + narrow, n)];
  const B = Block.zeros(job, dtype, capacity, capacity);
  const N = room(narrow, narrow);
  const values = room(1, capacity);
  // The blocks of the last products, made orthonormal: x is the next block.
  const [x, y] = [room(n, narrow), room(m, narrow)];
  const goal = tolerance / 2;
  let [used, iterations, drawn] = [0, 0, 0];
  /** The first row of Q that the image of the next block has a part in. */
  let linked = 0;
  /** The largest norm of a block so far. */
  let scale = 0;
  /** What earlier random blocks made the triplets lose, beside what they lack now. */
  let lost = 0;
  let before = Number.POSITIVE_INFINITY;
  let checked = false;

  const draw = (block: Block) => {
    fillNormal(block, seed, streams.sketch.first, drawn);
    drawn += block.length;
  };

  /** Y <- Y - C W with C = Y W'. */
  const takeOut = (W: Block, Y: Block, C = room(narrow, W.rows)) => {
    if (W.rows === 0) return;
    product(Y, W, { to: C, transposeB: true });
    product(C, W, { to: Y, scale: -1, add: true });
  };

  /**
   * left = T P, `left` being what is left of z' when the rows of W, the first `count` of the basis, are
   * taken out: P, orthonormal and orthogonal to W, becomes the next rows of the basis, and P' z. The less
   * is left the less orthogonal it is, and then W is taken out again; where it is rounding, random
   * vectors of that size are added first.
   */
  const append = (left: Block, basis: Block, count: number, z: Block, T: Block) => {
    const [W, P] = [basis.lines(0, count), basis.lines(count, narrow)];
    const norm = z.norm();
    scale = Math.max(scale, norm);
    const noise = 8 * roundoff[dtype] * (scale || 1);
    left.copyTo(P);
    factorAndForm(P, z);
    const least = Math.min(...Array.from({ length: narrow }, (_, i) => Math.abs(P.row(i)[i])));
    if (least < noise) {
      draw(P);
      P.kernels.scal(P.length, noise / Math.sqrt(P.cols), P.handle);
      P.kernels.axpy(P.length, 1, left.handle, P.handle);
      factorAndForm(P, z);
    }
    if (least < Math.max(noise, norm / 16)) {
      z.transposeTo(P);
      takeOut(W, P);
      factorAndForm(P, z);
    }
    z.transposeTo(P);
    product(left, P, { to: T, transposeB: true });
  };

  /** The next block is made of `next`, beyond the first `count` rows of V. */
  const appendNext = (next: Block, count: number) => {
    takeOut(V.lines(0, count), next);
    append(next, V, count, x, N);
  };

  const takeRandom = () => {
    draw(y);
    operator.multiplyTransposed(y, x);
    appendNext(x.transposed(), used);
  };

  /** The next block joins the basis, and the one after it is made. */
  const grow = () => {
    const row = B.lines(used, narrow);
    operator.multiply(x, y);
    const image = y.transposed();
    takeOut(Q.lines(linked, used - linked), image, row.columns(linked, used - linked));
    append(image, Q, used, y, row.columns(used, narrow));
    operator.multiplyTransposed(y, x);
    const next = x.transposed();
    // Nearly all of it is in the last block; what rounding left in the others comes after that.
    takeOut(V.lines(used, narrow), next);
    linked = used;
    used += narrow;
    appendNext(next, used);
    iterations++;
  };

  const mark = job.mark();
  takeRandom();
  for (let blocks = stretch; ; ) {
    for (let i = 0; (i < blocks || used < rank) && used + narrow <= capacity; i++) {
      grow();
      job.release(mark);
    }
    const { U: P, S, V: Z } = svdInJob(B.part(0, 0, used, used));
    const left = room(rank, narrow);
    product(Z.part(used - narrow, 0, narrow, rank), N, { to: left, transposeA: true });
    const residual = left.norm() / (S.view()[0] || 1);
    const found = residual <= goal;
    const end = (found && checked) || iterations >= maxBlocks;
    if (found || end || used + narrow > capacity) {
      const kept = Math.min(found ? rank : width, used);
      for (const [basis, turn] of [
        [Q, Z],
        [V, P],
      ]) {
        const turned = room(kept, basis.cols);
        product(turn.columns(0, kept), basis.lines(0, used), { to: turned, transposeA: true });
        turned.copyTo(basis);
      }
      S.copyTo(values);
      const entries = B.view().fill(0);
      for (let i = 0; i < kept; i++) entries[i * (capacity + 1)] = values.view()[i];
      [used, linked] = [kept, 0];
      x.transposeTo(V.lines(used, narrow));
    }
    if (found || end) lost = Math.sqrt(residual * residual + lost * lost);
    if (end) return { left: Q, values, right: V, residual: lost, iterations };
    if (found) takeRandom();
    job.release(mark);
    checked = found;
    blocks = found ? stretch : blocksToGo(residual / goal, before / residual, blocks);
    before = residual;
  }
}

/**
 * As many blocks as it takes to divide the residual by `wanted`, where the last `blocks` divided it by `divided`: the
 * least k with divided^k >= wanted^blocks, up to `stretch`.
 */
function blocksToGo(wanted: number, divided: number, blocks: number): number {
  if (divided === Number.POSITIVE_INFINITY) return stretch;
  let goal = 1;
  for (let i = 0; i < blocks; i++) goal *= wanted;
  let count = 1;
  for (let reached = divided; reached < goal && count < stretch; count++) reached *= divided;
  return count;
}
