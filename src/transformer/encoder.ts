// An encoder of the BERT family: from token numbers to hidden states, forwards and backwards.
// Weights lie in a job of the encoder's own, frozen and packed once. Training is a choice of
// tensors: whole ones (`parameters.train`) or low-rank additions to linear layers (`addBranch`).

import { attention } from "../autograd/attention.js";
import { type LinearOperands, linear, multiply } from "../autograd/linear.js";
import {
  add,
  type Dropout,
  dropout,
  gelu,
  type Lookup,
  layerNorm,
  lookUp,
  relu,
} from "../autograd/operations.js";
import { constant, recompute, type Tape, type Tensor } from "../autograd/tape.js";
import { describe } from "../check/describe.js";
import type { OptionChecks } from "../check/options.js";
import { checkBoolean, checkDType } from "../check/values.js";
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import { Block, type DType, type FloatArray, Job } from "../wasm/index.js";
import type { Batch } from "./batch.js";
import { CheckpointReader } from "./checkpoint.js";
import type { Checkpoint, EncoderConfig } from "./config.js";
import { embeddingNames, layerNames, poolerName, relativeName } from "./names.js";
import { Parameters } from "./parameters.js";
import { relativeBias } from "./relative-bias.js";
import { weightGradient } from "./weight-gradient.js";
import { checkWeightStorage, type WeightStorage } from "./weight-storage.js";

/** One matrix of a low-rank addition, as a linear layer stores it: out x in. */
export interface Factor {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly data: FloatArray;
  /** @defaultValue true */
  readonly trained?: boolean;
  /** Multiplies the factor's updates. @defaultValue 1 */
  readonly rateScale?: number;
  /** Adam's for this factor. @defaultValue the optimizer's */
  readonly epsilon?: number;
}

interface BranchNames {
  readonly factors: readonly string[];
  readonly scale: number;
}

/** Places of a layer that drop entries; before those of all layers the embeddings have one. */
const placesOfLayer = 3;

export interface EncoderOptions {
  /** Element type of the computation. @defaultValue "f32" */
  dtype?: DType;
  /** Keep one layer's activations at a time and compute them again. @defaultValue false */
  recompute?: boolean;
  /**
   * How frozen weights are held. With `"f16"` and `"int8"` they take a quarter and an eighth of the
   * memory, and cannot be trained themselves: adapters and heads can. @defaultValue "full"
   */
  weightStorage?: WeightStorage;
}

export const encoderChecks: OptionChecks<EncoderOptions> = {
  weightStorage: checkWeightStorage,
  dtype: checkDType,
  recompute: checkBoolean,
};

export class Encoder {
  readonly config: EncoderConfig;
  readonly parameters: Parameters;
  /** Linear layers that can be adapted, by Hugging Face's module names. */
  readonly linearNames: readonly string[];
  readonly hasPooler: boolean;
  recompute: boolean;
  /** Drops entries as the configuration says, in the manner of this seed and step; off: undefined. */
  noise: { readonly seed: number; readonly step: number } | undefined;
  /** The modules of each layer. */
  readonly #layers: ReturnType<typeof layerNames>[] = [];
  readonly #branches = new Map<string, BranchNames>();
  readonly #observers = new Map<string, (x: Tensor, dy: Block) => void>();

  /**
   * @param config - from {@link encoderConfig}.
   * @param weights - a checkpoint with Hugging Face's names, with or without the family's prefix;
   * tensors that the encoder does not know are left alone. They are copied: the map may go.
   * @throws RangeError when a tensor is missing or has another shape than the configuration asks.
   */
  constructor(config: EncoderConfig, weights: Checkpoint, options: EncoderOptions = {}) {
    const { dtype = "f32", recompute = false, weightStorage = "full" } = options;
    this.config = config;
    this.recompute = recompute;
    this.parameters = new Parameters(new Job(), dtype, weightStorage);
    const { width, innerWidth, vocabularySize, tokenTypes, layers } = config;
    const checkpoint = new CheckpointReader(config, weights, this.parameters);
    const word = `${embeddingNames.word}.weight`;
    checkpoint.matrix(word, vocabularySize, width, { use: "table" });
    const positions = config.firstPosition + config.maxTokens;
    checkpoint.matrix(`${embeddingNames.position}.weight`, positions, width);
    if (tokenTypes > 0) checkpoint.matrix(`${embeddingNames.type}.weight`, tokenTypes, width);
    checkpoint.norm(embeddingNames.norm, width);
    const linears: string[] = [];
    const readLinear = (name: string, rows: number, cols: number) => {
      checkpoint.linear(name, rows, cols);
      linears.push(name);
    };
    // One by one: a file may claim any number of layers, and lacks the weights of the first of them.
    for (let i = 0; i < layers; i++) {
      const names = layerNames(config, i);
      this.#layers.push(names);
      for (const name of [names.query, names.key, names.value, names.mix]) {
        readLinear(name, width, width);
      }
      checkpoint.norm(names.attentionNorm, width);
      readLinear(names.inner, innerWidth, width);
      readLinear(names.outer, width, innerWidth);
      checkpoint.norm(names.outputNorm, width);
    }
    if (config.relativeBuckets > 0) {
      checkpoint.matrix(`${relativeName}.weight`, config.relativeBuckets, config.heads);
    }
    this.hasPooler = checkpoint.has(`${poolerName}.weight`);
    if (this.hasPooler) readLinear(poolerName, width, width);
    this.linearNames = linears;
    this.parameters.freezeBase();
  }

