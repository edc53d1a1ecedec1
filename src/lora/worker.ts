// The program of a worker of ParallelFinetuning: the same run once more, which computes its parts.
import { answerMessages, init } from "../wasm/index.js";
import { NotFiniteError } from "./check.js";
import { Finetuning } from "./finetune.js";
import { loadEncoder } from "./load-encoder.js";
import type { Answer, Request } from "./worker-protocol.js";

let run: Finetuning;

function receive({ start, finish, parts, predict }: Request): Answer {
  try {
    if (start) {
      // Threads with kernels of their own would round differently and drift apart.
      for (const kernels of start.kernels) init(kernels);
      const { options, method } = start.replica;
      run = new Finetuning(loadEncoder(start.files, start.encoderOptions), start.examples, {
        ...options,
        // The saved run holds the additions: nothing is planned.
        method: { ...method, plan: () => [], trainedTensors: () => method.trainedTensors },
      });
    }
    if (finish) run.finishStep(finish);
    if (parts) return { parts: run.partsOfStep(parts.first, parts.end, parts.of) };
    if (predict) return { scores: run.scores(predict.texts, predict.batchSize).data };
    return {};
  } catch (error) {
    if (error instanceof NotFiniteError) {
      return { notFinite: { text: error.text, reason: error.reason } };
    }
    return { error: String(error) };
  }
}

answerMessages(receive);
