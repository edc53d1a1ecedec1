// Training of the coefficients w of a model, as numbers first and then as symbols of a codebook.
import { RandomIntegers } from "../linalg/random.js";
import { streams } from "../linalg/streams.js";
import { adam } from "../optim/adam.js";
import { bindOptimizer, Parameter } from "../optim/optimizer.js";
import { linearDecay } from "../optim/schedules.js";
import { Block, basicKernels, Job, newArray } from "../wasm/index.js";
import type { BoundHypothesis, Hypothesis } from "./hypothesis.js";
import { fromHalves, halves, nearestLevels, startCodebook } from "./quantizer.js";
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

/** Coefficients as a certificate keeps them: `codebook[symbols[j]]`. */
export interface QuantizedCoefficients {
  /** Numbers of half precision. */
  readonly codebook: Float32Array<ArrayBuffer>;
  readonly symbols: Int32Array<ArrayBuffer>;
}

const dtype = "f32";

/**
 * Trains w by Adam from 0, quantizes it, and trains on through the quantizer: the gradient passes the
 * rounding as if it were not there, and each level of the codebook follows the sum of the gradients of
 * the coefficients that have it. Adam makes that sum's size irrelevant; plain descent on it loses some
 * percent of error. At the end the codebook is rounded to half precision.
 *
 * @throws RangeError when the loss stops being finite.
 */
export function* trainCoefficients(
  hypothesis: Hypothesis,
  samples: FittedSamples,
  plan: TrainingPlan,
): Generator<CertifyProgress, QuantizedCoefficients> {
  const { dimension } = hypothesis;
  const job = new Job();
  const bound = hypothesis.bind(job, { trained: true });
  const next = bindBatches(job, samples, plan);
  const parameter = (rows: number, rateScale?: number) =>
    new Parameter(Block.zeros(job, dtype, rows, 1), Block.zeros(job, dtype, rows, 1), rateScale);
  const w = parameter(dimension);

  const optimizer = bindOptimizer(adam(), [w]);
  const { steps, learningRate } = plan;
  const rate = linearDecay({ learningRate, steps: Math.max(steps, 1) });
  for (let step = 1; step <= steps; step++) {
    const loss = gradientAt(bound, w, w.gradient, next());
    optimizer.step(rate(step - 1));
    yield { phase: "training", step, steps, loss };
  }

  const { levels, tuningSteps, tuningRate, codebookRate } = plan;
  const codebook = parameter(levels, codebookRate / tuningRate);
  codebook.write(startCodebook(w.read(), levels, plan.codebook === "kmeans"));
  const rounded = Block.allocate(job, dtype, dimension, 1);
  const symbols = newArray("i32", dimension);
  const tuner = bindOptimizer(adam(), [w, codebook]);
  const tuning = linearDecay({ learningRate: tuningRate, steps: Math.max(tuningSteps, 1) });
  for (let step = 1; step <= tuningSteps; step++) {
    const levelsNow = codebook.view();
    nearestLevels(w.view(), levelsNow, symbols);
    const values = rounded.view();
    for (let j = 0; j < dimension; j++) values[j] = levelsNow[symbols[j]];
    const loss = gradientAt(bound, rounded, w.gradient, next());
    const [each, sums] = [w.gradient.view(), codebook.gradient.view().fill(0)];
    for (let j = 0; j < dimension; j++) sums[symbols[j]] += each[j];
    tuner.step(tuning(step - 1));
    yield { phase: "tuning", step, steps: tuningSteps, loss };
  }
  const final = fromHalves(halves(codebook.read().sort()));
  nearestLevels(w.view(), final, symbols);
  return { codebook: final, symbols };
}

interface Batch {
  readonly inputs: Block;
  readonly labels: Block["handle"];
}

/** The loss at the coefficients, on a batch; its gradient goes to `gradient`. */
function gradientAt(
  { network, place, pull }: BoundHypothesis,
  coefficients: Block,
  gradient: Block,
  { inputs, labels }: Batch,
): number {
  place(coefficients);
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
  const rows = newArray("i32", batchSize);
  const { gatherRows } = job.use(basicKernels)[dtype];
  return () => {
    for (let i = 0; i < batchSize; i++) rows[i] = random.below(inputs.rows);
    job.write(index, rows);
    job.write(
      classes,
      Int32Array.from(rows, (row) => labels[row]),
    );
    gatherRows(batchSize, inputs.cols, all.handle, index, batch.handle);
    return { inputs: batch, labels: classes };
  };
}