  get job(): Job {
    return this.parameters.job;
  }

  get dtype(): DType {
    return this.parameters.dtype;
  }

  /**
   * Adds a low-rank branch to a linear layer: y += scale F_n .. F_2 F_1 x. LoRA has two factors, A
   * and B; Deep LoRA has its right basis, its cores, its left basis. The factors are parameters
   * under their names.
   *
   * @throws RangeError when the layer is unknown, has a branch, or the shapes do not fit.
   */
  addBranch(linearName: string, factors: readonly Factor[], scale = 1): void {
    const { rows, cols } = this.linearShape(linearName);
    if (this.#branches.has(linearName)) {
      throw new RangeError(`addBranch: ${linearName} has a branch: it can have one`);
    }
    const shapes = factors.map((factor) => `${factor.rows} x ${factor.cols}`).join(", ");
    const fits =
      factors.length >= 2 &&
      factors.every((factor, i) => factor.cols === (i === 0 ? cols : factors[i - 1].rows)) &&
      factors[factors.length - 1].rows === rows;
    if (!fits) {
      throw new RangeError(
        `addBranch: the factors for ${linearName} are ${shapes || "none"}: there must be two or ` +
          `more that lead from ${cols} to ${rows}, each taking what the one before it gives`,
      );
    }
    for (const { name, rows, cols, data, trained = true, ...options } of factors) {
      this.parameters.add(name, rows, cols, data, { trained, ...options });
    }
    this.#branches.set(linearName, { factors: factors.map(({ name }) => name), scale });
  }

  /** Back to the frozen checkpoint: drops branches, heads and all that was trained beside it. */
  reset(): void {
    this.#branches.clear();
    this.#observers.clear();
    this.parameters.reset();
  }

  /** Shape of a linear layer's weight, out x in. */
  linearShape(linearName: string): { rows: number; cols: number } {
    if (!this.linearNames.includes(linearName)) {
      throw new RangeError(`linearShape: there is no linear layer ${describe(linearName)}`);
    }
    return this.parameters.shape(`${linearName}.weight`);
  }

  /**
   * Runs `backward`, a forward and a backward pass, and shows the weight gradient dL/dW of each of
   * the named layers when the pass comes by it, last layer first. The gradient (out x in) is known
   * by its products alone and is gone when `visit` returns: no such matrix is ever formed.
   */
  visitWeightGradients(
    linearNames: readonly string[],
    backward: () => void,
    visit: (linearName: string, gradient: LinearOperator) => void,
  ): void {
    for (const name of linearNames) {
      this.linearShape(name);
      this.#observers.set(name, (x, dy) => visit(name, weightGradient(x, dy)));
    }
    try {
      backward();
    } finally {
      this.#observers.clear();
    }
  }

  /** A linear layer with whatever has been attached to it. */
  linear(tape: Tape, x: Tensor, name: string): Tensor {
    return linear(tape, x, this.#operands(tape, name));
  }

  #operands(tape: Tape, name: string): LinearOperands {
    const { parameters } = this;
    const branch = this.#branches.get(name);
    const factors = branch?.factors.map((factor) => parameters.get(factor));
    const last = factors?.pop();
    const stored = parameters.stored(`${name}.weight`);
    return {
      weight: stored ?? parameters.get(`${name}.weight`),
      packed: stored ? undefined : parameters.packed(`${name}.weight`),
      bias: parameters.has(`${name}.bias`) ? parameters.get(`${name}.bias`) : undefined,
      // All factors but the last make one: a token then costs what it costs in LoRA.
      branch: branch &&
        factors &&
        last && {
          A: factors.reduce((earlier, factor) => multiply(tape, factor, earlier)),
          B: last,
          scale: branch.scale,
        },
      observe: this.#observers.get(name),
    };
  }

