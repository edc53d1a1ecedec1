// What a head makes of texts, a batch at a time.
import { sigmoid } from "../autograd/operations.js";
import { Matrix } from "../linalg/matrix.js";
import { packBatch } from "../transformer/batch.js";
import { scoresOf } from "../transformer/encoder-training.js";
import type { TextHead } from "../transformer/head.js";
import type { Task } from "./adapter.js";
import { checkBatchSize, checkFinite } from "./check.js";
import { encodedTexts, tokensOf } from "./task-head.js";
import { type GivenTexts, readTexts, type TextInput } from "./text-input.js";
import type { TextModel } from "./text-model.js";

/** What `predict` is given. @throws TypeError or RangeError that names the text or the size. */
export function readPredict(given: GivenTexts, batchSize: number): readonly TextInput[] {
  const texts = readTexts("predict", "text", given);
  checkBatchSize("predict", batchSize);
  return texts;
}

/**
 * One row of scores per text; of several labels their probabilities, of a regression in a range a
 * number of it. The texts are checked.
 *
 * @throws RangeError that names the text whose scores are not finite numbers.
 */
export function scoreTexts(
  model: TextModel,
  head: TextHead,
  task: Task,
  texts: readonly TextInput[],
  batchSize: number,
  maxTokens: number,
): Matrix {
  // Scores are of pairs, also where a run has a third text.
  const textsPerRow = head.textsPerRow === 1 ? 1 : 2;
  const encoded = encodedTexts("predict", { textsPerRow }, texts);
  const { job, dtype } = model.encoder;
  const result = Matrix.zeros(texts.length, head.outputs, { dtype });
  for (let start = 0; start < texts.length; start += batchSize) {
    const some = encoded.slice(start, start + batchSize).flat();
    const batch = packBatch(
      model.encoder.config,
      some.map((text) => tokensOf(model, head, text, maxTokens)),
    );
    const scores = scoresOf(model.encoder, head, batch);
    const range = task.kind === "multi-label" ? [0, 1] : task.kind === "regression" && task.range;
    if (range) {
      const [low, high] = range;
      const between = (share: number) => low + (high - low) * share;
      result.data.set(sigmoid(job, dtype, scores).map(between), start * head.outputs);
    } else result.data.set(scores, start * head.outputs);
  }
  checkFinite("predict", "row of scores", result);
  return result;
}
