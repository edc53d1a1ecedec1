import { describe } from "../check/describe.js";
import { type OptionNames, readOptions } from "../check/options.js";
import {
  checkBoolean,
  checkInteger,
  checkSeed,
  checkUnit,
  checkUpTo,
  checkWord,
} from "../check/values.js";
import { Matrix } from "../linalg/matrix.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { haarOrthogonal } from "../maps/orthogonal-map.js";
import type { Encoder } from "../transformer/encoder.js";
import type {
  Adaptation,
  GradientVisit,
  Method,
  PlannedFactor,
  PlannedLayer,
} from "./adaptation.js";
import { GradientSketch } from "./gradient-sketch.js";
import { checkRank } from "./lora.js";
import {
  type Bases,
  checkEvenWidth,
  checkWidth,
  deepLoraBases,
  descentBases,
  invariantBases,
} from "./subspace.js";
import { type Targets, targetedLayers, toldTargets } from "./targets.js";

export interface DeepLoraOptions {
  /** Width of the factors; not used at full width. @defaultValue 8 */
  rank?: number;
  /** Core factors W_1 .. W_L. @defaultValue 3 */
  depth?: number;
  /** Size of each core at the start. @defaultValue 0.1, 1e-3 of the random forms */
  scale?: number;
  /**
   * "compressed": U W_L .. W_1 V' in the subspace that the first gradient shows. "narrow":
   * W_L .. W_1, random and `rank` wide. "full": the same, as wide as the layer's smaller side. The
   * latter two are for comparison. @defaultValue "compressed"
   */
  form?: "compressed" | "narrow" | "full";
  /**
   * Of the compressed form. "gradient": V and -U are the gradient's leading singular vectors, so
   * that the cores begin downhill. "invariant": the paper's, half of them random images of the other
   * half; the rank must be even. "random": orthonormal, of the seed, so that the start does not
   * depend on the examples. @defaultValue "gradient"
   */
  bases?: "gradient" | "invariant" | "random";
  /** Multiplies the updates of U and V; 0 freezes them. @defaultValue 0.4 */
  outerLearningRateRatio?: number;
  /**
   * The first gradient is the mean of this many examples, in batches of the run; of all when there
   * are fewer. Their forward and backward passes come before the first step. @defaultValue 256
   */
  gradientExamples?: number;
  /**
   * The settings of the paper: cores of 1e-3, invariant bases of the first batch, an outer ratio of
   * 0.01, Adam's epsilon of 1e-6 for every factor. `scale`, `bases`, `outerLearningRateRatio` and
   * `gradientExamples` must then be left out. Why most layers stand still under them:
   * docs/evidence/deep-lora.md. @defaultValue false
   */
  published?: boolean;
  /** @defaultValue all linear layers but the pooler */
  targets?: Targets;
  /** Equal seeds, equal bits. @defaultValue 0 */
  seed?: number;
}

const names: OptionNames<DeepLoraOptions> = {
  ...{ rank: true, depth: true, scale: true, form: true, bases: true, published: true },
  ...{ outerLearningRateRatio: true, gradientExamples: true, targets: true, seed: true },
};

/** What `published` says in their place. */
const fixedByPublished = ["scale", "bases", "outerLearningRateRatio", "gradientExamples"] as const;

/** Adam's epsilon over the largest singular value of a factor's first gradient. */
const relativeEpsilon = 1e-6;
/** No epsilon is smaller: in f32 a mean square that rounds to 0 must not divide its mean. */
const smallestEpsilon = 1e-20;

/**
 * Deep LoRA (Yaras et al. 2024): an addition of three factors or more, small at the start.
 *
 * A core's first gradient is scale^(depth - 1) times that of the weight, so that an epsilon that is
 * small for the weight is not for the core, and Adam hardly moves it. Here each factor has an
 * epsilon of its own, a millionth of the largest singular value of its first gradient: below it is
 * rounding, above it is signal, and the updates do not depend on the scale of the loss.
 */
export class DeepLora implements Adaptation {
  readonly name = "deep-lora";
  readonly learningRate: number;
  readonly rank: number;
  readonly depth: number;
  readonly form: "compressed" | "narrow" | "full";
  readonly settings: Readonly<Record<string, unknown>>;
  readonly #options: Required<Omit<DeepLoraOptions, "targets">>;
  readonly #targets: Targets | undefined;

