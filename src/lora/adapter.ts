import type { Matrix } from "../linalg/matrix.js";
import type { EncoderFamily, Weights } from "../transformer/config.js";
import type { MethodName } from "./methods.js";

/** W + scale F_n .. F_2 F_1, for a weight W that is out x in: F_1 is rank x in, F_n out x rank. */
export interface LayerAdapter {
  /** F_1 first, two or more. */
  readonly factors: readonly Matrix[];
  readonly scale: number;
}

/**
 * What labels are: classes by name, one per text; labels by name of which a text has several or
 * none; numbers; or how alike the two texts of a pair are, which is the cosine of their embeddings,
 * each computed by itself. Numbers may have a range, which predictions then keep to.
 */
export type Task =
  | { readonly kind: "classification"; readonly labels: readonly string[] }
  | { readonly kind: "multi-label"; readonly labels: readonly string[] }
  | { readonly kind: "regression"; readonly range?: readonly [low: number, high: number] }
  | { readonly kind: "similarity" };

/** The addition to a layer, by its name from the encoder's root. */
export interface NamedLayerAdapter extends LayerAdapter {
  readonly name: string;
}

/** What a training run has learned, without the encoder that it was learned on. */
export interface Adapter {
  readonly method: MethodName;
  readonly task: Task;
  readonly family: EncoderFamily;
  readonly layers: readonly NamedLayerAdapter[];
  /** The head's tensors, trained or not: scores mean nothing without them. */
  readonly head: Weights;
  /** The encoder's own tensors that were trained whole, by names from its root. */
  readonly tensors: Weights;
  /** Whether the head, where the adapter has none, and the labels are the model's own. */
  readonly fromModel?: boolean;
  /** Layers of the encoder that it was trained on, where its files tell. */
  readonly depth?: number;
}
