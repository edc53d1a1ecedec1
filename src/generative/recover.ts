import { invalidValue } from "../check/describe.js";
import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkList, checkNonNegative } from "../check/values.js";
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { RandomIntegers, randomNormalArray } from "../linalg/random.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { adam } from "../optim/adam.js";
import { DivergenceError } from "../optim/divergence-error.js";
import { checkOptimizer, type Optimizer } from "../optim/optimizer.js";
import { type FloatArray, newArray } from "../wasm/index.js";
import { LatentVector, type Task } from "./descent.js";
import { checkLoss, type RecoveryLoss, squares, upperMedian } from "./losses.js";
import { type MeasurementKind, termOf } from "./measurement-kinds.js";
import { ReluGenerator } from "./relu-generator.js";

export interface RecoverOptions {
  /**
   * A, measurements x outputs of the generator, of the generator's type: a matrix, a sparse one, or
   * what multiplies.
   */
  operator: Matrix | SparseMatrix | LinearOperator;
  /** y, one per row of the operator. */
  measurements: ArrayLike<number>;
  /** G: the signal is looked for among what it generates. */
  generator: ReluGenerator;
  /**
   * What was measured of A x: itself, its absolute values (phase retrieval), or its signs, 1 and -1
   * (one-bit), which say the direction of x and not its length. @defaultValue "linear"
   */
  kind?: MeasurementKind;
  /** What is made small. @defaultValue squares() */
  loss?: RecoveryLoss;
  /** Takes the steps; its rate must be a number. @defaultValue adam({ learningRate: 0.02 }) */
  optimizer?: Optimizer;
  /** Steps of each start. @defaultValue 800 */
  steps?: number;
  /** A loss at which the whole run ends. Left out, it takes all steps. */
  tolerance?: number;
  /** Random starts; what is returned is the best, by its own loss. @defaultValue 2 */
  restarts?: number;
  /**
   * How many of the last latent vectors of a start are averaged.
   * @defaultValue 200 but at most a quarter of the steps for medianOfMeans, else 1
   */
  averaged?: number;
  /**
   * Whether every step looks at -z first, and goes there if the loss is less: without biases the loss
   * is flat near a negative multiple of the solution. With a dense operator and one block a few rows
   * mostly settle it; else a step costs half as much again. @defaultValue false
   */
  negationCheck?: boolean;
  /** The latent vector of the first start. @defaultValue normal numbers, as of the others */
  start?: ArrayLike<number>;
  /** Of the starts and of the blocks. @defaultValue 0 */
  seed?: number;
}

/** One latent vector before its step. */
export interface RecoveryStep {
  /** Which start, from 0. */
  readonly restart: number;
  /** Steps taken since it. */
  readonly step: number;
  /** The loss; of medianOfMeans the median of the blocks'. */
  readonly loss: number;
}

const checks: OptionChecks<RecoverOptions> = {
  operator: check.anything,
  measurements: checkList,
  generator: (name, what, generator) => {
    if (generator instanceof ReluGenerator) return;
    throw invalidValue(name, what, generator, "a ReluGenerator", TypeError);
  },
  kind: check.word(["linear", "magnitude", "sign"]),
  loss: checkLoss,
  optimizer: (name, _, optimizer) => checkOptimizer(name, optimizer),
  steps: check.integer(0),
  tolerance: checkNonNegative,
  restarts: check.integer(1, streams.latentStarts.count),
  averaged: check.integer(1),
  negationCheck: check.boolean,
  start: check.list(check.finite),
  seed: check.seed,
};

/**
 * Recovers a signal from fewer measurements than it has numbers: x = G(z) with the z that explains
 * y = A x + errors best (Bora et al. 2017), by descent from random starts.
 *
 * `medianOfMeans` deals the measurements to its blocks anew at each step.
 *
 * Iterate it, then ask for `signal` and `latent`. A step is two products with the operator and two
 * passes through the network; the min-max form of `medianOfMeans` takes twice that. The operator and
 * the generator are copied once for each start, twice for the min-max form; a step copies nothing of
 * them. Matrix-free operators get and give matrices.
 *
 * With plain Gaussian weights that widen each layer by a constant, descent finds the solution
 * although the loss is not convex (Daskalakis, Rohatgi, Zampetakis 2020); a trained generator comes
 * with no such promise.
 *
 * @throws RangeError when sizes do not fit, a number is out of range or not finite, or the blocks do
 * not divide the measurements; TypeError for a wrong type or an unknown option; while running,
 * {@link DivergenceError} when the loss is not finite any more.
 */
