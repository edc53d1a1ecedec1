// The program of a thread that computes a shard of a run, or its part of one: it reads the data itself, so that the
// process that holds the shard's lease only talks.
import type { FittedShard } from "../completion/assemble.js";
import { fitShard } from "../completion/fit.js";
import { failureOf } from "../parallel/failure.js";
import { Run } from "../parallel/shard-run.js";
import { advanceOwnRows } from "../shard-files/worker-protocol.js";
import { answerMessages } from "../wasm/index.js";
import { encodeFitted } from "./fitted.js";
import { bodyOf, kindOf, numbersOf } from "./frame.js";
import { openSame } from "./source.js";
import type { Answer, Request } from "./thread-protocol.js";

let run: Run<FittedShard>;

function receive({ begin, advance }: Request): Answer {
  try {
    if (begin) return start(begin);
    return advance ? goOn(advance) : {};
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function start({
  source,
  identity,
  options,
  shard,
  shards,
  thread,
  threads,
}: NonNullable<Request["begin"]>): Answer {
  const data = openSame(source, identity, options);
  const blocks = data.shares(threads, data.shares(shards)[shard])[thread];
  if (blocks === undefined) return { idle: true };
  run = new Run(
    fitShard(() => data.read(blocks), data.settings, blocks),
    blocks.first === 0,
  );
  return {};
}

function goOn({ sums }: NonNullable<Request["advance"]>): Answer {
  const request = { turns: 1, sums: sums && numbersOf(sums) };
  const { turns = [], numbers, done, fitted, rows } = advanceOwnRows(run, request);
  return {
    ...(turns.length > 0 && { progress: turns.at(-1) }),
    ...(numbers && { message: { kind: kindOf(numbers), body: bodyOf(numbers) } }),
    ...(done && { done, made: encodeFitted({ fitted, rows }) }),
  };
}

answerMessages(receive);
