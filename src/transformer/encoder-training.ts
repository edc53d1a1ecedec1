// One training step after the other: forward, loss, backward, update. Everything stays in the
// encoder's job; a step copies token numbers and labels in, and the loss out.
import { type Tape, withTape } from "../autograd/tape.js";
import { checkInteger } from "../check/values.js";
import type { BoundOptimizer, Optimizer } from "../optim/optimizer.js";
import type { FloatArray } from "../wasm/index.js";
import type { Batch } from "./batch.js";
import type { Encoder } from "./encoder.js";
import type { TextHead } from "./head.js";
import { type Loss, lossOf } from "./losses.js";

/** Scores of a batch of texts: one row a text, or a pair of them (see `TextHead`). */
export function scoresOf(encoder: Encoder, head: TextHead, batch: Batch): FloatArray {
  const { job, dtype } = encoder;
  const read = (tape: Tape) => head.scores(tape, batch).read();
  return withTape(job, dtype, read, { recording: false });
}

/** A batch and what its loss is taken of. */
type LossArguments = [
  encoder: Encoder,
  head: TextHead,
  batch: Batch,
  labels: ArrayLike<number>,
  loss: Loss,
];

/**
 * Adds the gradients of one batch to the trained tensors' and returns the loss, the mean over the
 * scores.
 *
 * @throws RangeError when the labels do not fit the batch or the head.
 */
export function addGradients(...of: LossArguments): number {
  return lossOfBatch(of, true);
}

/**
 * The loss of one batch, without gradients.
 *
 * @throws as `addGradients`.
 */
export function batchLoss(...of: LossArguments): number {
  return lossOfBatch(of, false);
}

function lossOfBatch(
  [encoder, head, batch, labels, loss]: LossArguments,
  recording: boolean,
): number {
  const pass = (tape: Tape) => {
    const value = lossOf(tape, head, batch, labels, loss);
    if (recording) tape.backward();
    return value;
  };
  return withTape(encoder.job, encoder.dtype, pass, { recording });
}

/** Training of whatever is trained in the encoder's parameters when it is made. */
export class EncoderTraining {
  readonly #encoder: Encoder;
  readonly #head: TextHead;
  readonly #loss: Loss;
  readonly #optimizer: BoundOptimizer;
  readonly #dropoutSeed: number | undefined;

  /**
   * The optimizer's state takes its place behind the parameters: add no more of them after.
   *
   * @param options.dropoutSeed - drops entries at random, as the configuration says; left out:
   * nothing is dropped.
   */
  constructor(
    encoder: Encoder,
    head: TextHead,
    optimizer: Optimizer,
    loss: Loss,
    { dropoutSeed }: { dropoutSeed?: number } = {},
  ) {
    if (dropoutSeed !== undefined)
      checkInteger("EncoderTraining", "dropoutSeed", dropoutSeed, 0, 2 ** 32 - 1);
    this.#dropoutSeed = dropoutSeed;
    this.#encoder = encoder;
    this.#head = head;
    this.#loss = loss;
    this.#optimizer = encoder.parameters.bind(optimizer);
  }

  get stepCount(): number {
    return this.#optimizer.stepCount;
  }

  /** One step on one batch; returns the loss before it. */
  step(batch: Batch, labels: ArrayLike<number>, learningRate: number): number {
    const loss = this.gradients(batch, labels);
    this.update(learningRate);
    return loss;
  }

  /**
   * The first half of a step: the gradients of a batch, which stay until the next ones.
   *
   * @param part - of the step's batch, where several compute it: each drops entries of its own.
   * @returns the loss.
   */
  gradients(batch: Batch, labels: ArrayLike<number>, part = 0): number {
    this.#encoder.parameters.zeroGradients();
    // The step is part of the choice, so that a restored run drops what the whole run would.
    const seed = this.#dropoutSeed;
    this.#encoder.noise =
      seed === undefined ? undefined : { seed: (seed + part) % 2 ** 32, step: this.stepCount };
    try {
      return addGradients(this.#encoder, this.#head, batch, labels, this.#loss);
    } finally {
      this.#encoder.noise = undefined;
    }
  }

  /** The second half: updates everything that is trained from the gradients as they are. */
  update(learningRate: number): void {
    this.#optimizer.step(learningRate);
  }

  /** Copies of the optimizer's buffers; the trained tensors are read from the parameters. */
  optimizerState(): FloatArray[] {
    return this.#optimizer.state();
  }

  /** Continues where `optimizerState` was taken, after `stepCount` steps, to the same bits. */
  restore(state: readonly FloatArray[], stepCount: number): void {
    this.#optimizer.restore(state, stepCount);
  }
}
