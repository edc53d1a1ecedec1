import { checkFitsJob } from "../wasm/index.js";

/** One layer, and where its parameters are among all of them. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** Place of the weight's first entry: outputs x inputs, by rows. */
  readonly weight: number;
  /** Place of the bias's first entry, after the weight; undefined where there is none. */
  readonly bias: number | undefined;
  /** Whether a ReLU follows. */
  readonly relu: boolean;
}

/**
 * The layers from the first to the last. Their parameters lie end to end: a layer's weight by rows,
 * then its bias.
 *
 * @throws OutOfMemoryError when no job could hold the parameters.
 */
export function layersOf(
  sizes: readonly number[],
  biases: boolean,
  output: "linear" | "relu",
): readonly Layer[] {
  let end = 0;
  return sizes.slice(1).map((outputs, l) => {
    const inputs = sizes[l];
    const weight = end;
    const bias = biases ? weight + outputs * inputs : undefined;
    end = weight + outputs * (inputs + (biases ? 1 : 0));
    checkFitsJob("f64", end);
    return { inputs, outputs, weight, bias, relu: l < sizes.length - 2 || output === "relu" };
  });
}

/** How many numbers the parameters of the layers are. */
export function parameterCount(layers: readonly Layer[]): number {
  return layers.reduce(
    (sum, { inputs, outputs, bias }) => sum + outputs * (inputs + (bias === undefined ? 0 : 1)),
    0,
  );
}
