import { invalidValue } from "../check/describe.js";
import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkDType, checkList, checkSeed, largestSize } from "../check/values.js";
import { checkForm, putFinite } from "../linalg/check.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import {
  Block,
  type DType,
  elementTypeOf,
  type FloatArray,
  isFloatArray,
  type Job,
  newArray,
  withSharedJob,
} from "../wasm/index.js";
import { BoundFeedForward } from "./bound-feed-forward.js";
import { type Layer, layersOf, parameterCount } from "./layers.js";

export interface FeedForwardOptions {
  /** Numbers of inputs, of units of each hidden layer and of outputs: two or more. */
  sizes: ArrayLike<number>;
  /** Whether each layer has a bias. @defaultValue true */
  biases?: boolean;
  /** Whether the last layer is linear or has a ReLU, as those before it have. @defaultValue "linear" */
  output?: "linear" | "relu";
  /** Type of parameters, inputs and values. @defaultValue "f32" */
  dtype?: DType;
}

export interface StartOptions {
  /** Of the random weights. @defaultValue 0 */
  seed?: number;
  /**
   * Whether the variance of a weight is 2 / inputs, which keeps the size of the values, or
   * 2 / outputs, which keeps that of the gradients. @defaultValue "fan-in"
   */
  mode?: "fan-in" | "fan-out";
}

const checks: OptionChecks<FeedForwardOptions> = {
  sizes: (name, what, sizes) => {
    checkList(name, what, sizes);
    check.list(check.integer(1, largestSize))(name, what, sizes);
    if (sizes.length >= 2 && sizes.length <= streams.network.count + 1) return;
    throw new RangeError(
      `${name}: ${what} has ${sizes.length} entries: it must have 2 .. ${streams.network.count + 1}`,
    );
  },
  biases: check.boolean,
  output: check.word(["linear", "relu"]),
  dtype: checkDType,
};

const startChecks: OptionChecks<StartOptions> = {
  seed: (name, _, seed) => checkSeed(name, seed),
  mode: check.word(["fan-in", "fan-out"]),
};

/**
 * A feed-forward ReLU network: x_l = max(W_l x_{l-1} + b_l, 0), in the last layer without the
 * maximum unless it is asked for. This is the description; the parameters are a typed array of
 * `parameterCount` numbers, layer by layer: W_l (outputs x inputs) by rows, then b_l.
 *
 * Inputs and values are the rows of matrices. Every method copies what it is given into the shared
 * job; for many steps, `bind` it to a job.
 *
 * @example
 * ```ts
 * const network = new FeedForward({ sizes: [2, 8, 3], dtype: "f64" });
 * const parameters = network.start({ seed: 1 });
 * const X = Matrix.from([[1, 2], [3, 4]]);
 * network.parameterCount; // 51
 * network.value(parameters, X).cols; // 3
 * network.lossGradient(parameters, X, [0, 2]).gradient.length; // 51
 * ```
 */
export class FeedForward {
  /** Numbers of inputs, of units of each hidden layer and of outputs. */
  readonly sizes: readonly number[];
  readonly biases: boolean;
  readonly output: "linear" | "relu";
  readonly dtype: DType;
  /** How many numbers the parameters are. */
  readonly parameterCount: number;
  /** From the first to the last, with the places of their parameters. */
  readonly layers: readonly Layer[];

  /**
   * @throws RangeError for fewer than two sizes or one that is not an integer >= 1; TypeError for an
   * unknown option; OutOfMemoryError when no job could hold the parameters.
   */
  constructor(options: FeedForwardOptions) {
    const wanted = "an object with sizes";
    const read = checkedOptions("FeedForward", options, checks, wanted, "sizes");
    const { sizes, biases = true, output = "linear", dtype = "f32" } = read;
    this.sizes = Object.freeze(Array.from(sizes));
    this.biases = biases;
    this.output = output;
    this.dtype = dtype;
    this.layers = layersOf(this.sizes, biases, output);
    this.parameterCount = parameterCount(this.layers);
  }

  /** Length of an input. */
  get inputs(): number {
    return this.sizes[0];
  }

  /** Length of a value: the number of classes. */
  get outputs(): number {
    return this.sizes[this.sizes.length - 1];
  }

  /**
   * Random parameters (He et al. 2015): independent normal weights, biases 0. The same seed gives
   * the same bits on every engine.
   */
  start(options: StartOptions = {}): FloatArray {
    const { seed = 0, mode = "fan-in" } = checkedOptions("start", options, startChecks);
    const parameters = newArray(this.dtype, this.parameterCount);
    this.layers.forEach(({ inputs, outputs, weight }, l) => {
      const stream = streamAt(streams.network, l);
      const normal = randomNormalArray(outputs * inputs, seed, stream, "f64");
      const scale = Math.sqrt(2 / (mode === "fan-in" ? inputs : outputs));
      for (let i = 0; i < normal.length; i++) parameters[weight + i] = scale * normal[i];
    });
    return parameters;
  }

