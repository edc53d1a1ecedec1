import { noiseThreshold, type Weights, weightsBeside, weightsOf } from "../als/noise-threshold.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import { cosineDecay, type Schedule } from "../optim/schedules.js";
import type { Sharded } from "../shards/exchange.js";
import type { Journal, State, Stateful } from "../shards/journal.js";
import { RowBlocks } from "../shards/row-blocks.js";
import type { Shard, StoredShard } from "../shards/shard.js";
import { Job, type Mark } from "../wasm/index.js";
import { type BiasModel, fitBiases } from "./bias-model.js";
import { BiasedNetwork } from "./biased-network.js";
import { change, changesOf } from "./changed-values.js";
import type { Learned, Network } from "./network.js";
import type { Settings } from "./options.js";
import { pseudoValues, stepsBetweenLooks } from "./pseudo-values.js";
import type { ClipRange } from "./range.js";
import { SweepNetwork, stepsOfSweep } from "./sweeps/sweep-network.js";

/**
 * Constants of the training. They act on standardised values (the noise of the bias model is 1), so
 * none depends on the counts, the size or the rating scale of the data. The plateau is flat: twice
 * or half of any changes the error by less than half a percent (docs/reference/completion.md).
 */
const constants = {
  learningRate: 0.005,
  /** Standard deviation of the first factors and patterns. */
  start: {
    adam: { factorScale: 0.03, implicitScale: 0.01 },
    sweeps: { factorScale: 0.1, implicitScale: 0.03 },
  },
  /** Ridges of patterns over that of an average factor: their prior variance is smaller. */
  patternOfRowRidge: 4,
  patternOfColRidge: 2,
  /** Ridge of a core over regularization * threshold^2: in balance with factors for a component of
   * strength `threshold`. */
  core: { withImplicit: 120, withoutImplicit: 20 },
  minThreshold: 1e-6,
  /** Beside gross errors a held-out entry counts with at most this error, in noises of the bias model. */
  largestError: 3,
};

/** What all trainings of a fit have in common. */
export interface Conditions {
  settings: Settings;
  /** Where predictions are clipped, in the values' unit. */
  range: ClipRange;
  /** Gross errors were found in the data: the residuals of the others are limited. */
  robust: boolean;
  /** What networks have given back: engines let go of a memory that is merely dropped when they please. */
  jobs: Job[];
}

/** Regularization and length of one cosine cycle of the learning rate. */
interface LearningCycle {
  /** All ridges of factors, in units of the noise threshold. */
  regularization: number;
  steps: number;
  /** Multiplies the learning rate. */
  peak: number;
}

/** What the entries of a training say before anything is trained. */
interface Basis {
  biases: BiasModel;
  /** Strength of the strongest component that pure noise would show. */
  threshold: number;
  rowWeights: Weights;
  colWeights: Weights;
}

/**
 * A shard of a training set: its bias model, its noise threshold and a network trained in cycles. The
 * values are taken in the unit in which they come; the network sees (value - mean) / noise.
 */
export class Training implements Stateful {
  readonly biases: BiasModel;
  /** Strength of the strongest component that pure noise would show. */
  readonly threshold: number;
  readonly rowWeights: Weights;
  /** The network's values are (value - mean) / scale. */
  readonly scale: number;
  readonly #colWeights: Weights;
  readonly #rowBias: Float64Array;
  readonly #colBias: Float64Array;
  readonly #settings: Settings;
  /** What the network has taken in is let go, unless residuals are to be limited. */
  #shard: StoredShard | undefined;
  readonly #range: ClipRange;
  /** The standardised values, and those that are trained on instead, where residuals are limited. */
  #limited: { values: Float32Array; pseudo: Float32Array } | undefined;
  readonly #robust: boolean;
  #network: Network | undefined;
  readonly #jobs: Job[];
  #held: { job: Job; mark: Mark } | undefined;
  #heldOut: Shard | undefined;
  #implicit = false;
  #schedule: Schedule = () => 0;
  #stepCount = 0;

  private constructor(
    shard: StoredShard,
    { settings, range, robust, jobs }: Conditions,
    basis: Basis,
  ) {
    this.#shard = shard;
    this.#range = range;
    this.#robust = robust;
    this.#jobs = jobs;
    this.#settings = settings;
    this.biases = basis.biases;
    this.scale = this.biases.exact ? 1 : this.biases.noise;
    this.#rowBias = this.biases.rowBias.map((bias) => bias / this.scale);
    this.#colBias = this.biases.colBias.map((bias) => bias / this.scale);
    this.rowWeights = basis.rowWeights;
    this.#colWeights = basis.colWeights;
    this.threshold = basis.threshold;
  }

