// The program of a thread that does its share of a fine-tuning run, with the model whole.
import { readModelFolder } from "../files/model-folder.js";
import { JointFinetuning } from "../lora/joint-finetuning.js";
import { loadEncoder } from "../lora/load-encoder.js";
import { type Sharer, shareOf } from "../lora/parts.js";
import { failureOf } from "../parallel/failure.js";
import { answerMessages } from "../wasm/index.js";
import { checkIdentity, decodeInput, startAt } from "./finetune-input.js";
import type { Answer, Request } from "./thread-protocol.js";
import { messageOf, workOf } from "./work-message.js";

let joint: JointFinetuning;
let sharer: Sharer;

function receive({ begin, advance }: Request): Answer {
  try {
    if (begin) return start(begin);
    return advance ? goOn(advance) : {};
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function start(begin: NonNullable<Request["begin"]>): Answer {
  const { source, identity, shard, shards, thread, threads, input, state } = begin;
  if (input === undefined) throw new Error("the run has no input");
  const { examples, encoderOptions, start, pieces } = decodeInput(input);
  const { first, end } = shareOf([[shard, shards]], pieces);
  if (thread >= end - first) return { idle: true };
  const files = readModelFolder(source);
  checkIdentity(source, files, identity);
  joint = JointFinetuning.join(loadEncoder(files, encoderOptions), examples, startAt(start, state));
  sharer = [
    [shard, shards],
    [thread, Math.min(threads, end - first)],
  ];
  return {};
}

function goOn({ sums, known }: NonNullable<Request["advance"]>): Answer {
  const progress = sums && joint.goOn(workOf(sums));
  const told = progress ? { progress } : {};
  if (joint.done) return { ...told, done: true };
  const kind = joint.searches ? "outcomes" : "parts";
  const message = known
    ? ({ kind, body: new Uint8Array() } as const)
    : messageOf(joint.share(sharer));
  return { ...told, message };
}

answerMessages(receive);
