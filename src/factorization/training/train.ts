import { describe } from "../../check/describe.js";
import { type OptionNames, readOptions } from "../../check/options.js";
import { checkInteger, checkList, checkNonNegative } from "../../check/values.js";
import { DivergenceError } from "../../optim/divergence-error.js";
import { momentum } from "../../optim/momentum.js";
import { checkOptimizer, type Optimizer } from "../../optim/optimizer.js";
import type { Schedule } from "../../optim/schedules.js";
import { DeepLinearNetwork } from "../models/deep-linear-network.js";
import { bindProblem, boundIn, checkSameShape, type Problem } from "../problems/problem.js";
import { type BoundNetwork, bindNetwork } from "./bound-network.js";
import { type Checkpoint, readCheckpoint } from "./checkpoint.js";
import { chooseRates, usableStability } from "./rates.js";
import type { Stepper } from "./run.js";
import { stepperOf } from "./stepper.js";
import { shareOfFreedom, type ValidatedRun, validatedRun } from "./validated-run.js";

export interface TrainOptions {
  /** Steps to take. */
  steps: number;
  /** @defaultValue momentum({ learningRate: "adaptive" }) */
  optimizer?: Optimizer;
  /**
   * The discrepant learning rate: the outer factors' rate over the inner ones'. It multiplies the
   * update, so it works with Adam too. 0 freezes the outer factors.
   * @defaultValue what the stability rule leaves; 1 for Adam; a wide network has no outer factors;
   * for scaledGd the number of cores between orthonormal frames, else 1
   */
  outerLearningRateRatio?: number;
  /**
   * A rate for each factor over the optimizer's own, W_1's first, instead of
   * `outerLearningRateRatio`; a compressed network's outer factors count as the first and the last.
   * They multiply the updates; 0 freezes a factor.
   */
  learningRateRatios?: readonly number[];
  /** The inner rate of each step, instead of the optimizer's own; say, linearDecay. */
  schedule?: Schedule;
  /** Stop as soon as the loss is not above this. @defaultValue 0 */
  tolerance?: number;
  /**
   * Measurements kept out of the problem, see {@link holdOut}, as noisy as they are: every step
   * reports their loss, and when the run ends the model gets the factors at which it was least. So
   * noise is not fitted, and no clean data is needed. Not part of a checkpoint.
   */
  validation?: Problem;
  /**
   * Steps without a smaller validation loss after which to stop, while the loss itself is smaller.
   * @defaultValue as many as there were before the least, at least 200, when the loss has also
   * fallen by three quarters of what fitting noise can take from it: the network's degrees of
   * freedom over the measurements. Before a next direction emerges it falls by less
   */
  patience?: number;
  /** Go on from here instead of from the model's factors: bit for bit as if never interrupted. */
  checkpoint?: Checkpoint;
}

const names: OptionNames<TrainOptions> = {
  ...{ steps: true, optimizer: true, outerLearningRateRatio: true, learningRateRatios: true },
  ...{ schedule: true, tolerance: true, validation: true, patience: true, checkpoint: true },
};

/** The loss before the next step. */
export interface TrainingStep {
  /** Steps done. */
  step: number;
  /** The problem's loss, half a sum of squares, without weight decay. */
  loss: number;
  /** That of `validation`, where it is given. */
  validationLoss?: number;
}

/** A loss this many times above that of zero output, or of the start, has diverged. */
const divergenceFactor = 1e3;

/**
 * Trains a deep linear network: an iterator of `{ step, loss }`, once before the first step and
 * once after each. Leave the loop to stop; the model keeps what was reached.
 *
 * For gradient descent and momentum a missing learning rate or ratio follows from the stability
 * rule S = rate p (sum over factors of rate-ratio s^(2 - 2 share)) < 2 (heavy ball: 2 (1 + beta)),
 * s the target's largest singular value: (1 - beta) times three quarters of the limit are used. A
 * step copies and allocates nothing; the run lives in a WebAssembly instance of its own.
 *
 * @throws RangeError when shapes differ or an option is out of range; TypeError for Adam without a
 * learning rate; while running, {@link DivergenceError} when the loss leaves every bound: it gives
 * S and a rate that would hold.
 * @example
 * ```ts
 * const problem = factorization(Matrix.from([[2, 1], [1, 2]]));
 * const model = spectralCompress(problem, { rank: 1, width: 2, scale: 0.1 });
 * for (const { loss } of train(model, problem, { steps: 2000 })) if (loss < 1e-20) break;
 * model.product().get(0, 0); // 2.000000
 * ```
 */
