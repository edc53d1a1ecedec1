// A fit that is taken up at any of its checkpoints, by any number of shards, ends with the same bits, and computes
// what came after the checkpoint only.
import { expect, test } from "vitest";
import {
  type CheckpointOf,
  decodeCheckpoint,
  encodeCheckpoint,
  joinParts,
} from "../../src/cluster/checkpoint-file.js";
import { assembleModel, type FittedShard, rowsOf } from "../../src/completion/assemble.js";
import { index } from "../../src/completion/entries.js";
import { fitShard, overUnitOf, settled } from "../../src/completion/fit.js";
import { MatrixCompletion } from "../../src/completion/matrix-completion.js";
import { type CompletionOptions, readCompletionOptions } from "../../src/completion/options.js";
import { concatenate } from "../../src/formats/bytes.js";
import { Exchange, type Sharded } from "../../src/shards/exchange.js";
import { Journal, type Keeper, type Kept } from "../../src/shards/journal.js";
import { RowBlocks } from "../../src/shards/row-blocks.js";
import { buildRatings, type Columns } from "../helpers/ratings.js";
import { sharesOf, together } from "../helpers/shards.js";

const { observed } = buildRatings({
  ...{ rows: 44, cols: 20, rank: 2, observed: 0.4, noise: 0.3, seed: 3 },
});
const wrong = { ...observed, values: observed.values.map((v, i) => (i % 97 ? v : 400)) };
const blocks = new RowBlocks(Int32Array.of(0, 6, 12, 18, 24, 30, 36, 44));
const of = (round: number): CheckpointOf => ({ id: "a", program: "b", round });

/** What a fit has written, by exchange, and how it went. */
class Recorder {
  readonly files = new Map<number, Uint8Array[]>();
  /** Of each shard. */
  readonly exchanges: number[] = [];

  constructor(readonly from?: Kept[]) {}

  journal(own: RowBlocks, shard: number): Journal {
    this.exchanges[shard] = 0;
    const keeper: Keeper = {
      from: this.from?.[shard],
      keep: (kept) => {
        const round = this.exchanges[shard];
        const files = this.files.get(round) ?? [];
        files.push(concatenate([...encodeCheckpoint(of(round), kept, own)]));
        this.files.set(round, files);
      },
    };
    return new Journal(keeper);
  }

  *counted<R, T>(steps: Sharded<R, T>, shard: number): Sharded<R, T> {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (value instanceof Exchange) this.exchanges[shard]++;
      yield value;
    }
  }
}

function fitOn(columns: Columns, options: CompletionOptions, shards: number, parts?: Uint8Array[]) {
  const read = readCompletionOptions("test", options);
  const table = settled("test", index("test", columns), read);
  const { matrix, settings } = table;
  const shares = sharesOf(blocks, shards, matrix.rowStart);
  const found = parts?.map((bytes) => decodeCheckpoint(bytes, roundOf(bytes), "test"));
  const recorder = new Recorder(found && shares.map((own) => joinParts(found, own)));
  const [first, ...others]: FittedShard[] = together(
    shares.map((own, shard) => {
      const journal = recorder.journal(own, shard);
      return recorder.counted(fitShard(overUnitOf(matrix), settings, own, journal), shard);
    }),
  );
  return {
    recorder,
    bytes: new MatrixCompletion(assembleModel(table, first, others.map(rowsOf))).save(),
  };
}

/** Which it is, as its header says. */
function roundOf(bytes: Uint8Array): CheckpointOf {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  return of(Number(/"round":(\d+)/.exec(text)?.[1]));
}

test.each([
  ["with a ranking head", observed, { steps: 28 }],
  ["without implicit terms", observed, { steps: 28, implicit: false, ranking: false }],
  ["beside gross errors", wrong, { steps: 28 }],
])("%s: taken up at each checkpoint, by 2 to 7 shards", (_name, columns, options) => {
  const { recorder, bytes } = fitOn(columns, options, 3);
  const places = [...recorder.files];
  expect(places.length).toBeGreaterThan(8);
  // Some in each part of the search, the last one and one of the refit.
  const some = [...places.keys()].filter((i) => i % 7 === 1 || i >= places.length - 2);
  for (const i of some) {
    const [round, files] = places[i];
    expect(files.length).toBe(3);
    const again = fitOn(columns, options, 2 + (i % 6), files);
    expect(again.bytes).toEqual(bytes);
    const left = recorder.exchanges[0] - round;
    expect(again.recorder.exchanges[0]).toBe(left);
    // What is kept after it is kept again.
    expect(again.recorder.files.size).toBe(places.length - i - 1);
  }
});