  /**
   * Takes the entries of a shard in: biases, and the strength of noise.
   */
  static *of(from: StoredShard, conditions: Conditions, journal: Journal): Sharded<Training> {
    const shard = { ...from, matrix: from.read() };
    const { rowStart, rows, cols } = shard.matrix;
    const { seed } = conditions.settings;
    const rowCounts = Float64Array.from({ length: rows }, (_, u) => rowStart[u + 1] - rowStart[u]);
    const colWeights = yield* weightsOf(shard.colCounts, RowBlocks.ofLines(cols));
    const { shared, ofRows } = yield* journal.constant(function* () {
      const biases = yield* fitBiases(shard);
      const { weights, meanRoot } = yield* weightsOf(rowCounts, shard.blocks);
      const noise = yield* noiseThreshold(shard, weights, colWeights.weights, seed);
      const threshold = Math.max(noise, constants.minThreshold);
      const { rowBias, colBias, mean, rowRidge, colRidge, noise: deviation, loss, exact } = biases;
      const numbers = [mean, rowRidge, colRidge, deviation, loss, exact ? 1 : 0];
      return {
        shared: [Float64Array.of(threshold, meanRoot, ...numbers), colBias],
        ofRows: [{ numbers: rowBias }],
      };
    });
    const [[threshold, meanRoot, mean, rowRidge, colRidge, noise, loss, exact], colBias] = shared;
    const biases: BiasModel = {
      ...{ mean, rowRidge, colRidge, noise, loss, exact: exact === 1 },
      rowBias: ofRows[0].numbers as Float64Array,
      colBias: colBias as Float64Array,
    };
    const rowWeights = weightsBeside(rowCounts, meanRoot);
    return new Training(from, conditions, { biases, threshold, rowWeights, colWeights });
  }

  /** The network once it has started. */
  get network(): Network | undefined {
    return this.#network;
  }

  /** The biases of rows, without a network, in the unit of what the network sees. */
  get baselineRowBias(): Float32Array {
    return Float32Array.from(this.biases.rowBias, (bias) => bias / this.scale);
  }

  get baselineColBias(): Float32Array {
    return Float32Array.from(this.biases.colBias, (bias) => bias / this.scale);
  }

