// The program of a thread that computes a shard of a run, or its part of one: it reads the data itself, so that the
// process that holds the shard's lease only talks.
import type { FittedShard } from "../completion/assemble.js";
import { fitShard } from "../completion/fit.js";
import { FileError, FormatError } from "../formats/errors.js";
import { failureOf } from "../parallel/failure.js";
import { Run } from "../parallel/shard-run.js";
import { advanceOwnRows } from "../shard-files/worker-protocol.js";
import { Journal, type Keeper, type Kept } from "../shards/journal.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { answerMessages } from "../wasm/index.js";
import { CheckpointFolder } from "./checkpoint-folder.js";
import { encodeFitted } from "./fitted.js";
import { bodyOf, kindOf, numbersOf } from "./frame.js";
import { openSame } from "./source.js";
import type { Answer, Request } from "./thread-protocol.js";

let run: Run<FittedShard>;
/** The exchange that comes next, and whether what was before it is in a checkpoint. */
let round = 1;
let kept = false;

function receive({ begin, advance }: Request): Answer {
  try {
    if (begin) return start(begin);
    return advance ? goOn(advance) : {};
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function start(begin: NonNullable<Request["begin"]>): Answer {
  const { source, identity, options, shard, shards, thread, threads } = begin;
  const data = openSame(source, identity, options);
  const blocks = data.shares(threads, data.shares(shards)[shard])[thread];
  if (blocks === undefined) return { idle: true };
  let keeper: Keeper | undefined;
  const { checkpoints, program, from } = begin;
  round = from ?? 1;
  // Who has all rows meets nobody, and there is no exchange to go on from.
  if (checkpoints !== undefined && !blocks.isWhole) {
    const folder = new CheckpointFolder(checkpoints, program);
    try {
      keeper = keeperOf(folder, blocks, from);
    } catch (error) {
      if (!(error instanceof FileError || error instanceof FormatError)) throw error;
      return { lost: error.message };
    }
  }
  run = new Run(
    fitShard(data.read, data.settings, blocks, new Journal(keeper)),
    blocks.first === 0,
  );
  return {};
}

/** @throws FormatError or FileError for a checkpoint that is not there, or damaged. */
function keeperOf(folder: CheckpointFolder, blocks: RowBlocks, from: number | undefined): Keeper {
  let last = from;
  return {
    from: from === undefined ? undefined : folder.read(from, blocks),
    keep(state: Kept) {
      folder.write(round, state, blocks);
      if (last !== undefined && blocks.first === 0) folder.tidy(last);
      last = round;
      kept = true;
    },
  };
}

function goOn({ sums }: NonNullable<Request["advance"]>): Answer {
  const request = { turns: 1, sums: sums && numbersOf(sums) };
  const { turns = [], numbers, done, fitted, rows } = advanceOwnRows(run, request);
  return {
    ...(turns.length > 0 && { progress: turns.at(-1) }),
    ...(numbers && handedIn(numbers)),
    ...(done && { done, made: encodeFitted({ fitted, rows }) }),
  };
}

function handedIn(numbers: Int32Array | Float64Array): Answer {
  const told = { kept, message: { kind: kindOf(numbers), body: bodyOf(numbers) } };
  round++;
  kept = false;
  return told;
}

answerMessages(receive, ({ made }) => (made ? [made.buffer] : []));
