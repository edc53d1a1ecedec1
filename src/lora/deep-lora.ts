import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger, checkSeed, checkUnit, checkUpTo, checkWord } from "../check/values.js";
import { Matrix } from "../linalg/matrix.js";
import { streamAt, streams } from "../linalg/streams.js";
import { haarOrthogonal } from "../maps/orthogonal-map.js";
import type { Encoder } from "../transformer/encoder.js";
import type {
  Adaptation,
  GradientVisit,
  Method,
  PlannedFactor,
  PlannedLayer,
} from "./adaptation.js";
import { checkRank } from "./lora.js";
import { checkWidth, deepLoraBases } from "./subspace.js";
import { type Targets, targetedLayers, toldTargets } from "./targets.js";

export interface DeepLoraOptions {
  /** Width of the factors; even when compressed, and not used at full width. @defaultValue 8 */
  rank?: number;
  /** Core factors W_1 .. W_L. @defaultValue 3 */
  depth?: number;
  /** Size of each core at the start. @defaultValue 1e-3 */
  scale?: number;
  /**
   * "compressed": U W_L .. W_1 V' in the subspace that the first batch's gradient shows.
   * "narrow": W_L .. W_1, random and `rank` wide. "full": the same, as wide as the layer's smaller
   * side. The latter two are for comparison. @defaultValue "compressed"
   */
  form?: "compressed" | "narrow" | "full";
  /** Multiplies the updates of U and V; 0 freezes them. @defaultValue 0.01 */
  outerLearningRateRatio?: number;
  /** @defaultValue all linear layers but the pooler */
  targets?: Targets;
  /** Equal seeds, equal bits. @defaultValue 0 */
  seed?: number;
}

const names: OptionNames<DeepLoraOptions> = {
  ...{ rank: true, depth: true, scale: true, form: true, outerLearningRateRatio: true },
  ...{ targets: true, seed: true },
};

/** Deep LoRA (Yaras et al. 2024): an addition of three factors or more, tiny at the start. */
export class DeepLora implements Adaptation {
  readonly name = "deep-lora";
  readonly learningRate: number;
  readonly rank: number;
  readonly depth: number;
  readonly form: "compressed" | "narrow" | "full";
  readonly settings: Readonly<Record<string, unknown>>;
  readonly #scale: number;
  readonly #ratio: number;
  readonly #targets: Targets | undefined;
  readonly #seed: number;

  /** @throws RangeError when an option is out of range; TypeError when one is unknown. */
  constructor(options: DeepLoraOptions = {}) {
    const read = readOptions("DeepLora", options, names);
    const { rank = 8, depth = 3, scale = 1e-3, form = "compressed", seed = 0, targets } = read;
    const { outerLearningRateRatio = 0.01 } = read;
    checkRank("DeepLora", rank);
    checkSeed("DeepLora", seed);
    checkInteger("DeepLora", "depth", depth, 2, 16);
    checkUpTo("DeepLora", "scale", scale, 1);
    checkUnit("DeepLora", "outerLearningRateRatio", outerLearningRateRatio);
    checkWord("DeepLora", "form", form, ["compressed", "narrow", "full"]);
    if (form === "compressed") checkWidth(rank, rank, rank);
    this.rank = rank;
    this.depth = depth;
    this.form = form;
    // An Adam step moves a w x w factor by up to rate w: this keeps the step of the published rates,
    // 1e-2 at rank 8 and 1e-4 at width 768, for every rank.
    this.learningRate = form === "full" ? 1e-4 : 0.08 / rank;
    const given = { rank, depth, scale, form, outerLearningRateRatio };
    this.settings = { ...given, targets: toldTargets(targets), seed };
    this.#scale = scale;
    this.#ratio = outerLearningRateRatio;
    this.#targets = targets;
    this.#seed = seed;
  }

  /** The compressed form sees one batch's gradients, layer by layer, and keeps bases only. */
  plan(encoder: Encoder, visitGradients: GradientVisit): PlannedLayer[] {
    const names = targetedLayers(encoder, this.#targets);
    const layers = new Map<string, PlannedFactor[]>();
    if (this.form === "compressed") {
      for (const name of names) {
        const { rows, cols } = encoder.linearShape(name);
        checkWidth(this.rank, rows, cols);
      }
      visitGradients(names, (name, gradient) => {
        const stream = streamAt(streams.deepLoraMaps, 2 * encoder.linearNames.indexOf(name));
        const options = { rank: this.rank, seed: this.#seed, stream, dtype: encoder.dtype };
        const { U, V } = deepLoraBases(gradient, options);
        layers.set(name, this.#compressed(U, V));
      });
      const missing = names.find((name) => !layers.has(name));
      if (missing !== undefined) {
        throw new RangeError(
          `DeepLora: the task does not use ${missing}, so it has no gradient: take it out of targets`,
        );
      }
    } else {
      for (const name of names) layers.set(name, this.#random(encoder, name));
    }
    return names.map((name) => ({ name, factors: layers.get(name)!, scale: 1 }));
  }

  trainedTensors(): string[] {
    return [];
  }

  #compressed(U: Matrix, V: Matrix): PlannedFactor[] {
    const core = () => {
      const matrix = Matrix.identity(this.rank);
      for (let i = 0; i < this.rank; i++) matrix.set(i, i, this.#scale);
      return { matrix };
    };
    const cores = Array.from({ length: this.depth }, core);
    const outer = (matrix: Matrix) => ({ matrix, rateScale: this.#ratio });
    return [outer(V.transpose()), ...cores, outer(U)];
  }

  #random(encoder: Encoder, name: string): PlannedFactor[] {
    const { rows, cols } = encoder.linearShape(name);
    const side = Math.min(rows, cols);
    const width = this.form === "full" ? side : Math.min(this.rank, side);
    const first = 16 * encoder.linearNames.indexOf(name);
    return Array.from({ length: this.depth }, (_, l) => {
      const [from, to] = [l === 0 ? cols : width, l === this.depth - 1 ? rows : width];
      const stream = streamAt(streams.deepLoraFactors, first + l);
      const matrix = haarOrthogonal(to, from, this.#seed, stream).toMatrix("f64");
      for (let i = 0; i < matrix.data.length; i++) matrix.data[i] *= this.#scale;
      return { matrix };
    });
  }
}

export const deepLoraMethod: Method = {
  make: ({ rank, seed, targets }) => new DeepLora({ rank, seed, ...(targets && { targets }) }),
  factorsFile: "deep_lora.safetensors",
};
