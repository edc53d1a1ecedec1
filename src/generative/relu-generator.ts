import { quote } from "../check/describe.js";
import * as check from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkDType } from "../check/values.js";
import { FormatError } from "../formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../formats/safetensors.js";
import {
  fromFloat32,
  fromFloat64,
  type StoredTensor,
  toFloat64,
} from "../formats/stored-tensor.js";
import type { Matrix } from "../linalg/matrix.js";
import { FeedForward, type FeedForwardOptions } from "../networks/feed-forward.js";
import { type DType, type FloatArray, newArray } from "../wasm/index.js";

export interface RandomGeneratorOptions extends FeedForwardOptions {
  /** Of the weights. @defaultValue 0 */
  seed?: number;
}

const randomChecks: OptionChecks<RandomGeneratorOptions> = {
  // The network checks what is its own.
  sizes: check.anything,
  biases: check.anything,
  output: check.anything,
  dtype: check.anything,
  seed: check.seed,
};

export interface GeneratorFileOptions {
  /** Whether a ReLU follows the last layer, which no file says. @defaultValue "linear" */
  output?: "linear" | "relu";
  /** Type to compute in. @defaultValue "f32" */
  dtype?: DType;
  /** The file's name, for messages. @defaultValue "generator.safetensors" */
  source?: string;
}

const fileChecks: OptionChecks<GeneratorFileOptions> = {
  output: check.word(["linear", "relu"]),
  dtype: checkDType,
  source: check.text,
};

/**
 * A generator: a ReLU network with its parameters, from few numbers, the latent ones, to many.
 *
 * @example
 * ```ts
 * const generator = ReluGenerator.random({ sizes: [4, 16, 64], seed: 1 });
 * generator.value(Matrix.randomNormal(3, 4, { seed: 2 })).cols; // 64
 * ```
 */
export class ReluGenerator {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static get name(): string {
    return "ReluGenerator";
  }

  /** A copy: whoever changes theirs does not change the generator. */
  readonly parameters: FloatArray;

  /** @throws as `network.value`, when the parameters do not fit the network. */
  constructor(
    readonly network: FeedForward,
    parameters: FloatArray,
  ) {
    if (!(network instanceof FeedForward)) {
      throw new TypeError("ReluGenerator: network is not a FeedForward: it must be one");
    }
    network.checkParameters("ReluGenerator", parameters);
    this.parameters = parameters.slice();
  }

  /**
   * Independent normal weights of variance 2 / outputs of their layer: such layers keep the length
   * of a vector in the mean. As the theory has it there are no biases, and a ReLU follows the last
   * layer too, unless the options say otherwise; f64.
   *
   * @throws RangeError, TypeError as {@link FeedForward} for its options.
   */
  static random(options: RandomGeneratorOptions): ReluGenerator {
    const wanted = "an object with sizes";
    const name = "ReluGenerator.random";
    const { seed = 0, ...read } = checkedOptions(name, options, randomChecks, wanted);
    const network = new FeedForward({ biases: false, output: "relu", dtype: "f64", ...read });
    return new ReluGenerator(network, network.start({ seed, mode: "fan-out" }));
  }

  /**
   * A generator from a safetensors file, such as PyTorch's `nn.Sequential` of linear layers and
   * ReLUs: matrices `NAME.weight` (outputs x inputs), each with or without its `NAME.bias`, in the
   * order of the numbers in their names. Layers without a bias get zeros where others have one.
   *
   * @throws FormatError when the tensors are not the layers of one network; what a layer gives must
   * be what the next takes.
   */
  static fromSafetensors(bytes: Uint8Array, options: GeneratorFileOptions = {}): ReluGenerator {
    const read = checkedOptions("ReluGenerator.fromSafetensors", options, fileChecks);
    const { output = "linear", dtype = "f32", source = "generator.safetensors" } = read;
    const { tensors } = decodeSafetensors(bytes, source);
    const layers = readLayers(tensors, source);
    const sizes = [layers[0].weight.shape[1], ...layers.map(({ weight }) => weight.shape[0])];
    const biases = layers.some(({ bias }) => bias !== undefined);
    const network = new FeedForward({ sizes, biases, output, dtype });
    const parameters = newArray(dtype, network.parameterCount);
    layers.forEach(({ name, weight, bias }, l) => {
      const places = network.layers[l];
      parameters.set(finite(weight, `${name}.weight`, source), places.weight);
      if (bias) parameters.set(finite(bias, `${name}.bias`, source), places.bias);
    });
    return new ReluGenerator(network, parameters);
  }

