// Block Lanczos for singular triplets (Golub, Luk and Overton 1981): two orthonormal bases that grow
// in turns, A V = Q B and A'Q = V B' + N, where N, of which the next block is made, is all of A'Q that
// is not in V: so the residual of a triplet takes no product.
//
// The bases can be turned and cut to a few triplets and grown again (Baglama and Reichel 2005).
//
// Bases are stored by columns, one vector a row; blocks for products have vectors as columns.
import { Block, type Job, product } from "../../wasm/index.js";
import { roundoff } from "../eps.js";
import { fillNormal } from "../random.js";
import * as streams from "../streams.js";
import { type SvdBlocks, svdInJob } from "./golub-kahan.js";
import type { BlockOperator } from "./linear-operator.js";
import { factorAndForm } from "./orthogonal.js";
import type { ColumnTriplets } from "./singular-triplets.js";

/** Vectors per product; of 1, 2, 4, 8, 16 and 25 the fastest for 20 triplets, dense and sparse. */
export const blockWidth = 8;

export class BlockLanczos implements ColumnTriplets {
  /** Q; after `keep` its first rows are left singular vectors. */
  readonly left: Block;
  /** After `keep`, those of its triplets. */
  readonly values: Block;
  /** V and the next block; after `keep` its first rows are right singular vectors. */
  readonly right: Block;
  /** Vectors in each basis. */
  used = 0;
  /** Pairs of products with A and A'. */
  iterations = 0;

  readonly #seed: number;
  readonly #operator: BlockOperator;
  /** B' by rows. */
  readonly #B: Block;
  /** N' in the next block. */
  readonly #N: Block;
  /** The blocks of the last products, made orthonormal: x is the next block. */
  readonly #x: Block;
  readonly #y: Block;
  /**
   * The first row of Q that the image of the next block has a part in: the rows before the last block have
   * none, as A'Q of these is in V. Where N was given up that does not hold: the image has a part in all.
   */
  #linked = 0;
  /** Whether N of blocks in the bases was given up. */
  #gaveUp = false;
  /** The largest norm of a block so far. */
  #scale = 0;
  /** Random numbers drawn so far. */
  #drawn = 0;

  /** @param capacity - vectors that a basis may have, at most min(m, n) - blockWidth. */
  constructor(
    readonly job: Job,
    operator: BlockOperator,
    readonly capacity: number,
    seed: number,
  ) {
    const { rows: m, cols: n, dtype } = operator;
    const room = (rows: number, cols: number) => Block.allocate(job, dtype, rows, cols);
    this.#operator = operator;
    this.#seed = seed;
    this.left = room(capacity, m);
    this.right = room(capacity + blockWidth, n);
    this.values = room(1, capacity);
    this.#B = Block.zeros(job, dtype, capacity, capacity);
    this.#N = room(blockWidth, blockWidth);
    this.#x = room(n, blockWidth);
    this.#y = room(m, blockWidth);
    this.takeRandom();
  }

  /** Whether a block fits into the bases. */
  get hasRoom(): boolean {
    return this.used + blockWidth <= this.capacity;
  }

  /**
   * The next block is made of A' times normal vectors: what N held is given up. Returns the norm of what
   * of these products is beyond V: its square has the mean blockWidth ‖A (I - V V')‖².
   */
  takeRandom(): number {
    const mark = this.job.mark();
    this.#gaveUp = this.used > 0;
    this.#draw(this.#y);
    this.#operator.multiplyTransposed(this.#y, this.#x);
    const next = this.#x.transposed();
    this.#appendNext(next);
    const norm = next.norm();
    this.job.release(mark);
    return norm;
  }