export function train(
  model: DeepLinearNetwork,
  problem: Problem,
  options: TrainOptions,
): TrainingRun {
  if (!(model instanceof DeepLinearNetwork)) {
    throw new TypeError(
      `train: model is ${describe(model)}: deepFactorization, compress or spectralCompress must give it`,
    );
  }
  checkSameShape("train", model, problem);
  const read = readOptions("train", options, names, "an object with steps");
  const { outerLearningRateRatio, optimizer, schedule, validation, patience = 1 } = read;
  checkInteger("train", "steps", read.steps, 0);
  checkNonNegative("train", "tolerance", read.tolerance ?? 0);
  if (outerLearningRateRatio !== undefined) {
    checkNonNegative("train", "outerLearningRateRatio", outerLearningRateRatio);
  }
  checkRatios(model, read);
  if (optimizer !== undefined) checkOptimizer("train", optimizer);
  if (schedule !== undefined && typeof schedule !== "function") {
    throw new TypeError(
      `train: schedule is ${describe(schedule)}: constantRate, linearDecay or cosineDecay must give it`,
    );
  }
  if (validation !== undefined) checkSameShape("train", model, validation, "validation");
  checkInteger("train", "patience", patience, 1);
  const checkpoint = read.checkpoint !== undefined && readCheckpoint(model, read.checkpoint);
  return new TrainingRun(model, problem, { ...read, ...(checkpoint && { checkpoint }) });
}

function checkRatios(
  model: DeepLinearNetwork,
  { learningRateRatios, outerLearningRateRatio }: TrainOptions,
): void {
  if (learningRateRatios === undefined) return;
  if (outerLearningRateRatio !== undefined) {
    throw new RangeError(
      "train: learningRateRatios and outerLearningRateRatio are both given: it must be one of them",
    );
  }
  checkList("train", "learningRateRatios", learningRateRatios);
  const count = model.widths.length - 1;
  if (learningRateRatios.length !== count) {
    throw new RangeError(
      `train: learningRateRatios has ${learningRateRatios.length} entries and the model has ` +
        `${count} factors: there must be one for each`,
    );
  }
  Array.from(learningRateRatios).forEach((ratio, l) => {
    checkNonNegative("train", `learningRateRatios[${l}]`, ratio);
  });
}

/** A running training: iterate it; ask it for its rates and for checkpoints. */
export class TrainingRun implements IterableIterator<TrainingStep, undefined, undefined> {
  /** Rate of the inner factors: as given or chosen; the last step's where it is adaptive. */
  learningRate: number;
  /** Rate of each factor over `learningRate`, W_1's first. */
  readonly learningRateRatios: readonly number[];
  /** S at the fitted network; undefined for optimizers without a stability rule. */
  readonly stability: number | undefined;
  readonly #model: DeepLinearNetwork;
  readonly #options: TrainOptions;
  readonly #usable: number | undefined;
  readonly #lossBound: number;
  /** Until the run ends. */
  #bound: { network: BoundNetwork; stepper: Stepper } | undefined;
  readonly #validation: ValidatedRun | undefined;
  #loss = 0;
  #step = 0;
  /** The loss at the start until the first `next` returns it. */
  #firstLoss: number | undefined;
  #done = false;

