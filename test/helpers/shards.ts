// Shards without threads: in one loop, all in step.
import type { SparseMatrix } from "../../src/linalg/sparse-matrix.js";
import { Exchange, runAlone, type Sharded } from "../../src/shards/exchange.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { type Shard, shardOf } from "../../src/shards/shard.js";

/** The one shard of a matrix that has all of it. */
export const wholeShard = (A: SparseMatrix): Shard => runAlone(shardOf(A, RowBlocks.of(A)));

/** Runs the computations of all shards, in the order `order` between two exchanges; their results. */
export function together<Result, Turn>(
  shards: readonly Sharded<Result, Turn>[],
  order: readonly number[] = shards.map((_, i) => i),
): Result[] {
  const results: Result[] = [];
  for (;;) {
    const exchanges: Exchange[] = [];
    const turns: unknown[] = [];
    let done = 0;
    for (const i of order) {
      const next = shards[i].next();
      if (next.done) results[i] = next.value;
      if (next.done) done++;
      else if (next.value instanceof Exchange) exchanges.push(next.value);
      else turns.push(next.value);
    }
    if (done === shards.length) return results;
    if (done + exchanges.length + turns.length > Math.max(done, exchanges.length, turns.length)) {
      throw new Error("the shards are out of step");
    }
    if (
      turns.length > 0 &&
      turns.some((turn) => JSON.stringify(turn) !== JSON.stringify(turns[0]))
    ) {
      throw new Error("the turns of the shards differ");
    }
    if (exchanges.length > 0) addUp(exchanges.map(({ numbers }) => numbers));
  }
}

function addUp(parts: readonly (Int32Array | Float64Array)[]): void {
  const [first] = parts;
  if (
    parts.some((part) => part.length !== first.length || part.constructor !== first.constructor)
  ) {
    throw new Error("the shards exchange different things");
  }
  const sums = first.slice();
  for (const part of parts.slice(1)) for (let q = 0; q < sums.length; q++) sums[q] += part[q];
  for (const part of parts) part.set(sums);
}

/** The blocks shared out evenly by their entries. */
export const sharesOf = (blocks: RowBlocks, parts: number, rowStart: Int32Array): RowBlocks[] =>
  blocks.shares(parts, (block) => rowStart[blocks.starts[block]]);
