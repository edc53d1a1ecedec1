// Scaled dot-product attention (Vaswani et al. 2017) over sequences that lie one after the other,
// each at its true length: no padding, no mask.
import type { Handle } from "../wasm/index.js";
import { type Dropout, drop } from "./operations.js";
import type { Tape, Tensor } from "./tape.js";

/** Numbers that are added to the scores of a head, `length` x `length`. */
export interface ScoreBias {
  write(head: number, length: number, scores: Handle): void;
  /** Where the numbers are trained: takes the gradient with respect to the scores. */
  readonly adjoint?: ((head: number, length: number, dScores: Handle) => void) | undefined;
}

export interface AttentionShape {
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
  const { gemm, softmax, softmaxAdjoint } = tape.kernels;
  const { rows, cols } = q;
  const width = cols / heads;
  const scale = 1 / Math.sqrt(width);
  const y = tape.result(rows, cols, [q, k, v], bias?.adjoint !== undefined);
  const lengths = Array.from({ length: starts.length - 1 }, (_, s) => starts[s + 1] - starts[s]);
  // A head's weights start at a multiple of four elements, where dropout can begin.
  const room = (n: number) => Math.ceil((n * n) / 4) * 4;
  const weights = tape.job.allocate(
    tape.dtype,
    lengths.reduce((sum, n) => sum + heads * room(n), 0),
  );
  const longest = lengths.reduce((most, n) => Math.max(most, room(n)), 0);
  const dropping = dropout && dropout.probability > 0 ? dropout : undefined;
  const part = (handle: Handle, at: number) => tape.job.at(tape.dtype, handle, at);

  /** Visits the heads of all sequences: length, first element, and where the weights are. */
  function forEachHead(visit: (n: number, at: number, place: number, head: number) => void): void {
    let place = 0;
    lengths.forEach((n, s) => {
      for (let head = 0; head < heads; head++, place += room(n)) {
        visit(n, starts[s] * cols + head * width, place, head);
      }
    });
  }

  tape.work(dropping ? longest : 0, (space) => {
    forEachHead((n, at, place, head) => {
      const p = part(weights, place);
      bias?.write(head, n, p);
      const beta = bias ? 1 : 0;
      gemm(0, 1, n, n, width, scale, part(q.value, at), cols, part(k.value, at), cols, beta, p, n);
      softmax(n, n, p);
      if (dropping) drop(tape, dropping, n * n, place, p, space);
      const used = dropping ? space : p;
      gemm(0, 0, n, width, n, 1, used, n, part(v.value, at), cols, 0, part(y.value, at), cols);
    });
  });

  return tape.record(y, (dy) => {
    const [dQ, dK, dV] = [q, k, v].map((x) => (x.needsGradient ? tape.accumulate(x) : undefined));
    tape.work(longest, (s) => {
      forEachHead((n, at, place, head) => {
        const p = part(weights, place);
        const dyHere = part(dy, at);
        const product = (
          transpose: 0 | 1,
          a: Handle,
          b: Handle,
          alpha: number,
          to: { dx: Handle; beta: 0 | 1 },
        ) => gemm(transpose, 0, n, width, n, alpha, a, n, b, cols, to.beta, part(to.dx, at), cols);
        if (dV) {
          if (dropping) drop(tape, dropping, n * n, place, p, s);
          product(1, dropping ? s : p, dyHere, 1, dV);
        }
        if (!dQ && !dK && !bias?.adjoint) return;
        gemm(0, 1, n, n, width, 1, dyHere, cols, part(v.value, at), cols, 0, s, n);
        if (dropping) drop(tape, dropping, n * n, place, s, s);
        softmaxAdjoint(n, n, p, s);
        bias?.adjoint?.(head, n, s);
        if (dQ) product(0, s, part(k.value, at), scale, dQ);
        if (dK) product(1, s, part(q.value, at), scale, dK);
      });
    });
  });
}
