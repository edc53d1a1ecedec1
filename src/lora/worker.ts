// The program of a worker: the same model once more, which computes its share of a training run, or of
// texts.
import { Matrix } from "../linalg/matrix.js";
import { answerMessages, init } from "../wasm/index.js";
import { NotFiniteError } from "./check.js";
import { RateSearch, resultOf } from "./choose-rate.js";
import { type Finetuning, makeRun, runOf } from "./finetune.js";
import type { Example } from "./finetune-options.js";
import { loadEncoder } from "./load-encoder.js";
import { type Outcome, type TrialSettings, tryOut } from "./rate-search.js";
import type { TextModel } from "./text-model.js";
import { TextReader } from "./text-reader.js";
import type { Answer, Request, Start } from "./worker-protocol.js";

let model: TextModel;
let examples: readonly Example[];
let run: Finetuning;
let search: RateSearch | undefined;
let reader: TextReader;

function become({ kernels, files, encoderOptions, run: training, texts }: Start): void {
  // Threads with kernels of their own would round differently and drift apart.
  for (const source of kernels) init(source);
  model = loadEncoder(files, encoderOptions);
  if (training) {
    examples = training.examples;
    run = runOf(model, examples, training.replica);
  }
  if (texts) {
    const { adapter, maxTokens } = texts;
    reader = new TextReader(model, maxTokens, adapter && withMatrices(adapter));
  }
}

function outcomeOf(trial: TrialSettings): Outcome {
  search ??= RateSearch.again(model, examples, run, makeRun(model));
  const one = search;
  return resultOf(tryOut(trial, (settings) => one.start(settings)));
}

/** Matrices that were cloned on their way are matrices again. */
const withMatrices = (adapter: NonNullable<NonNullable<Start["texts"]>["adapter"]>) => ({
  ...adapter,
  layers: adapter.layers.map((layer) => ({
    ...layer,
    factors: layer.factors.map(({ rows, cols, data }) => new Matrix(rows, cols, data)),
  })),
});

function receive(request: Request): Answer {
  const { start, replica, trials, finish, parts, predict, embed } = request;
  try {
    if (start) become(start);
    if (replica) {
      search?.restore();
      run = runOf(model, examples, replica);
    }
    if (trials) return { outcomes: trials.map(outcomeOf) };
    if (finish) run.finishStep(finish);
    if (parts) return { parts: run.partsOfStep(parts.first, parts.end, parts.of) };
    if (predict) {
      const { texts, batchSize } = predict;
      const scores = run ? run.scores(texts, batchSize) : reader.predict(texts, batchSize);
      return { rows: scores.data };
    }
    if (embed) return { rows: reader.embed(embed.texts, embed.options).data };
    return {};
  } catch (error) {
    if (error instanceof NotFiniteError) {
      return { notFinite: { text: error.text, reason: error.reason } };
    }
    if (error instanceof RangeError || error instanceof TypeError) {
      return start ? { error: String(error) } : { refused: error };
    }
    return { error: String(error) };
  }
}

answerMessages(receive);
