// What follows an encoder: one vector per text, and from it scores or a number.
import { linear } from "../autograd/linear.js";
import { dropout, pairCosines, relu, segmentMeans, tanh } from "../autograd/operations.js";
import type { Tape, Tensor } from "../autograd/tape.js";
import { randomNormalArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { type FloatArray, newArray } from "../wasm/index.js";
import type { Batch } from "./batch.js";
import type { EncoderConfig, EncoderFamily, Weights } from "./config.js";
import type { Encoder } from "./encoder.js";
import { poolerName } from "./names.js";

/** The mean over each text's tokens, special ones included: one row a text. */
export function meanPool(tape: Tape, encoder: Encoder, batch: Batch): Tensor {
  const { starts } = batch;
  const hidden = encoder.hiddenStates(tape, batch);
  return segmentMeans(tape, hidden, starts.length - 1, tape.job.put(starts));
}

/** What a loss is taken of: scores of the texts of a batch. */
export interface TextHead {
  /** Columns of the scores. */
  readonly outputs: number;
  /** Texts of a batch that belong to one example: they lie side by side. */
  readonly textsPerRow: 1 | 2 | 3;
  /** Names of the head's own tensors. */
  readonly names: readonly string[];
  scores(tape: Tape, batch: Batch): Tensor;
}

/** How alike the two texts of a pair are: the cosine of their embeddings. It has no tensors. */
export class SimilarityHead implements TextHead {
  readonly outputs = 1;
  readonly names: readonly string[] = [];

  /**
   * @param vectors - one row a text, of any length.
   * @param textsPerRow - of an example in training; scores are of pairs.
   */
  constructor(
    readonly vectors: (tape: Tape, batch: Batch) => Tensor,
    readonly textsPerRow: 2 | 3 = 2,
  ) {}

  scores(tape: Tape, batch: Batch): Tensor {
    return pairCosines(tape, this.vectors(tape, batch));
  }
}

/** Hugging Face's names of a head's two linear layers, and what stands between them. */
export const headLayers: Record<
  EncoderFamily,
  { dense: string; output: string; activation: typeof tanh }
> = {
  bert: { dense: poolerName, output: "classifier", activation: tanh },
  roberta: { dense: "classifier.dense", output: "classifier.out_proj", activation: tanh },
  mpnet: { dense: "classifier.dense", output: "classifier.out_proj", activation: tanh },
  distilbert: { dense: "pre_classifier", output: "classifier", activation: relu },
};

/** The tensors of a family's head by Hugging Face's names, with their shapes, in their order. */
export function headTensors({ family, width }: EncoderConfig, outputs: number) {
  const { dense, output } = headLayers[family];
  return [
    { name: `${dense}.weight`, shape: [width, width] },
    { name: `${dense}.bias`, shape: [width] },
    { name: `${output}.weight`, shape: [outputs, width] },
    { name: `${output}.bias`, shape: [outputs] },
  ];
}

/** Standard deviation of a new head's weights, as in BERT. */
const headScale = 0.02;

export interface HeadOptions {
  /** Scores a text: as many as there are classes, 1 for a regression. */
  outputs: number;
  /** Whether the head's own layers are trained. @defaultValue true */
  trained?: boolean;
  /** Of the random weights of a new head. */
  seed: number;
  /** What holds the head, under Hugging Face's names; left out: the head is new. */
  weights?: Weights;
}

/**
 * The head of Hugging Face's `...ForSequenceClassification`: two linear layers on the first token.
 * BERT's first one is the encoder's pooler, where the checkpoint has it.
 */
export class Head implements TextHead {
  readonly outputs: number;
  readonly textsPerRow = 1;
  readonly #encoder: Encoder;
  readonly #dense: string;
  readonly #output: string;
  readonly #activation: typeof tanh;

  /** @throws RangeError when a tensor is missing in `weights`, or has another shape. */
  constructor(encoder: Encoder, { outputs, trained = true, seed, weights }: HeadOptions) {
    const { dense, output, activation } = headLayers[encoder.config.family];
    const { width } = encoder.config;
    const { parameters, dtype } = encoder;
    this.outputs = outputs;
    this.#encoder = encoder;
    this.#dense = dense;
    this.#output = output;
    this.#activation = activation;
    const add = (name: string, rows: number, cols: number, random: () => FloatArray) => {
      const given = weights?.get(name);
      if (weights && !given)
        throw new RangeError(`weights: ${name} is missing: the head asks for it`);
      if (given && given.data.length !== rows * cols) {
        throw new RangeError(
          `weights: ${name} is ${given.shape.join(" x ")}: the head asks for ${rows} x ${cols}`,
        );
      }
      parameters.add(name, rows, cols, given?.data ?? random(), { trained });
    };
    [
      { name: dense, rows: width },
      { name: output, rows: outputs },
    ].forEach(({ name, rows }, i) => {
      if (parameters.has(`${name}.weight`)) return;
      add(`${name}.weight`, rows, width, () => {
        const stream = streamAt(streams.head, i);
        const values = randomNormalArray(rows * width, seed, stream, dtype);
        return values.map((value: number) => headScale * value) as FloatArray;
      });
      add(`${name}.bias`, 1, rows, () => new Float32Array(rows));
    });
  }

  get names(): string[] {
    return [this.#dense, this.#output]
      .filter((name) => !this.#encoder.linearNames.includes(name))
      .flatMap((name) => [`${name}.weight`, `${name}.bias`]);
  }

  /** Sets the biases of all scores to a value: where a regression begins. */
  startAt(value: number): void {
    const { parameters, dtype } = this.#encoder;
    parameters.write(`${this.#output}.bias`, newArray(dtype, this.outputs).fill(value));
  }

  /** One row of scores a text. */
  scores(tape: Tape, batch: Batch): Tensor {
    const encoder = this.#encoder;
    const { headPlace } = encoder;
    const { headDropout } = encoder.config;
    let first = encoder.firstTokens(tape, batch);
    // RoBERTa and MPNet drop before either layer, BERT and DistilBERT before the last.
    if (this.#dense === "classifier.dense") {
      first = dropout(tape, first, encoder.dropoutAt(headPlace, headDropout));
    }
    const pooled = this.#activation(tape, this.#linear(tape, first, this.#dense));
    const kept = dropout(tape, pooled, encoder.dropoutAt(headPlace + 1, headDropout));
    return this.#linear(tape, kept, this.#output);
  }

  #linear(tape: Tape, x: Tensor, name: string): Tensor {
    if (this.#encoder.linearNames.includes(name)) return this.#encoder.linear(tape, x, name);
    const [weight, bias] = ["weight", "bias"].map((part) =>
      this.#encoder.parameters.get(`${name}.${part}`),
    );
    return linear(tape, x, { weight, bias });
  }
}
