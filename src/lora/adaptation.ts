// What all ways to adapt an encoder have in common: what `finetune` asks of them.
import type { LinearOperator } from "../linalg/in-job/linear-operator.js";
import type { Matrix } from "../linalg/matrix.js";
import type { Optimizer } from "../optim/optimizer.js";
import type { Encoder } from "../transformer/encoder.js";
import type { Targets } from "./targets.js";

/** A factor as it starts. */
export interface PlannedFactor {
  readonly matrix: Matrix;
  /** Multiplies its updates; 0 freezes it. @defaultValue 1 */
  readonly rateScale?: number;
  /** Adam's for this factor: small beside its gradients. @defaultValue 1e-6 */
  readonly epsilon?: number;
}

/** The addition to one layer as it starts: W + scale F_n .. F_1. */
export interface PlannedLayer {
  readonly name: string;
  readonly factors: readonly PlannedFactor[];
  readonly scale: number;
}

/**
 * Runs a forward and a backward pass over the first batches of the run, one after the other, and
 * shows the weight gradient of each layer in turn. The mean gradient is the sum over the batches of
 * share times gradient.
 *
 * @param examples - of the batches together, at least, unless an epoch has fewer; left out: the
 * first batch alone, with the share 1.
 */
export type GradientVisit = (
  layers: readonly string[],
  visit: (layer: string, gradient: LinearOperator, share: number) => void,
  examples?: number,
) => void;

/** `Lora`, `DeepLora`, `FullFineTuning` or `HeadOnly`: give it to `finetune`. Immutable. */
export interface Adaptation {
  /** Of those of lowrank, the name in the table of methods. */
  readonly name: string;
  /** A rate that is usual for this method, AdamW's. */
  readonly learningRate: number;
  /** What it was made with, as JSON can hold it: a saved run goes on under the same only. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Additions to linear layers; none for methods that train other tensors.
   *
   * @param visitGradients - left out where nothing may depend on the examples.
   */
  plan(encoder: Encoder, visitGradients?: GradientVisit): PlannedLayer[];
  /** The encoder's own tensors that are trained. */
  trainedTensors(encoder: Encoder): string[];
  /** What updates all that is trained, head included, instead of AdamW. @internal */
  optimizer?(): Optimizer;
}

/** What the command's options for a method are called. */
interface MethodSettings {
  readonly rank: number;
  readonly targets?: Targets;
  readonly seed: number;
  /** Whether the start is the seed's alone, whatever the examples are. @defaultValue false */
  readonly fromSeed?: boolean;
}

/** A method's row in the table of `methods.ts`. */
export interface Method {
  /** The class that callers make one of. */
  readonly className: string;
  /** Takes of the command's options those that it has. */
  make(settings: MethodSettings): Adaptation;
  /** Whether it trains the model itself: it leaves no adapter, `mergeAdapter` writes the model. */
  readonly trainsModel?: boolean;
  /**
   * The file that keeps its factors as they are, beside PEFT's, which hold the same as LoRA's two;
   * left out: it has two, as LoRA.
   */
  readonly factorsFile?: string;
}

/** Names of the factors in the encoder's parameters. */
export function factorName(layer: string, index: number): string {
  return `${layer}.factor_${index}`;
}

/** Puts planned additions on an encoder. */
export function attach(encoder: Encoder, layers: readonly PlannedLayer[]): void {
  for (const { name, factors, scale } of layers) {
    const named = factors.map(({ matrix, rateScale = 1, ...options }, i) => ({
      ...options,
      name: factorName(name, i),
      rows: matrix.rows,
      cols: matrix.cols,
      data: matrix.astype(encoder.dtype).data,
      trained: rateScale !== 0,
      rateScale,
    }));
    encoder.addBranch(name, named, scale);
  }
}