  /** The next block joins the bases, and the one after it is made. */
  grow(): void {
    const used = this.used;
    const [linked, operator] = [this.#linked, this.#operator];
    const [x, y] = [this.#x, this.#y];
    const mark = this.job.mark();
    const row = this.#B.lines(used, blockWidth);
    operator.multiply(x, y);
    const image = y.transposed();
    takeOut(this.left.lines(linked, used - linked), image, row.columns(linked, used - linked));
    // Once more from all: what rounding has left grows from block to block where values are in clusters.
    takeOut(this.left.lines(0, used), image);
    this.#append(image, this.left, used, y, row.columns(used, blockWidth));
    operator.multiplyTransposed(y, x);
    const next = x.transposed();
    // Nearly all of it is in the last block; what rounding left in the others comes after that.
    takeOut(this.right.lines(used, blockWidth), next);
    this.#linked = this.#gaveUp ? 0 : used;
    this.used += blockWidth;
    this.#appendNext(next);
    this.job.release(mark);
    this.iterations++;
  }

  /** B' = U S V': the columns of Q V and V U are the singular vectors that the bases hold. */
  decompose(): SvdBlocks {
    return svdInJob(this.#B.part(0, 0, this.used, this.used));
  }

  /** ‖A'U - V diag(S)‖_F / S[0] over the first `count` triplets of the bases. */
  residual({ S, V: Z }: SvdBlocks, count: number): number {
    const { job, dtype } = Z;
    const mark = job.mark();
    const left = Block.allocate(job, dtype, count, blockWidth);
    product(Z.part(this.used - blockWidth, 0, blockWidth, count), this.#N, {
      to: left,
      transposeA: true,
    });
    const norm = left.norm();
    job.release(mark);
    return norm / (S.view()[0] || 1);
  }

  /** The first `count` triplets of the bases take their place; the next block stays. */
  keep({ U: P, S, V: Z }: SvdBlocks, count: number): void {
    const { used, job } = this;
    const mark = job.mark();
    for (const [basis, turn] of [
      [this.left, Z],
      [this.right, P],
    ]) {
      const turned = Block.allocate(job, basis.dtype, count, basis.cols);
      product(turn.columns(0, count), basis.lines(0, used), { to: turned, transposeA: true });
      turned.copyTo(basis);
    }
    job.release(mark);
    S.copyTo(this.values);
    const entries = this.#B.view().fill(0);
    const values = this.values.view();
    for (let i = 0; i < count; i++) entries[i * (this.capacity + 1)] = values[i];
    this.used = count;
    this.#linked = 0;
    this.#x.transposeTo(this.right.lines(count, blockWidth));
  }

  /** The next block is made of `next`, beyond V. */
  #appendNext(next: Block): void {
    takeOut(this.right.lines(0, this.used), next);
    this.#append(next, this.right, this.used, this.#x, this.#N);
  }

  /**
   * left = T P, `left` being what is left of z' when the rows of W, the first `count` of the basis, are
   * taken out: P, orthonormal and orthogonal to W, becomes the next rows of the basis, and P' z. The less
   * is left the less orthogonal it is, and then W is taken out again; where it is rounding, random
   * vectors of that size are added first.
   */
  #append(left: Block, basis: Block, count: number, z: Block, T: Block): void {
    const [W, P] = [basis.lines(0, count), basis.lines(count, blockWidth)];
    const norm = z.norm();
    this.#scale = Math.max(this.#scale, norm);
    const noise = 8 * roundoff[z.dtype] * (this.#scale || 1);
    left.copyTo(P);
    factorAndForm(P, z);
    const least = Math.min(...Array.from({ length: blockWidth }, (_, i) => Math.abs(P.row(i)[i])));
    if (least < noise) {
      this.#draw(P);
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
  }

  #draw(block: Block): void {
    fillNormal(block, this.#seed, streams.sketch.first, this.#drawn);
    this.#drawn += block.length;
  }
}

/** Y <- Y - C W with C = Y W', which goes to `C` where it is given. */
function takeOut(W: Block, Y: Block, C = Block.allocate(Y.job, Y.dtype, Y.rows, W.rows)): void {
  if (W.rows === 0) return;
  product(Y, W, { to: C, transposeB: true });
  product(C, W, { to: Y, scale: -1, add: true });
}
