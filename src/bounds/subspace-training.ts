// Training of the coefficients w of a network.
import { RandomIntegers } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import { linearDecay } from "../optim/schedules.js";
import { Block, Job, newArray, rowsKernels } from "../wasm/index.js";
import {
  type Coefficients,
  deepCoefficients,
  freeCoefficients,
  type QuantizedCoefficients,
  roundedCoefficients,
} from "./coefficients.js";
import type { BoundHypothesis, Hypothesis } from "./hypothesis.js";
import type { FittedSamples } from "./samples.js";

export interface TrainingPlan {
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly levels: number;
  readonly codebook: "kmeans" | "uniform";
  readonly tuningSteps: number;
  readonly tuningRate: number;
  readonly codebookRate: number;
  readonly seed: number;
  /** Factors of each core, where coefficients are cores, and the cores' sides. */
  readonly depth: number;
  readonly coreSides: readonly number[];
}

/** One step of the training. */
export interface CertifyProgress {
  readonly phase: "training" | "tuning";
  /** Steps taken in the phase, this one included. */
  readonly step: number;
  readonly steps: number;
  /** The batch's mean cross-entropy before the step. */
  readonly loss: number;
}

const dtype = "f32";

/**
 * Trains w by Adam from 0, quantizes it, and trains on through the quantizer. At the end the codebook
 * is rounded to half precision.
 *
 * @throws RangeError when the loss stops being finite.
 */
export function* trainCoefficients(
  hypothesis: Hypothesis,
  samples: FittedSamples,
  plan: TrainingPlan,
): Generator<CertifyProgress, QuantizedCoefficients> {
  const job = new Job();
  const bound = hypothesis.bind(job, { trained: true });
  const next = bindBatches(job, samples, plan);

  function* descend(
    phase: CertifyProgress["phase"],
    w: Coefficients,
    steps: number,
    learningRate: number,
  ): Generator<CertifyProgress, void> {
    const rate = linearDecay({ learningRate, steps: Math.max(steps, 1) });
    for (let step = 1; step <= steps; step++) {
      const loss = gradientAt(bound, w, next());
      w.step(rate(step - 1));
      yield { phase, step, steps, loss };
    }
  }

  const free =
    plan.depth === 1
      ? freeCoefficients(job, hypothesis.dimension)
      : deepCoefficients(job, plan.coreSides, plan.depth);
  yield* descend("training", free, plan.steps, plan.learningRate);
  const { levels, codebook, tuningSteps, tuningRate, codebookRate } = plan;
  const rounded = roundedCoefficients(job, free.values.read(), {
    ...{ levels, codebook, codebookScale: codebookRate / tuningRate },
  });
  yield* descend("tuning", rounded, tuningSteps, tuningRate);
  return rounded.quantized();
}

interface Batch {
  readonly inputs: Block;
  readonly labels: Block["handle"];
}

/** The loss at the coefficients, on a batch, which gives them their gradient. */
function gradientAt(
  { network, place, pull }: BoundHypothesis,
  { values, gradient }: Coefficients,
  { inputs, labels }: Batch,
): number {
  place(values);
  const loss = network.lossGradient(inputs, labels);
  if (!Number.isFinite(loss)) {
    throw new RangeError(
      `certify: the loss is ${loss}: take a smaller learningRate, or inputs of ordinary size`,
    );
  }
  pull(gradient);
  return loss;
}

/** Copies the samples into the job; each call draws a batch of them, with replacement. */
function bindBatches(
  job: Job,
  { inputs, labels }: FittedSamples,
  { batchSize, seed }: TrainingPlan,
): () => Batch {
  const all = Block.put(job, inputs);
  const batch = Block.allocate(job, dtype, batchSize, inputs.cols);
  const [index, classes] = [0, 1].map(() => job.allocate("i32", batchSize));
  const random = new RandomIntegers(seed, streams.certifiedBatches.first);
  const [rows, ofRows] = [0, 1].map(() => newArray("i32", batchSize));
  const { gatherRows } = job.use(rowsKernels)[dtype];
  return () => {
    for (let i = 0; i < batchSize; i++) {
      rows[i] = random.below(inputs.rows);
      ofRows[i] = labels[rows[i]];
    }
    job.write(index, rows);
    job.write(classes, ofRows);
    gatherRows(batchSize, inputs.cols, all.handle, index, batch.handle);
    return { inputs: batch, labels: classes };
  };
}
