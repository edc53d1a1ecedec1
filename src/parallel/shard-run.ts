// The computation of one shard of a fit, run from exchange to exchange.
import {
  assembleModel,
  type CompletionTable,
  type FittedRows,
  type FittedShard,
  rowsOf,
} from "../completion/assemble.js";
import { fitShard, overUnitOf } from "../completion/fit.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import { type PreparedRanking, rankingShares, rankShard } from "../ranking/fit.js";
import type { RankingState } from "../ranking/ranking-state.js";
import { Exchange, type Sharded } from "../shards/exchange.js";
import { RowBlocks } from "../shards/row-blocks.js";
import type { Advance, Answer, Progress, Request } from "./protocol.js";
import type { SharedSums } from "./shared-sums.js";

export type Data = { completion: CompletionTable } | { ranking: PreparedRanking };
type Result = { completion: FittedShard } | { ranking: RankingState };

export const matrixOf = (of: Data): SparseRows =>
  "completion" in of ? of.completion.matrix : of.ranking.indexed.matrix;

/** The blocks of each of at most so many shards of the data. */
export function blocksOf(data: Data, shards: number): RowBlocks[] {
  if ("completion" in data) return sharesOf(data.completion.matrix, shards);
  return rankingShares(data.ranking, shards);
}

/** The blocks of each of at most so many shards of a matrix, or of a shard of it. */
export function sharesOf(
  matrix: SparseRows,
  shards: number,
  blocks = RowBlocks.of(matrix),
): RowBlocks[] {
  return blocks.shares(shards, (block) => matrix.rowStart[blocks.starts[block]]);
}

function* computation(of: Data, blocks: RowBlocks): Sharded<Result, Progress> {
  if ("completion" in of) {
    const { matrix, settings } = of.completion;
    return {
      completion: yield* fitShard(overUnitOf(matrix), settings, blocks),
    };
  }
  return { ranking: yield* rankShard(of.ranking, blocks) };
}

/** A computation of a shard, on its way to its end. */
export class Run<Of> {
  #result: Of | undefined;
  /** What the last answer asked to be added up. */
  #asked: Exchange | undefined;

  /**
   * @param first - this is the first shard, which reports the progress.
   * @param sums - adds up where threads share memory; otherwise who runs the shard does.
   */
  constructor(
    readonly steps: Sharded<Of, Progress>,
    readonly first: boolean,
    readonly sums?: SharedSums,
  ) {}

  /** What the shard has come to, once it is done. */
  get result(): Of {
    return this.#result as Of;
  }

  /** Goes on, for so many turns, to the end or until sums are asked for. */
  advance({ turns, sums: added }: NonNullable<Request["advance"]>): Advance {
    if (added) this.#asked?.numbers.set(added);
    const taken: Progress[] = [];
    for (let count = 0; count < turns; ) {
      const { done, value } = this.steps.next();
      if (done) {
        this.#result = value;
        return { turns: taken, done };
      }
      if (!(value instanceof Exchange)) {
        if (this.first) taken.push(value);
        count++;
      } else if (this.sums) {
        this.sums.add(value);
      } else {
        this.#asked = value;
        // A copy: what it is a view of is more than should be sent.
        return { turns: taken, numbers: value.numbers.slice() };
      }
    }
    return { turns: taken };
  }
}

/** The run of a shard where all of the data is at hand. */
export class ShardRun {
  readonly #run: Run<Result>;

  /**
   * @param shard - which of `shards`; the first reports the progress and puts the model together.
   * @param sums - adds up where threads share memory; otherwise who runs the shard does.
   */
  constructor(
    readonly data: Data,
    shard: number,
    shards: number,
    sums?: SharedSums,
  ) {
    const blocks = blocksOf(data, shards)[shard];
    this.#run = new Run(computation(data, blocks), shard === 0, sums);
  }

  /** Goes on, for so many turns, to the end or until sums are asked for. */
  advance(request: NonNullable<Request["advance"]>): Advance {
    const taken = this.#run.advance(request);
    const { first, result } = this.#run;
    if (!taken.done || first || !("completion" in result)) return taken;
    return { ...taken, rows: rowsOf(result.completion) };
  }

  /** The model, of the first shard with the rows of the others. */
  assemble(others: readonly FittedRows[]): NonNullable<Answer["model"]> {
    const { result } = this.#run;
    const { data } = this;
    if (!("completion" in result && "completion" in data))
      return result as { ranking: RankingState };
    return { completion: assembleModel(data.completion, result.completion, others) };
  }
}
