// Scaled dot-product attention (Vaswani et al. 2017) over sequences that lie one after the other,
// each at its true length: no padding, no mask. Where only some tokens' outputs are wanted, only they ask.
import { Block, type Handle, networksKernels, product } from "../wasm/index.js";
import { type Dropout, dropEntries } from "./operations.js";
import type { Tape, Tensor } from "./tape.js";

/**
 * Numbers that are added to the scores of a head, each token's to each token. The scores have a row
 * for each of the first tokens of a sequence, up to all, and a column for every token.
 */
export interface ScoreBias {
  write(head: number, scores: Block): void;
  /** Where the numbers are trained: takes the gradient with respect to the scores. */
  readonly adjoint?: ((head: number, dScores: Block) => void) | undefined;
}

interface AttentionShape {
  /** First row of each sequence, and the number of rows at the end. */
  readonly starts: ArrayLike<number>;
  /**
   * The same for the rows of Q and of the result, where they are of the first tokens of each sequence
   * alone. @defaultValue `starts`: of all
   */
  readonly queryStarts?: ArrayLike<number> | undefined;
  readonly heads: number;
  /** What is added to the scores; left out: nothing. */
  readonly bias?: ScoreBias | undefined;
  /** Drops attention weights; the softmax itself is kept whole for its adjoint. */
  readonly dropout?: Dropout | undefined;
}

/**
 * For each sequence and head, with Q, K, V the columns of the head in the sequence's rows:
 * softmax(scale Q K' + bias) V, one row a query, scale = 1 / sqrt(columns of a head). Adjoints, with P the softmax:
 * dV = P' dY, dP = dY V', dS = scale P (dP - rowsum(P dP)), dQ = dS K, dK = dS' Q.
 */
export function attention(
  tape: Tape,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { starts, queryStarts = starts, heads, bias, dropout }: AttentionShape,
): Tensor {
  const { job, dtype } = tape;
  const { softmax, softmaxAdjoint } = tape.use(networksKernels);
  const { rows, cols } = q;
  const width = cols / heads;
  const scale = 1 / Math.sqrt(width);
  const y = tape.result(rows, cols, [q, k, v], bias?.adjoint !== undefined);
  const sequences = Array.from({ length: starts.length - 1 }, (_, s) => {
    const [tokens, queries] = [starts, queryStarts].map((at) => at[s + 1] - at[s]);
    // A head's weights start at a multiple of four elements, where dropout can begin.
    return { tokens, queries, room: Math.ceil((queries * tokens) / 4) * 4 };
  });
  const weights = job.allocate(
    dtype,
    sequences.reduce((sum, { room }) => sum + heads * room, 0),
  );
  const largest = sequences.reduce((most, { room }) => Math.max(most, room), 0);
  const dropping = dropout && dropout.probability > 0 ? dropout : undefined;
  const shaped = ({ rows, cols }: Block, handle: Handle) =>
    new Block(job, dtype, rows, cols, handle);

  /** What belongs to one head of one sequence. */
  interface Head {
    readonly head: number;
    /** The weights, and their place among all. */
    readonly P: Block;
    readonly place: number;
    /** Its part of Q or of the result, and of K or V. */
    ofQueries(x: Block): Block;
    ofTokens(x: Block): Block;
  }

  function forEachHead(visit: (one: Head) => void): void {
    let place = 0;
    sequences.forEach(({ tokens, queries, room }, s) => {
      for (let head = 0; head < heads; head++, place += room) {
        const column = head * width;
        visit({
          ...{ head, place },
          P: new Block(job, dtype, queries, tokens, job.at(dtype, weights, place)),
          ofQueries: (x) => x.part(queryStarts[s], column, queries, width),
          ofTokens: (x) => x.part(starts[s], column, tokens, width),
        });
      }
    });
  }

  tape.work(1, dropping ? largest : 0, (space) => {
    forEachHead(({ head, P, place, ofQueries, ofTokens }) => {
      bias?.write(head, P);
      const add = bias !== undefined;
      product(ofQueries(q), ofTokens(k), { to: P, transposeB: true, scale, add });
      softmax(P.rows, P.cols, P.handle);
      const used = dropping ? shaped(P, space.handle) : P;
      if (dropping) dropEntries(dropping, P, used, place);
      product(used, ofTokens(v), { to: ofQueries(y) });
    });
  });

  return tape.record(y, (dy) => {
    const [dQ, dK, dV] = [q, k, v].map((x) => (x.needsGradient ? tape.accumulate(x) : undefined));
    tape.work(1, largest, (space) => {
      forEachHead(({ head, P, place, ofQueries, ofTokens }) => {
        const S = shaped(P, space.handle);
        const dY = ofQueries(dy);
        if (dV) {
          if (dropping) dropEntries(dropping, P, S, place);
          const { to, add } = dV;
          product(dropping ? S : P, dY, { to: ofTokens(to), add, transposeA: true });
        }
        if (!dQ && !dK && !bias?.adjoint) return;
        product(dY, ofTokens(v), { to: S, transposeB: true });
        if (dropping) dropEntries(dropping, S, S, place);
        softmaxAdjoint(P.rows, P.cols, P.handle, S.handle);
        bias?.adjoint?.(head, S);
        if (dQ) product(S, ofTokens(k), { to: ofQueries(dQ.to), add: dQ.add, scale });
        if (!dK) return;
        product(S, ofQueries(q), { to: ofTokens(dK.to), add: dK.add, scale, transposeA: true });
      });
    });
  });
}