export function recover(options: RecoverOptions): Recovery {
  const wanted = "an object with operator, measurements and generator";
  const required = ["operator", "measurements", "generator"] as const;
  const read = checkedOptions("recover", options, checks, wanted, ...required);
  const { operator, generator, kind = "linear", loss = squares() } = read;
  checkOperator(operator, read.measurements.length, generator);
  const measurements = readMeasurements(read.measurements, kind);
  if (measurements.length % loss.blocks !== 0) {
    throw new RangeError(
      `recover: there are ${measurements.length} measurements and ${loss.blocks} blocks: ` +
        "the blocks must divide the measurements",
    );
  }
  if (kind === "sign" && loss.term === "absolute") {
    throw new RangeError('recover: loss is absolute and kind is "sign": signs have no residuals');
  }
  const { optimizer = adam({ learningRate: 0.02 }) } = read;
  if (typeof optimizer.learningRate !== "number") {
    throw invalidValue(
      "recover",
      "the optimizer's learningRate",
      optimizer.learningRate,
      "a number",
    );
  }
  if (read.start !== undefined && read.start.length !== generator.inputs) {
    throw new RangeError(
      `recover: start has ${read.start.length} entries: the generator takes ${generator.inputs}`,
    );
  }
  return new Recovery({ ...read, operator, generator, kind, loss, optimizer, measurements });
}

function checkOperator(
  operator: RecoverOptions["operator"],
  measurements: number,
  { outputs, dtype }: ReluGenerator,
): void {
  if (typeof operator !== "object" || operator === null) {
    const kinds = "a Matrix, a SparseMatrix or { rows, cols, multiply, multiplyTransposed }";
    throw invalidValue("recover", "operator", operator, kinds, TypeError);
  }
  const { rows, cols } = operator;
  const isMatrix = operator instanceof Matrix || operator instanceof SparseMatrix;
  if (isMatrix && operator.dtype !== dtype) {
    throw new TypeError(
      `recover: operator is ${operator.dtype} and the generator is ${dtype}: ` +
        "the types must be equal (use astype)",
    );
  }
  if (rows === measurements && cols === outputs && rows >= 1) return;
  throw new RangeError(
    `recover: operator is ${rows} x ${cols}, there are ${measurements} measurements and the ` +
      `generator gives ${outputs} numbers: it must be ${measurements} x ${outputs}, and not empty`,
  );
}

function readMeasurements(given: ArrayLike<number>, kind: MeasurementKind): Float64Array {
  check.list(check.finite)("recover", "measurements", given);
  const measurements = Float64Array.from(given);
  const i = kind === "sign" ? measurements.findIndex((y) => y !== 1 && y !== -1) : -1;
  if (i < 0) return measurements;
  throw invalidValue("recover", `measurements[${i}]`, measurements[i], "1 or -1");
}

/** A settled set of options. @internal */
interface Settled extends RecoverOptions {
  readonly kind: MeasurementKind;
  readonly loss: RecoveryLoss;
  readonly optimizer: Optimizer;
  readonly measurements: Float64Array;
}

/** A running recovery: iterate it, then ask for what it found. */
export class Recovery implements IterableIterator<RecoveryStep, undefined, undefined> {
  readonly #options: Settled;
  readonly #task: Task;
  readonly #steps: number;
  readonly #averaged: number;
  #restart = 0;
  /** The block of each measurement. */
  readonly #blockOf: Int32Array;
  #dealer: RandomIntegers | undefined;
  /** Steps of this start. */
  #step = 0;
  /** Whether the first vector of this start was shown. */
  #begun = false;
  /** The two vectors of the min-max form, else one; until the run ends. */
  #vectors: LatentVector[] | undefined;
  /** Of the last steps of this start. */
  #sum = { count: 0, z: new Float64Array(0) };
  #best: { loss: number; latent: FloatArray } | undefined;

