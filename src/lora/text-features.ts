// What texts look like to the layers of an encoder.
import { segmentMeans } from "../autograd/operations.js";
import { unitRows } from "../autograd/rows.js";
import { withTape } from "../autograd/tape.js";
import { Matrix } from "../linalg/matrix.js";
import { packBatch } from "../transformer/batch.js";
import type { TextInput } from "./text-input.js";
import type { TextModel } from "./text-model.js";

/**
 * One row a text: for each layer, the embeddings first, the mean over the text's tokens, brought to
 * length 1. Lower layers know a text's words and style, the last ones its meaning.
 */
export function layerMeans(
  model: TextModel,
  texts: readonly TextInput[],
  { maxTokens, batchSize }: { maxTokens: number; batchSize: number },
): Matrix {
  const { encoder } = model;
  const { layers, width } = encoder.config;
  const cols = (layers + 1) * width;
  const result = Matrix.zeros(texts.length, cols);
  for (let start = 0; start < texts.length; start += batchSize) {
    const some = texts.slice(start, start + batchSize);
    const batch = packBatch(
      encoder.config,
      some.map((text) => model.tokens(text, maxTokens)),
    );
    withTape(
      encoder.job,
      encoder.dtype,
      (tape) => {
        const starts = tape.job.put(batch.starts);
        let x = encoder.embedTokens(tape, batch);
        for (let i = 0; i <= layers; i++) {
          const means = unitRows(tape, segmentMeans(tape, x, some.length, starts));
          for (let t = 0; t < some.length; t++) {
            result.data.set(means.row(t), (start + t) * cols + i * width);
          }
          if (i < layers) x = encoder.layer(tape, x, batch, i);
        }
      },
      { recording: false },
    );
  }
  return result;
}