  #norm(tape: Tape, x: Tensor, name: string): Tensor {
    const [weight, bias] = ["weight", "bias"].map((part) => this.parameters.get(`${name}.${part}`));
    return layerNorm(tape, x, weight, bias, this.config.layerNormEpsilon);
  }

  /** The last layer's hidden states, one row a token. */
  hiddenStates(tape: Tape, batch: Batch): Tensor {
    let x = this.embedTokens(tape, batch);
    for (let i = 0; i < this.config.layers; i++) x = this.layer(tape, x, batch, i);
    return x;
  }

  /**
   * The last layer's hidden states of each text's first token, one row a text. The last layer computes
   * nothing for the others but what the first one looks at, their keys and values: with 6 layers a
   * seventh of a training step is saved.
   */
  firstTokens(tape: Tape, batch: Batch): Tensor {
    const { layers } = this.config;
    let x = this.embedTokens(tape, batch);
    for (let i = 0; i < layers; i++) x = this.layer(tape, x, batch, i, i === layers - 1);
    return x;
  }

  /** Dropout at one place of the network; undefined while there is no noise. */
  dropoutAt(place: number, probability = this.config.dropout): Dropout | undefined {
    return this.noise && { ...this.noise, stream: place, probability };
  }

  /** The place behind all of the encoder's own, where a head's begin. */
  get headPlace(): number {
    return 1 + placesOfLayer * this.config.layers;
  }

  /** What goes into the first layer. */
  embedTokens(tape: Tape, { ids, positions, types }: Batch): Tensor {
    const { parameters } = this;
    const lookups = [
      { name: embeddingNames.word, index: ids },
      { name: embeddingNames.position, index: positions },
      { name: embeddingNames.type, index: types },
    ]
      .filter(({ name }) => parameters.has(`${name}.weight`))
      .map(({ name, index }) => this.#lookup(tape, `${name}.weight`, index));
    const x = this.#norm(tape, lookUp(tape, ids.length, lookups), embeddingNames.norm);
    return dropout(tape, x, this.dropoutAt(0));
  }

  #lookup(tape: Tape, name: string, index: Int32Array): Lookup {
    const { parameters } = this;
    const stored = parameters.stored(name);
    const place = tape.job.put(index);
    if (!stored) return { table: parameters.get(name), index: place };
    // A table of the rows that are asked for, in their order.
    const rows = Block.allocate(tape.job, tape.dtype, index.length, stored.cols);
    stored.expandRows(place, rows);
    return { table: constant(rows), index: tape.job.put(index.map((_, i) => i)) };
  }

  /**
   * Layer i: attention and feed-forward part, each added to its input and normalised.
   *
   * @param first - whether only each text's first token is wanted.
   */
  layer(tape: Tape, x: Tensor, batch: Batch, i: number, first = false): Tensor {
    const compute = (inner: Tape, input: Tensor) => this.#layer(inner, input, batch, i, first);
    if (!this.recompute && tape.recording) return compute(tape, x);
    const rows = first ? batch.starts.length - 1 : x.rows;
    return recompute(tape, x, compute, this.#isTrained(i), rows);
  }

  #layer(tape: Tape, input: Tensor, { starts }: Batch, i: number, first: boolean): Tensor {
    const names = this.#layers[i];
    const { heads, activation, attentionDropout, relativeBuckets } = this.config;
    const texts = starts.length - 1;
    // The rows that are computed.
    const x = first ? lookUp(tape, texts, [{ table: input, index: tape.job.put(starts) }]) : input;
    const queryStarts = first ? starts.map((_, text) => text) : starts;
    const q = this.linear(tape, x, names.query);
    const [k, v] = [names.key, names.value].map((name) => this.linear(tape, input, name));
    const bias =
      relativeBuckets > 0
        ? relativeBias(this.parameters.get(`${relativeName}.weight`), starts)
        : undefined;
    const place = 1 + placesOfLayer * i;
    const dropped = this.dropoutAt(place, attentionDropout);
    const y = attention(tape, q, k, v, {
      ...{ starts, queryStarts, heads, bias },
      dropout: dropped,
    });
    const mixed = dropout(tape, this.linear(tape, y, names.mix), this.dropoutAt(place + 1));
    const attended = this.#norm(tape, add(tape, mixed, x), names.attentionNorm);
    const inner = this.linear(tape, attended, names.inner);
    const activated = activation === "gelu" ? gelu(tape, inner) : relu(tape, inner);
    const linear = this.linear(tape, activated, names.outer);
    const outer = dropout(tape, linear, this.dropoutAt(place + 2));
    return this.#norm(tape, add(tape, outer, attended), names.outputNorm);
  }

  /** Whether something of layer i is trained or observed. */
  #isTrained(i: number): boolean {
    const { parameters } = this;
    const relative = `${relativeName}.weight`;
    if (parameters.isTrained(relative)) return true;
    return Object.values(this.#layers[i]).some(
      (name) =>
        this.#observers.has(name) ||
        [`${name}.weight`, `${name}.bias`, ...(this.#branches.get(name)?.factors ?? [])].some(
          (tensor) => parameters.isTrained(tensor),
        ),
    );
  }
}
