// Takes tensors out of a checkpoint, by name and shape, into a job.
import type { Checkpoint, EncoderConfig } from "./config.js";
import { namePrefix } from "./names.js";
import type { Parameters, TensorOptions } from "./parameters.js";

/** Names that old checkpoints, converted from TensorFlow, have for a layer norm's tensors. */
const oldNames: readonly [RegExp, string][] = [
  [/LayerNorm\.weight$/, "LayerNorm.gamma"],
  [/LayerNorm\.bias$/, "LayerNorm.beta"],
];

export class CheckpointReader {
  readonly #weights: Checkpoint;
  readonly #prefix: string;
  readonly #parameters: Parameters;

  constructor(config: EncoderConfig, weights: Checkpoint, parameters: Parameters) {
    this.#weights = weights;
    this.#prefix = namePrefix(config, weights);
    this.#parameters = parameters;
  }

  has(name: string): boolean {
    return this.#weights.has(this.#prefix + name);
  }

  /** @throws RangeError when the tensor is missing or has another shape. */
  matrix(name: string, rows: number, cols: number, options: TensorOptions = {}): void {
    this.#take(name, [rows, cols], options);
  }

  linear(name: string, rows: number, cols: number): void {
    this.#take(`${name}.weight`, [rows, cols], { use: "linear" });
    this.#take(`${name}.bias`, [rows]);
  }

  norm(name: string, width: number): void {
    this.#take(`${name}.weight`, [width]);
    this.#take(`${name}.bias`, [width]);
  }

  #take(name: string, shape: number[], options: TensorOptions = {}): void {
    const old = oldNames
      .filter(([pattern]) => pattern.test(name))
      .map(([pattern, replacement]) => name.replace(pattern, replacement));
    const full = [name, ...old].map((one) => this.#prefix + one).find((n) => this.#weights.has(n));
    const tensor = full === undefined ? undefined : this.#weights.get(full);
    if (!tensor) throw new RangeError(`weights: ${this.#prefix}${name} is missing`);
    const length = shape.reduce((product, size) => product * size, 1);
    const data = "read" in tensor ? tensor.read() : tensor.data;
    if (tensor.shape.join() !== shape.join() || data.length !== length) {
      throw new RangeError(
        `weights: ${full} is ${tensor.shape.join(" x ")} with ${data.length} entries: ` +
          `the configuration asks for ${shape.join(" x ")}`,
      );
    }
    const [rows, cols] = shape.length === 1 ? [1, shape[0]] : shape;
    this.#parameters.add(name, rows, cols, data, options);
  }
}