  /** What the network has learned so far, or without it the biases alone; of the shard's rows. */
  *learned(factorized: boolean): Sharded<Learned> {
    if (factorized && this.#network) return yield* this.#network.learned();
    const none = () => new Float32Array(0);
    return {
      ...{ rowFactors: none(), colFactors: none(), patternFactors: none() },
      rowBias: this.baselineRowBias,
      colBias: this.baselineColBias,
    };
  }

  /** A fresh network, with or without implicit terms. */
  start(implicit: boolean): void {
    const { rank, depth, seed, solver } = this.#settings;
    this.#implicit = implicit;
    if (!this.#network && this.#shard) {
      const shape = { rank, depth, implicit: this.#settings.implicit };
      const job = this.#jobs.pop() ?? new Job();
      this.#held = { job, mark: job.mark() };
      this.#network =
        solver === "adam"
          ? new BiasedNetwork(job, this.#shard.read(), this.#standardize, shape)
          : new SweepNetwork(job, this.#shard, this.#standardize, shape);
      const heldOut = this.#heldOut?.matrix;
      if (heldOut) this.#network.holdOut(heldOut, this.#standardize);
      if (!this.#robust) this.#shard = undefined;
    }
    this.#network?.start({
      seed,
      implicit,
      rowBias: this.#rowBias,
      colBias: this.#colBias,
      ...constants.start[solver],
    });
  }

  /** Ends the network: its memory is for another one. */
  end(): void {
    if (!this.#held) return;
    const { job, mark } = this.#held;
    job.release(mark);
    this.#jobs.push(job);
    this.#held = undefined;
    this.#network = undefined;
  }

  /** The next steps follow this cycle; parameters go on from where they are. */
  beginCycle({ regularization, steps, peak }: LearningCycle): void {
    const { rowRidge, colRidge } = this.biases;
    const unit = regularization * this.#settings.regularization * this.threshold;
    this.#network?.beginCycle({
      rowBias: rowRidge,
      colBias: colRidge,
      rowFactors: this.rowWeights.weights.map((weight) => unit * weight),
      colFactors: this.#colWeights.weights.map((weight) => unit * weight),
      patternOfRow: constants.patternOfRowRidge * unit,
      patternOfCol: constants.patternOfColRidge * unit,
      core: this.#core * unit * this.threshold,
      unit,
      threshold: this.threshold,
    });
    this.#schedule = cosineDecay({ learningRate: peak * constants.learningRate, steps });
    this.#stepCount = 0;
  }

  /** Between two sweeps, what the next ones go on from. */
  state(): State {
    const { shared = [], ofRows = [] } = this.#network?.state?.() ?? {};
    if (!this.#limited || !this.#shard) return { shared, ofRows };
    const { values, pseudo } = this.#limited;
    const shard = { ...this.#shard, matrix: this.#shard.read() };
    return { shared, ofRows: [changesOf(values, pseudo, shard), ...ofRows] };
  }

  /** Goes on from a state, in the same cycle after the same start. */
  restore({ shared, ofRows }: State): void {
    const network = this.#network;
    let ofNetwork = ofRows;
    if (this.#robust && this.#shard) {
      const [changes, ...others] = ofRows;
      const values = this.#standardized(this.#shard.read());
      const pseudo = values.slice();
      change(pseudo, changes, this.#shard);
      this.#limited = { values, pseudo };
      network?.setValues(pseudo);
      ofNetwork = others;
    }
    network?.restore?.({ shared, ofRows: ofNetwork });
  }

  /** One step. Returns half the sum of squared residuals before it, in the values' unit. */
  *step(): Sharded<number> {
    const between = this.#settings.solver === "adam" ? stepsBetweenLooks : stepsOfSweep;
    if (this.#robust && this.#stepCount % between === 0) yield* this.#limitResiduals();
    const rate = this.#schedule(this.#stepCount++);
    const loss = this.#network ? yield* this.#network.step(rate) : 0;
    return loss * this.scale * this.scale;
  }

  /** Ridge of a new row's factors with one entry: it grows with the root of their number. */
  rowRidge(regularization: number): number {
    const unit = regularization * this.#settings.regularization * this.threshold;
    return unit / this.rowWeights.meanRoot;
  }

  /** Entries to be predicted by `squaredErrors`. */
  holdOut(entries: Shard): void {
    this.#heldOut = entries;
  }

  get heldOut(): Shard | undefined {
    return this.#heldOut;
  }

  /** Squared errors of the shard's held-out entries, by rows. */
  *squaredErrors(): Sharded<Float64Array> {
    const { low, high } = this.#range;
    const largest = this.#robust ? constants.largestError * this.scale : Number.POSITIVE_INFINITY;
    const A = this.#heldOut?.matrix;
    const out = new Float64Array(A?.nonzeros ?? 0);
    if (!A) return out;
    const residuals = this.#network && (yield* this.#network.heldOutResiduals());
    const { mean, rowBias, colBias } = this.biases;
    for (let u = 0; u < A.rows; u++) {
      for (let p = A.rowStart[u]; p < A.rowStart[u + 1]; p++) {
        const value = A.values[p];
        let prediction = residuals
          ? value + this.scale * residuals[p]
          : mean + rowBias[u] + colBias[A.colIndices[p]];
        prediction = Math.min(high, Math.max(low, prediction));
        const error = Math.min(Math.abs(prediction - value), largest);
        out[p] = error * error;
      }
    }
    return out;
  }

  get #core() {
    return this.#implicit ? constants.core.withImplicit : constants.core.withoutImplicit;
  }

  *#limitResiduals(): Sharded<void> {
    const network = this.#network;
    const shard = this.#shard;
    if (!network || !shard) return;
    const values = this.#limited?.values ?? this.#standardized(shard.read());
    const trainedOn = this.#limited?.pseudo ?? values;
    const residuals = yield* network.residuals();
    const predictions = residuals.map((residual, p) => trainedOn[p] + residual);
    const pseudo = yield* pseudoValues(values, predictions, shard);
    network.setValues(pseudo);
    this.#limited = { values, pseudo };
  }

  #standardized({ values }: SparseRows): Float32Array {
    return Float32Array.from(values, this.#standardize);
  }

  readonly #standardize = (value: number): number => (value - this.biases.mean) / this.scale;
}
