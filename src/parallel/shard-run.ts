// The computation of one shard of a fit, run from exchange to exchange.
import { assembleModel, type FittedShard, type TrainingData } from "../completion/assemble.js";
import { fitShard } from "../completion/fit.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { type PreparedRanking, rankShard } from "../ranking/fit.js";
import type { RankingState } from "../ranking/ranking-state.js";
import { Exchange, type Sharded } from "../shards/exchange.js";
import { RowBlocks } from "../shards/row-blocks.js";
import type { Advance, Answer, FittedRows, Progress, Request } from "./protocol.js";
import type { SharedSums } from "./shared-sums.js";

export type Data = { completion: TrainingData } | { ranking: PreparedRanking };
type Result = { completion: FittedShard } | { ranking: RankingState };

export const matrixOf = (of: Data): SparseMatrix =>
  "completion" in of ? of.completion.matrix : of.ranking.indexed.matrix;

/** The blocks of each of at most so many shards of a matrix. */
export function sharesOf(matrix: SparseMatrix, shards: number): RowBlocks[] {
  const blocks = RowBlocks.of(matrix);
  return blocks.shares(shards, (block) => matrix.rowStart[blocks.starts[block]]);
}

function* computation(of: Data, blocks: RowBlocks): Sharded<Result, Progress> {
  if ("completion" in of) return { completion: yield* fitShard(of.completion, blocks) };
  return { ranking: yield* rankShard(of.ranking, blocks) };
}

export class ShardRun {
  readonly #data: Data;
  readonly #first: boolean;
  readonly #sums: SharedSums | undefined;
  readonly #steps: Sharded<Result, Progress>;
  #result: Result | undefined;
  /** What the last answer asked to be added up. */
  #asked: Exchange | undefined;

  /**
   * @param shard - which of `shards`; the first says how far the fit is and puts the model together.
   * @param sums - adds up where threads share memory; otherwise who runs the shard does.
   */
  constructor(data: Data, shard: number, shards: number, sums?: SharedSums) {
    this.#data = data;
    this.#first = shard === 0;
    this.#sums = sums;
    this.#steps = computation(data, sharesOf(matrixOf(data), shards)[shard]);
  }

  /** Goes on, for so many turns, to the end or until sums are asked for. */
  advance({ turns, sums: added }: NonNullable<Request["advance"]>): Advance {
    if (added) this.#asked?.numbers.set(added);
    const taken: Progress[] = [];
    for (let count = 0; count < turns; ) {
      const { done, value } = this.#steps.next();
      if (done) {
        this.#result = value;
        const rows = this.#first || !("completion" in value) ? undefined : rowsOf(value.completion);
        return { turns: taken, done, ...(rows && { rows }) };
      }
      if (!(value instanceof Exchange)) {
        if (this.#first) taken.push(value);
        count++;
      } else if (this.#sums) {
        this.#sums.add(value.numbers);
      } else {
        this.#asked = value;
        // A copy: what it is a view of is more than should be sent.
        return { turns: taken, numbers: value.numbers.slice() };
      }
    }
    return { turns: taken };
  }

  /** The model, of the first shard with the rows of the others. */
  assemble(others: readonly FittedRows[]): NonNullable<Answer["model"]> {
    const result = this.#result as Result;
    if (!("completion" in result && "completion" in this.#data)) {
      return result as { ranking: RankingState };
    }
    const { completion } = result;
    const shards = others.map(({ baselineRowBias, ...rows }) => ({
      ...completion,
      baselineRowBias,
      learned: { ...completion.learned, ...rows },
    }));
    return { completion: assembleModel(this.#data.completion, [completion, ...shards]) };
  }
}

function rowsOf({ learned, baselineRowBias }: FittedShard): FittedRows {
  return { rowFactors: learned.rowFactors, rowBias: learned.rowBias, baselineRowBias };
}