  /** @throws RangeError when an option is out of range; TypeError when one is unknown. */
  constructor(options: DeepLoraOptions = {}) {
    const read = readOptions("DeepLora", options, names);
    const { rank = 8, depth = 3, form = "compressed", published = false } = read;
    const { seed = 0, targets } = read;
    checkBoolean("DeepLora", "published", published);
    if (published) checkNotGiven(read);
    const old = published || form !== "compressed";
    const { scale = old ? 1e-3 : 0.1, bases = published ? "invariant" : "gradient" } = read;
    const { outerLearningRateRatio = published ? 0.01 : 0.4, gradientExamples = 256 } = read;
    checkRank("DeepLora", "rank", rank);
    checkSeed("DeepLora", seed);
    checkInteger("DeepLora", "depth", depth, 2, 16);
    checkUpTo("DeepLora", "scale", scale, 1);
    checkUnit("DeepLora", "outerLearningRateRatio", outerLearningRateRatio);
    checkInteger("DeepLora", "gradientExamples", gradientExamples, 1);
    checkWord("DeepLora", "form", form, ["compressed", "narrow", "full"]);
    checkWord("DeepLora", "bases", bases, ["gradient", "invariant", "random"]);
    if (form === "compressed" && bases === "invariant") checkEvenWidth(rank);
    this.rank = rank;
    this.depth = depth;
    this.form = form;
    // An Adam step moves a w x w factor by up to rate w: this keeps the step of the rates that were
    // found, 3e-3 at rank 8, and of the published ones, 1e-2 at rank 8 and 1e-4 at width 768.
    this.learningRate = form === "full" ? 1e-4 : (old ? 0.08 : 0.024) / rank;
    const all = { rank, depth, scale, form, outerLearningRateRatio };
    const later = published ? {} : { bases, gradientExamples, published };
    this.settings = { ...all, ...later, targets: toldTargets(targets), seed };
    this.#options = { ...all, bases, gradientExamples, published, seed };
    this.#targets = targets;
  }

