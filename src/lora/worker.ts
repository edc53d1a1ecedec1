// The program of a worker: the same model once more, which computes its share of a training run, or of
// texts.
import { Matrix } from "../linalg/matrix.js";
import { answerMessages, init } from "../wasm/index.js";
import { NotFiniteError } from "./check.js";
import { JointFinetuning } from "./joint-finetuning.js";
import { loadEncoder } from "./load-encoder.js";
import { TextReader } from "./text-reader.js";
import type { Answer, Request, Start } from "./worker-protocol.js";

let joint: JointFinetuning | undefined;
let reader: TextReader;

function become({ kernels, files, encoderOptions, run: training, texts }: Start): void {
  // Threads with kernels of their own would round differently and drift apart.
  for (const source of kernels) init(source);
  const model = loadEncoder(files, encoderOptions);
  if (training) joint = JointFinetuning.join(model, training.examples, training.start);
  if (texts) {
    const { adapter, maxTokens } = texts;
    reader = new TextReader(model, maxTokens, adapter && withMatrices(adapter));
  }
}

/** Matrices that were cloned on their way are matrices again. */
const withMatrices = (adapter: NonNullable<NonNullable<Start["texts"]>["adapter"]>) => ({
  ...adapter,
  layers: adapter.layers.map((layer) => ({
    ...layer,
    factors: layer.factors.map(({ rows, cols, data }) => new Matrix(rows, cols, data)),
  })),
});

function receive({ start, goOn, share, predict, embed }: Request): Answer {
  try {
    if (start) become(start);
    if (goOn) joint?.goOn(goOn);
    if (share && joint) return { work: joint.share(share) };
    if (predict) {
      const { texts, batchSize } = predict;
      const scores = joint ? joint.run.scores(texts, batchSize) : reader.predict(texts, batchSize);
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