  /** The file that `fromSafetensors` reads: "0.weight", "0.bias", "1.weight", ... */
  toSafetensors(): Uint8Array<ArrayBuffer> {
    const { layers, dtype } = this.network;
    const tensor = (start: number, shape: number[]): StoredTensor => {
      const data = this.parameters.slice(start, start + shape.reduce((a, b) => a * b));
      return dtype === "f64"
        ? fromFloat64(shape, data as Float64Array)
        : fromFloat32(shape, data as Float32Array);
    };
    return encodeSafetensors(
      layers.flatMap(({ inputs, outputs, weight, bias }, l) => [
        [`${l}.weight`, tensor(weight, [outputs, inputs])] as const,
        ...(bias === undefined ? [] : [[`${l}.bias`, tensor(bias, [outputs])] as const]),
      ]),
    );
  }

  /** Type of latent numbers and of what is generated. */
  get dtype(): DType {
    return this.network.dtype;
  }

  /** Latent numbers. */
  get inputs(): number {
    return this.network.inputs;
  }

  /** Numbers that are generated. */
  get outputs(): number {
    return this.network.outputs;
  }

  /**
   * G(z) for each row z of Z.
   *
   * @throws RangeError when Z has another number of columns or an entry that is not finite;
   * TypeError when it is of another type.
   */
  value(Z: Matrix): Matrix {
    return this.network.value(this.parameters, Z);
  }
}

interface StoredLayer {
  readonly name: string;
  readonly weight: StoredTensor;
  readonly bias: StoredTensor | undefined;
}

/** The layers in their order, which fit each other. */
function readLayers(tensors: ReadonlyMap<string, StoredTensor>, source: string): StoredLayer[] {
  const fail = (reason: string) => new FormatError(source, reason);
  const names = [...tensors.keys()]
    .filter((key) => key.endsWith(".weight"))
    .map((key) => key.slice(0, -".weight".length))
    .sort(byNumbers);
  const known = new Set(names.flatMap((name) => [`${name}.weight`, `${name}.bias`]));
  const other = [...tensors.keys()].find((key) => !known.has(key));
  if (other !== undefined) {
    throw fail(`tensor ${quote(other)} is not NAME.weight, nor the NAME.bias of one: what is it?`);
  }
  if (names.length === 0) throw fail("it has no tensor NAME.weight: it must have one per layer");
  let before: { name: string; outputs: number } | undefined;
  return names.map((name) => {
    const weight = tensors.get(`${name}.weight`)!;
    const bias = tensors.get(`${name}.bias`);
    const [outputs, inputs] = weight.shape;
    const shown = `(${weight.shape.join(", ")})`;
    if (weight.shape.length !== 2 || outputs === 0 || inputs === 0) {
      throw fail(`tensor ${quote(`${name}.weight`)} is ${shown}: it must be outputs x inputs`);
    }
    if (before && before.outputs !== inputs) {
      throw fail(
        `layer ${quote(before.name)} gives ${before.outputs} numbers and ${quote(name)} takes ` +
          `${inputs}: they must be equal`,
      );
    }
    if (bias && !(bias.shape.length === 1 && bias.shape[0] === outputs)) {
      throw fail(
        `tensor ${quote(`${name}.bias`)} is (${bias.shape.join(", ")}): it must have the ` +
          `${outputs} entries of the outputs`,
      );
    }
    before = { name, outputs };
    return { name, weight, bias };
  });
}

/** By the numbers in two names, from left to right, then by the names. */
function byNumbers(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => (name.match(/\d+/g) ?? []).map(Number));
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length || (a < b ? -1 : 1);
}

function finite(tensor: StoredTensor, name: string, source: string): Float64Array {
  const values = toFloat64(tensor, name, source);
  const i = values.findIndex((value) => !Number.isFinite(value));
  if (i < 0) return values;
  throw new FormatError(
    source,
    `tensor ${quote(name)} holds ${values[i]} as entry ${i}: weights must be finite`,
  );
}
