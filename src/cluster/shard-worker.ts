// The program of a thread that computes one shard of a run: it reads the data itself, so that the process
// that holds the shard's lease only talks.
import { MatrixCompletion } from "../completion/matrix-completion.js";
import type { ModelState } from "../completion/model-state.js";
import { failureOf } from "../parallel/failure.js";
import { ShardRun } from "../parallel/shard-run.js";
import { answerMessages } from "../wasm/index.js";
import { readSource } from "./source.js";
import type { Answer, Request } from "./thread-protocol.js";

let run: ShardRun;

function receive({ begin, advance, assemble }: Request): Answer {
  try {
    if (begin) {
      const { source, identity, options, shard, shards } = begin;
      run = new ShardRun({ completion: readSource(source, identity, options) }, shard, shards);
    }
    if (advance) return run.advance(advance);
    if (assemble) {
      const { completion } = run.assemble(assemble) as { completion: ModelState };
      return { model: new MatrixCompletion(completion).save() };
    }
    return {};
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

answerMessages(receive);
