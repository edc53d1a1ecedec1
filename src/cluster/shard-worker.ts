// The program of a thread that computes one shard of a run: it reads the data itself, so that the process
// that holds the shard's lease only talks.
import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { ModelState } from "../completion/model-state.js";
import { readCompletionOptions } from "../completion/options.js";
import { failureOf } from "../parallel/failure.js";
import { ShardRun } from "../parallel/shard-run.js";
import { answerMessages } from "../wasm/index.js";
import { bodyOf, bodyOfRows, kindOf, numbersOf, rowsOf } from "./frame.js";
import { readSource } from "./source.js";
import type { Answer, Request } from "./thread-protocol.js";

let run: ShardRun;

function receive({ begin, advance, assemble }: Request): Answer {
  try {
    if (begin) {
      const { source, identity, shard, shards } = begin;
      const options = readCompletionOptions("fitShards", begin.options);
      run = new ShardRun({ completion: readSource(source, identity, options) }, shard, shards);
    }
    if (advance) {
      const sums = advance.sums && numbersOf(advance.sums);
      const { turns = [], numbers, done, rows } = run.advance({ turns: 1, sums });
      return {
        ...(turns.length > 0 && { progress: turns.at(-1) }),
        ...(numbers && { message: { kind: kindOf(numbers), body: bodyOf(numbers) } }),
        ...(done && { done }),
        ...(rows && { made: bodyOfRows(rows) }),
      };
    }
    if (assemble) {
      const { completion } = run.assemble(assemble.map(rowsOf)) as { completion: ModelState };
      return { model: new MatrixCompletion(completion).save() };
    }
    return {};
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

answerMessages(receive);