  /** @internal */
  constructor(options: Settled) {
    const { generator, operator, measurements, kind, loss, optimizer } = options;
    this.#options = options;
    this.#steps = options.steps ?? 800;
    const usual = loss.blocks === 1 ? 1 : Math.max(1, Math.min(200, Math.floor(this.#steps / 4)));
    this.#averaged = options.averaged ?? usual;
    const scale = kind === "sign" ? signScale(operator, measurements, generator) : 1;
    this.#task = {
      ...{ name: "recover", generator, operator, measurements, optimizer },
      term: termOf(kind, loss.term, scale),
      ridge: kind === "sign",
      blocks: loss.blocks,
    };
    this.#blockOf = new Int32Array(measurements.length);
    this.#vectors = this.#begin();
  }

  /**
   * The best latent vector so far: of the starts that have ended, or of the first while it runs.
   *
   * @throws RangeError when the first start diverged: there is none.
   */
  get latent(): FloatArray {
    return this.#best ? this.#best.latent.slice() : this.#first().read();
  }

  /** What is generated from `latent`. */
  get signal(): FloatArray {
    const { generator } = this.#options;
    return generator.value(new Matrix(1, generator.inputs, this.latent)).data;
  }

  /** The loss at `latent`. */
  get loss(): number {
    return this.#best ? this.#best.loss : this.#first().loss;
  }

  #first(): LatentVector {
    if (this.#vectors) return this.#vectors[0];
    throw new RangeError("recover: the first start diverged: there is no result");
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<RecoveryStep, undefined> {
    if (!this.#vectors) return { done: true, value: undefined };
    const { tolerance, restarts = 2, optimizer } = this.#options;
    if (this.#begun) {
      if (tolerance !== undefined && this.#vectors[0].loss <= tolerance) return this.return();
      if (this.#step < this.#steps) {
        this.#descend(this.#vectors);
      } else {
        this.#finish();
        if (++this.#restart >= restarts) return this.#end();
        this.#vectors = this.#begin();
      }
    }
    this.#begun = true;
    const { loss } = this.#vectors[0];
    if (Number.isFinite(loss)) {
      return { done: false, value: { restart: this.#restart, step: this.#step, loss } };
    }
    this.#end();
    throw new DivergenceError("recover", this.#step, loss, optimizer.learningRate as number);
  }

  /** Ends the run and drops its memory; `signal` and `latent` stay. */
  return(): IteratorResult<RecoveryStep, undefined> {
    if (this.#vectors) this.#finish();
    return this.#end();
  }

  #end(): IteratorResult<RecoveryStep, undefined> {
    this.#vectors = undefined;
    return { done: true, value: undefined };
  }

  #descend([z, other]: LatentVector[]): void {
    const { optimizer, negationCheck = false } = this.#options;
    const rate = optimizer.learningRate as number;
    const block = () =>
      upperMedian(other ? z.losses.map((loss, j) => loss - other.losses[j]) : z.losses);
    this.#deal();
    z.descend(block(), rate);
    if (negationCheck) z.evaluateNearer();
    else z.evaluate();
    if (other) {
      other.descend(block(), rate);
      other.evaluate();
    }
    this.#step++;
    if (this.#step <= this.#steps - this.#averaged) return;
    const { z: sum } = this.#sum;
    z.read().forEach((value: number, i: number) => {
      sum[i] += value;
    });
    this.#sum.count++;
  }

  /** Deals the measurements to the blocks anew (Fisher and Yates). */
  #deal(): void {
    const blockOf = this.#blockOf;
    if (this.#options.loss.blocks === 1) return;
    for (let i = 0; i < blockOf.length; i++) {
      const other = i + this.#dealer!.below(blockOf.length - i);
      [blockOf[i], blockOf[other]] = [blockOf[other], blockOf[i]];
    }
    for (const vector of this.#vectors ?? []) vector.regroup();
  }

  /** The vectors of the next start. */
  #begin(): LatentVector[] {
    const { generator, loss, start, seed = 0 } = this.#options;
    const { dtype, inputs } = generator;
    // The vectors that play, z and z', have streams that follow each other, and so have the starts.
    const random = (player: number) =>
      randomNormalArray(
        inputs,
        seed,
        streamAt(streams.latentStarts, 2 * this.#restart + player),
        dtype,
      );
    const given = this.#restart === 0 && start !== undefined;
    const first = given ? newArray(dtype, inputs) : random(0);
    if (given) first.set(Array.from(start));
    const stream = streamAt(streams.measurementBlocks, this.#restart);
    this.#dealer = new RandomIntegers(seed, stream);
    this.#blockOf.forEach((_, i) => {
      this.#blockOf[i] = i % loss.blocks;
    });
    this.#vectors = undefined;
    this.#deal();
    const starts = loss.form === "min-max" ? [first, random(1)] : [first];
    this.#sum = { count: 0, z: new Float64Array(inputs) };
    this.#step = 0;
    this.#begun = false;
    const vectors = starts.map((z) => new LatentVector(this.#task, this.#blockOf, z));
    if (this.#options.negationCheck) vectors[0].evaluateNearer();
    return vectors;
  }

  /** Keeps what this start has come to, if it is the best. */
  #finish(): void {
    const [vector] = this.#vectors!;
    const { count, z } = this.#sum;
    // One that ended early has not come to the steps that are averaged.
    if (count > 1 && this.#step === this.#steps) {
      const mean = newArray(this.#options.generator.dtype, z.length);
      for (let i = 0; i < z.length; i++) mean[i] = z[i] / count;
      vector.place(mean);
    }
    const { loss } = vector;
    if (this.#best && !(loss < this.#best.loss)) return;
    this.#best = { loss, latent: vector.read() };
  }
}

/** 1 / |A'y|: what the signs point to gets the length 1. */
function signScale(
  operator: RecoverOptions["operator"],
  measurements: Float64Array,
  { dtype }: ReluGenerator,
): number {
  const y = newArray(dtype, measurements.length);
  y.set(measurements);
  const Y = new Matrix(y.length, 1, y);
  const { data } =
    operator instanceof Matrix
      ? matmul(operator, Y, { transposeA: true })
      : operator.multiplyTransposed(Y);
  let sum = 0;
  for (const value of data) sum += value * value;
  if (sum > 0 && Number.isFinite(sum)) return 1 / Math.sqrt(sum);
  throw new RangeError(`recover: |A'y|² is ${sum}: the operator must not be zero, and be finite`);
}