  /**
   * Sees the gradients of the first batches, layer by layer, and keeps sketches or bases only.
   *
   * @throws TypeError when there are none to see, and the bases come from them.
   */
  plan(encoder: Encoder, visitGradients?: GradientVisit): PlannedLayer[] {
    const names = targetedLayers(encoder, this.#targets);
    if (this.form === "compressed") {
      for (const name of names) {
        const { rows, cols } = encoder.linearShape(name);
        checkWidth(this.rank, rows, cols);
      }
    }
    const layers = !visitGradients
      ? this.#seeded(encoder, names)
      : this.#options.published
        ? this.#published(encoder, names, visitGradients)
        : this.#scaled(encoder, names, visitGradients);
    const missing = names.find((name) => !layers.has(name));
    if (missing !== undefined) {
      throw new RangeError(
        `DeepLora: the task does not use ${missing}, so it has no gradient: take it out of targets`,
      );
    }
    return names.map((name) => ({ name, factors: layers.get(name)!, scale: 1 }));
  }

  trainedTensors(): string[] {
    return [];
  }

  /** Factors that the seed gives. */
  #seeded(encoder: Encoder, names: readonly string[]) {
    const { bases } = this.#options;
    if (this.form === "compressed" && bases !== "random") {
      throw new TypeError(
        `DeepLora: bases is "${bases}", which the examples choose: it must be "random" here`,
      );
    }
    return new Map(names.map((name) => [name, this.#random(encoder, name)]));
  }

  /** The paper's factors, from the first batch alone. */
  #published(encoder: Encoder, names: readonly string[], visitGradients: GradientVisit) {
    const layers = new Map<string, PlannedFactor[]>();
    if (this.form !== "compressed") {
      for (const name of names) layers.set(name, this.#random(encoder, name));
      return layers;
    }
    const { rank } = this;
    visitGradients(names, (name, gradient) => {
      const options = { rank, dtype: encoder.dtype, ...this.#streamOf(encoder, name) };
      layers.set(name, this.#compressed(deepLoraBases(gradient, options)));
    });
    return layers;
  }

  /** Factors with epsilons of their own, from the mean gradient of many examples. */
  #scaled(encoder: Encoder, names: readonly string[], visitGradients: GradientVisit) {
    const { rank, depth, form } = this;
    const { bases, gradientExamples, scale, seed } = this.#options;
    const random = form !== "compressed" || bases === "random";
    const needed = random ? 1 : bases === "gradient" ? rank : rank / 2;
    const sketches = new Map<string, GradientSketch>();
    const visit: Parameters<GradientVisit>[1] = (name, gradient, share) => {
      const options = { rank: needed, seed, dtype: encoder.dtype };
      const sketch = sketches.get(name) ?? new GradientSketch(gradient, options);
      sketch.add(gradient, share);
      sketches.set(name, sketch);
    };
    visitGradients(names, visit, gradientExamples);
    const planned = [...sketches].map(([name, sketch]): [string, PlannedFactor[]] => {
      if (!sketch.isFinite) {
        throw new RangeError(
          `DeepLora: the gradient of ${name} is not finite: the weights of the model are so large ` +
            "that sums overflow",
        );
      }
      const vectors = sketch.triplets();
      const basesOf = () =>
        bases === "gradient"
          ? descentBases(vectors)
          : invariantBases(vectors, this.#streamOf(encoder, name));
      const factors = random ? this.#random(encoder, name) : this.#compressed(basesOf());
      // The gradient of a factor is the weight's times the other factors: all cores, or all but one.
      const size = relativeEpsilon * vectors.S[0] * product(scale, depth - 1);
      const withEpsilon = (factor: PlannedFactor) => {
        const isOuter = factor.rateScale !== undefined;
        return { ...factor, epsilon: Math.max(isOuter ? scale * size : size, smallestEpsilon) };
      };
      return [name, factors.map(withEpsilon)];
    });
    return new Map(planned);
  }

  /** The random numbers of a layer's bases. */
  #streamOf(encoder: Encoder, name: string) {
    const stream = streamAt(streams.deepLoraMaps, 2 * encoder.linearNames.indexOf(name));
    return { seed: this.#options.seed, stream };
  }

  #compressed({ U, V }: Bases): PlannedFactor[] {
    const { scale, outerLearningRateRatio } = this.#options;
    const core = () => {
      const matrix = Matrix.identity(this.rank);
      for (let i = 0; i < this.rank; i++) matrix.set(i, i, scale);
      return { matrix };
    };
    const cores = Array.from({ length: this.depth }, core);
    const outer = (matrix: Matrix) => ({ matrix, rateScale: outerLearningRateRatio });
    return [outer(V.transpose()), ...cores, outer(U)];
  }

  /** Orthogonal factors times the scale; of the compressed form, the bases alone. */
  #random(encoder: Encoder, name: string): PlannedFactor[] {
    const { rows, cols } = encoder.linearShape(name);
    const { scale, seed } = this.#options;
    if (this.form === "compressed") {
      const [U, V] = [rows, cols].map((n, side) => {
        const stream = streamAt(streams.deepLoraMaps, 2 * encoder.linearNames.indexOf(name) + side);
        return haarOrthogonal(n, this.rank, seed, stream).toMatrix("f64");
      });
      return this.#compressed({ U, V });
    }
    const side = Math.min(rows, cols);
    const width = this.form === "full" ? side : Math.min(this.rank, side);
    const first = 16 * encoder.linearNames.indexOf(name);
    return Array.from({ length: this.depth }, (_, l) => {
      const [from, to] = [l === 0 ? cols : width, l === this.depth - 1 ? rows : width];
      const stream = streamAt(streams.deepLoraFactors, first + l);
      const matrix = haarOrthogonal(to, from, seed, stream).toMatrix("f64");
      for (let i = 0; i < matrix.data.length; i++) matrix.data[i] *= scale;
      return { matrix };
    });
  }
}

/** @throws TypeError when an option is given that the published settings fix. */
function checkNotGiven(options: DeepLoraOptions): void {
  const given = fixedByPublished.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new TypeError(
    `DeepLora: published is true and ${given} is ${describe(options[given])}: the published ` +
      `settings have their own: leave ${given} out`,
  );
}

/** x^count, by multiplications. */
function product(x: number, count: number): number {
  let result = 1;
  for (let i = 0; i < count; i++) result *= x;
  return result;
}

export const deepLoraMethod: Method = {
  className: "DeepLora",
  make: ({ rank, seed, targets, fromSeed }) =>
    new DeepLora({
      ...{ rank, seed },
      ...(targets && { targets }),
      ...(fromSeed && { bases: "random" }),
    }),
  factorsFile: "deep_lora.safetensors",
};
