// Scaled dot-product attention (Vaswani et al. 2017) over sequences that lie one after the other,
// each at its true length: no padding, no mask.
import { Block, type Handle, product } from "../wasm/index.js";
import { type Dropout, dropEntries } from "./operations.js";
import type { Tape, Tensor } from "./tape.js";

/** Numbers that are added to the scores of a head, each token's to each token. */
export interface ScoreBias {
  write(head: number, scores: Block): void;
  /** Where the numbers are trained: takes the gradient with respect to the scores. */
  readonly adjoint?: ((head: number, dScores: Block) => void) | undefined;
}

interface AttentionShape {
  /** First row of each sequence, and the number of rows at the end. */
  readonly starts: ArrayLike<number>;
  readonly heads: number;
  /** What is added to the scores; left out: nothing. */
  readonly bias?: ScoreBias | undefined;
  /** Drops attention weights; the softmax itself is kept whole for its adjoint. */
  readonly dropout?: Dropout | undefined;
}

/**
 * For each sequence and head, with Q, K, V the columns of the head in the sequence's rows:
 * softmax(scale Q K' + bias) V, scale = 1 / sqrt(columns of a head). Adjoints, with P the softmax:
 * dV = P' dY, dP = dY V', dS = scale P (dP - rowsum(P dP)), dQ = dS K, dK = dS' Q.
 */
export function attention(
  tape: Tape,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { starts, heads, bias, dropout }: AttentionShape,
): Tensor {
  const { job, dtype } = tape;
  const { softmax, softmaxAdjoint } = tape.kernels;
  const { rows, cols } = q;
  const width = cols / heads;
  const scale = 1 / Math.sqrt(width);
  const y = tape.result(rows, cols, [q, k, v], bias?.adjoint !== undefined);
  const lengths = Array.from({ length: starts.length - 1 }, (_, s) => starts[s + 1] - starts[s]);
  // A head's weights start at a multiple of four elements, where dropout can begin.
  const room = (n: number) => Math.ceil((n * n) / 4) * 4;
  const weights = job.allocate(
    dtype,
    lengths.reduce((sum, n) => sum + heads * room(n), 0),
  );
  const longest = lengths.reduce((most, n) => Math.max(most, room(n)), 0);
  const dropping = dropout && dropout.probability > 0 ? dropout : undefined;
  const square = (n: number, handle: Handle) => new Block(job, dtype, n, n, handle);

  /** Visits the heads of all sequences: a head's part of a matrix, its weights, their place. */
  function forEachHead(
    visit: (part: (x: Block) => Block, P: Block, place: number, head: number) => void,
  ): void {
    let place = 0;
    lengths.forEach((n, s) => {
      for (let head = 0; head < heads; head++, place += room(n)) {
        const part = (x: Block) => x.part(starts[s], head * width, n, width);
        visit(part, square(n, job.at(dtype, weights, place)), place, head);
      }
    });
  }

  tape.work(1, dropping ? longest : 0, (space) => {
    forEachHead((part, P, place, head) => {
      bias?.write(head, P);
      product(part(q), part(k), { to: P, transposeB: true, scale, add: bias !== undefined });
      softmax(P.rows, P.cols, P.handle);
      const used = dropping ? square(P.rows, space.handle) : P;
      if (dropping) dropEntries(dropping, P, used, place);
      product(used, part(v), { to: part(y) });
    });
  });

  return tape.record(y, (dy) => {
    const [dQ, dK, dV] = [q, k, v].map((x) => (x.needsGradient ? tape.accumulate(x) : undefined));
    tape.work(1, longest, (space) => {
      forEachHead((part, P, place, head) => {
        const S = square(P.rows, space.handle);
        const dY = part(dy);
        if (dV) {
          if (dropping) dropEntries(dropping, P, S, place);
          product(dropping ? S : P, dY, { to: part(dV.to), add: dV.add, transposeA: true });
        }
        if (!dQ && !dK && !bias?.adjoint) return;
        product(dY, part(v), { to: S, transposeB: true });
        if (dropping) dropEntries(dropping, S, S, place);
        softmaxAdjoint(P.rows, P.cols, P.handle, S.handle);
        bias?.adjoint?.(head, S);
        if (dQ) product(S, part(k), { to: part(dQ.to), add: dQ.add, scale });
        if (dK) product(S, part(q), { to: part(dK.to), add: dK.add, scale, transposeA: true });
      });
    });
  });
}