  /**
   * The network's values at the rows of X, in the rows of the result.
   *
   * @throws RangeError when a shape does not fit, an entry is not finite, or a value overflows.
   */
  value(parameters: FloatArray, X: Matrix): Matrix {
    return withSharedJob((job) => {
      const { network, x } = this.#put("value", job, parameters, X, false);
      return network.value(x, (y) => this.#read("value", y));
    });
  }

  /**
   * The class of each row of X: the place of its greatest value, the first of several.
   *
   * @throws as `value`.
   */
  classify(parameters: FloatArray, X: Matrix): Int32Array {
    const values = this.value(parameters, X);
    return Int32Array.from({ length: values.rows }, (_, i) => {
      const row = values.row(i);
      let best = 0;
      for (let j = 1; j < row.length; j++) if (row[j] > row[best]) best = j;
      return best;
    });
  }

  /**
   * Mean cross-entropy of the softmax of the values at the rows of X, and its gradient with respect
   * to the parameters. Three products per layer.
   *
   * @param labels - the class of each row, an integer in 0 .. outputs - 1.
   * @throws RangeError when a shape or a label does not fit, an entry is not finite, or the loss
   * overflows.
   */
  lossGradient(
    parameters: FloatArray,
    X: Matrix,
    labels: ArrayLike<number>,
  ): { loss: number; gradient: FloatArray } {
    const classes = this.#labels("lossGradient", X, labels);
    return withSharedJob((job) => {
      const { network, x } = this.#put("lossGradient", job, parameters, X, true);
      const loss = network.lossGradient(x, job.put(classes));
      if (Number.isFinite(loss) && network.gradient.isFinite()) {
        return { loss, gradient: network.gradient.read() };
      }
      throw new RangeError(`lossGradient: the loss is ${loss}: the values must not overflow`);
    });
  }

  /**
   * The vector-Jacobian product J(x)' dy for each row x of X and dy of dY, J the Jacobian of the
   * network's value, and the values. A ReLU at 0 has the derivative 0.
   *
   * @throws RangeError when a shape does not fit, an entry is not finite, or a number overflows.
   */
  inputGradient(
    parameters: FloatArray,
    X: Matrix,
    dY: Matrix,
  ): { value: Matrix; gradient: Matrix } {
    return this.#backward("inputGradient", parameters, X, dY, (_, dx) => ({
      gradient: this.#read("inputGradient", dx),
    }));
  }

  /**
   * The sum over rows of the vector-Jacobian products with respect to the parameters, and the values:
   * the gradient of any loss, given its gradient dY with respect to the values.
   *
   * @throws as `inputGradient`.
   */
  parameterGradient(
    parameters: FloatArray,
    X: Matrix,
    dY: Matrix,
  ): { value: Matrix; gradient: FloatArray } {
    return this.#backward("parameterGradient", parameters, X, dY, ({ gradient }) => ({
      gradient: this.#read("parameterGradient", gradient).data,
    }));
  }

  #backward<T extends { gradient: unknown }>(
    name: "inputGradient" | "parameterGradient",
    parameters: FloatArray,
    X: Matrix,
    dY: Matrix,
    read: (network: BoundFeedForward, dx: Block) => T,
  ): T & { value: Matrix } {
    checkForm(name, "dY", dY, "cols", this.outputs, this.dtype);
    return withSharedJob((job) => {
      const trained = name === "parameterGradient";
      const { network, x } = this.#put(name, job, parameters, X, trained);
      checkForm(name, "dY", dY, "rows", X.rows, this.dtype);
      const adjoint = putFinite(job, name, "dY", dY);
      const dx = Block.allocate(job, this.dtype, x.rows, x.cols);
      const value = network.inputGradient(x, dx, (y, dy) => {
        adjoint.copyTo(dy);
        return this.#read(name, y);
      });
      return { value, ...read(network, dx) };
    });
  }

  /**
   * The network in a job, its parameters zeros.
   *
   * @param trained - whether the parameters get a gradient.
   * @internal
   */
  bind(job: Job, { trained }: { trained: boolean }): BoundFeedForward {
    return new BoundFeedForward(job, this.dtype, this.layers, trained);
  }

  #put(name: string, job: Job, parameters: FloatArray, X: Matrix, trained: boolean) {
    this.checkParameters(name, parameters);
    checkForm(name, "X", X, "cols", this.inputs, this.dtype);
    const network = this.bind(job, { trained });
    network.parameters.write(parameters);
    const i = network.parameters.kernels.firstNonFinite(
      this.parameterCount,
      network.parameters.handle,
    );
    if (i >= 0) {
      throw new RangeError(
        `${name}: parameters[${i}] is ${parameters[i]}: every entry must be finite`,
      );
    }
    return { network, x: putFinite(job, name, "X", X) };
  }

  /** A copy of a result. @throws RangeError when it is not finite. */
  #read(name: string, y: Block): Matrix {
    if (y.isFinite()) return new Matrix(y.rows, y.cols, y.read());
    throw new RangeError(
      `${name}: the result is not finite: parameters and inputs must be so small that it is`,
    );
  }

  #labels(name: string, X: Matrix, labels: ArrayLike<number>): Int32Array {
    checkForm(name, "X", X, "cols", this.inputs, this.dtype);
    checkList(name, "labels", labels);
    if (labels.length !== X.rows || X.rows === 0) {
      throw new RangeError(
        `${name}: X has ${X.rows} rows and labels has ${labels.length} entries: ` +
          "there must be one label a row, and one row or more",
      );
    }
    check.list(check.integer(0, this.outputs - 1))(name, "labels", labels);
    return Int32Array.from(labels);
  }

  /** @throws TypeError when they are of another type, RangeError of another number. @internal */
  checkParameters(name: string, parameters: FloatArray): void {
    const { dtype, parameterCount: count } = this;
    if (!isFloatArray(parameters) || elementTypeOf(parameters) !== dtype) {
      const wanted = dtype === "f32" ? "a Float32Array" : "a Float64Array";
      throw invalidValue(name, "parameters", parameters, wanted, TypeError);
    }
    checkList(name, "parameters", parameters);
    if (parameters.length === count) return;
    throw new RangeError(
      `${name}: parameters has ${parameters.length} entries: ` +
        `a network of ${this.sizes.join("-")} has ${count}`,
    );
  }
}
