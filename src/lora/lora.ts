import { anything, seed, word } from "../check/fields.js";
import { checkedOptions } from "../check/options.js";
import { checkBoolean, checkInteger, checkPositive } from "../check/values.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray, randomUniformArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import type { Encoder } from "../transformer/encoder.js";
import type { Adaptation, Method, PlannedLayer } from "./adaptation.js";
import { type Targets, targetedLayers, toldTargets } from "./targets.js";

export interface LoraOptions {
  /** Width of the factors. @defaultValue 8 */
  rank?: number;
  /**
   * "peft": A uniform in ±1/sqrt(in), scale alpha / rank (or alpha / sqrt(rank), see
   * `rankStabilized`). "paper": A normal with variance 1 and scale 1, the baseline of the Deep LoRA
   * paper. B is 0.
   * @defaultValue "peft"
   */
  init?: "peft" | "paper";
  /** Of PEFT's form. @defaultValue 2 rank */
  alpha?: number;
  /**
   * rsLoRA: the scale is alpha / sqrt(rank), so that large ranks learn as fast. @defaultValue false
   */
  rankStabilized?: boolean;
  /** @defaultValue all linear layers but the pooler */
  targets?: Targets;
  /** Equal seeds, equal bits. @defaultValue 0 */
  seed?: number;
}

/** LoRA (Hu et al. 2022): W + scale B A, with B = 0 at the start. */
export class Lora implements Adaptation {
  readonly name = "lora";
  readonly learningRate: number;
  readonly rank: number;
  readonly scale: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly #init: "peft" | "paper";
  readonly #targets: Targets | undefined;
  readonly #seed: number;

  /** @throws RangeError when an option is out of range; TypeError when one is unknown. */
  constructor(options: LoraOptions = {}) {
    const read = checkedOptions<LoraOptions>("Lora", options, {
      ...{ rank: checkRank, seed, alpha: checkPositive, rankStabilized: checkBoolean },
      ...{ init: word(["peft", "paper"]), targets: anything },
    });
    const { rank = 8, init = "peft", targets, rankStabilized = false } = read;
    const { alpha = 2 * rank } = read;
    this.rank = rank;
    this.scale = init === "paper" ? 1 : alpha / (rankStabilized ? Math.sqrt(rank) : rank);
    this.learningRate = init === "paper" ? 1e-4 : 5e-4;
    this.#init = init;
    this.#targets = targets;
    this.#seed = read.seed ?? 0;
    const plain = { rank, init, alpha, rankStabilized, targets: toldTargets(targets) };
    this.settings = { ...plain, seed: this.#seed };
  }

  plan(encoder: Encoder): PlannedLayer[] {
    return targetedLayers(encoder, this.#targets).map((name) => {
      const { rows, cols } = encoder.linearShape(name);
      const stream = streamAt(streams.lora, encoder.linearNames.indexOf(name));
      const A = new Matrix(this.rank, cols, this.#randomA(cols, stream));
      const B = Matrix.zeros(rows, this.rank);
      return { name, factors: [{ matrix: A }, { matrix: B }], scale: this.scale };
    });
  }

  trainedTensors(): string[] {
    return [];
  }

  #randomA(cols: number, stream: number) {
    const length = this.rank * cols;
    if (this.#init === "paper") return randomNormalArray(length, this.#seed, stream, "f64");
    const bound = 1 / Math.sqrt(cols);
    const uniform = randomUniformArray(length, this.#seed, stream, "f64");
    return uniform.map((u: number) => (2 * u - 1) * bound) as typeof uniform;
  }
}

export const loraMethod: Method = {
  className: "Lora",
  make: ({ rank, seed, targets }) => new Lora({ rank, seed, ...(targets && { targets }) }),
};

/** @throws RangeError when the rank is not a positive integer. */
export function checkRank(name: string, what: string, rank: number): void {
  checkInteger(name, what, rank, 1, 65536);
}