  /** @internal */
  constructor(model: DeepLinearNetwork, problem: Problem, options: TrainOptions) {
    const { optimizer = momentum({ learningRate: "adaptive" }), checkpoint } = options;
    this.#model = model;
    this.#options = options;
    const { dtype } = model;
    const factors = checkpoint?.factors ?? model.factors();
    const binding = bindProblem(problem, dtype);
    const { job, bound } = binding;
    const given = options.learningRateRatios ?? options.outerLearningRateRatio;
    const rates = chooseRates(model, problem, binding, optimizer, given);
    const { ratios } = rates;
    this.learningRate = rates.learningRate;
    this.learningRateRatios = ratios;
    this.stability = rates.stability;

    const network = bindNetwork(job, factors, bound, ratios);
    const run = { network, description: model.description, density: problem.density };
    const stepper = stepperOf(run, optimizer, rates);
    this.#bound = { network, stepper };
    if (checkpoint) {
      this.#step = checkpoint.step;
      stepper.optimizer.restore(checkpoint.state, checkpoint.step);
    }
    if (options.validation) {
      const heldOut = boundIn(job, options.validation, dtype);
      const { rows, cols, measurements } = problem;
      const rank = Math.min(...factors.map((factor) => Math.min(factor.rows, factor.cols)));
      const freedom = shareOfFreedom(rows, cols, rank, measurements);
      this.#validation = validatedRun(network, heldOut, freedom, options.patience);
    }
    this.#firstLoss = network.forward();
    if (!Number.isFinite(rates.zeroLoss)) {
      throw new RangeError(
        `train: the loss of zero output is ${rates.zeroLoss}: the problem's values must be smaller`,
      );
    }
    this.#lossBound = divergenceFactor * Math.max(rates.zeroLoss, this.#firstLoss);
    this.#usable = optimizer.stability && usableStability(optimizer.stability);
    model.attach(() => network.factors());
  }

  /** Rate of the outer factors over that of the inner ones: the first factor's ratio. */
  get outerLearningRateRatio(): number {
    return this.learningRateRatios[0];
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<TrainingStep, undefined> {
    if (!this.#bound) return { done: true, value: undefined };
    if (this.#done) return this.return();
    const loss = this.#firstLoss ?? this.#takeStep(this.#bound);
    this.#firstLoss = undefined;
    this.#loss = loss;
    if (!(loss <= this.#lossBound)) {
      this.return();
      throw new DivergenceError(
        "train",
        this.#step,
        loss,
        this.learningRate,
        this.stability,
        this.#holdingRate(),
      );
    }
    const { steps, tolerance = 0 } = this.#options;
    this.#done = this.#step >= steps || loss <= tolerance;
    if (!this.#validation) return { done: false, value: { step: this.#step, loss } };
    const validationLoss = this.#validation.look(this.#step, loss);
    if (this.#validation.exhausted(this.#step)) this.#done = true;
    return { done: false, value: { step: this.#step, loss, validationLoss } };
  }

  #takeStep({ network, stepper }: { network: BoundNetwork; stepper: Stepper }): number {
    network.backward();
    const scheduled = this.#options.schedule?.(this.#step);
    if (scheduled !== undefined) checkNonNegative("train", "the schedule's rate", scheduled);
    this.learningRate = stepper.step(this.#loss, scheduled, this.learningRate);
    this.#step++;
    return network.forward();
  }

  /** Ends the run: the model takes the factors over and the run's memory is dropped. */
  return(): IteratorResult<TrainingStep, undefined> {
    this.#validation?.restoreBest();
    if (this.#bound) this.#model.detach(this.#bound.network.factors());
    this.#bound = undefined;
    return { done: true, value: undefined };
  }

  /**
   * What `train(model, problem, { checkpoint })` goes on from.
   * @throws RangeError when the run has ended.
   */
  checkpoint(): Checkpoint {
    if (!this.#bound) {
      throw new RangeError("checkpoint: the run has ended: take the checkpoint inside the loop");
    }
    const { network, stepper } = this.#bound;
    return { step: this.#step, factors: network.factors(), state: stepper.optimizer.state() };
  }

  #holdingRate(): number | undefined {
    if (this.#usable === undefined || !this.stability) return undefined;
    const holding = (this.learningRate * this.#usable) / this.stability;
    return Math.min(holding, this.learningRate / 2);
  }
}
