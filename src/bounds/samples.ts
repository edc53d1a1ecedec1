import { integer, list } from "../check/fields.js";
import { readOptions } from "../check/options.js";
import { checkFinite, checkMatrix } from "../linalg/check.js";
import { Matrix } from "../linalg/matrix.js";
import type { FeedForward } from "../networks/feed-forward.js";

/** Labelled examples, drawn independently of each other. */
export interface Samples {
  /** One per row; computed with in f32. */
  inputs: Matrix;
  /** The class of each: 0 .. classes - 1. */
  labels: ArrayLike<number>;
}

/** Samples that fit a network: as f32, and their labels as i32. */
export interface FittedSamples {
  readonly inputs: Matrix;
  readonly labels: Int32Array<ArrayBuffer>;
}

/** @throws RangeError or TypeError when they are not samples of the network's inputs and classes. */
export function fittedSamples(
  name: string,
  samples: Samples,
  { inputs: width, outputs: classes }: Pick<FeedForward, "inputs" | "outputs">,
): FittedSamples {
  const wanted = "an object with inputs and labels";
  const names = { inputs: true, labels: true };
  const { inputs, labels } = readOptions(name, samples, names, wanted, "samples");
  checkMatrix(name, "inputs", inputs);
  const narrow = inputs.astype("f32");
  checkFinite(name, "inputs", narrow);
  list(integer(0, classes - 1))(name, "labels", labels);
  if (inputs.rows === 0 || inputs.rows !== labels.length) {
    throw new RangeError(
      `${name}: inputs has ${inputs.rows} rows and labels has ${labels.length} entries: ` +
        "there must be one label for each row, and at least one",
    );
  }
  if (inputs.cols !== width) {
    throw new RangeError(
      `${name}: inputs has ${inputs.cols} columns: the network takes ${width} numbers`,
    );
  }
  return { inputs: narrow, labels: Int32Array.from(labels) };
}

/** Rows of a matrix, copied. */
export function chosenRows({ inputs, labels }: FittedSamples, rows: Int32Array): FittedSamples {
  const chosen = Matrix.zeros(rows.length, inputs.cols, { dtype: "f32" });
  for (const [i, row] of rows.entries()) chosen.row(i).set(inputs.row(row));
  return { inputs: chosen, labels: Int32Array.from(rows, (row) => labels[row]) };
}

/** Samples at a time when errors are counted. */
const atOnce = 4096;

/** How many of the samples the network gets wrong. */
export function countErrors(
  network: FeedForward,
  parameters: Float32Array,
  { inputs, labels }: FittedSamples,
): number {
  let wrong = 0;
  for (let start = 0; start < inputs.rows; start += atOnce) {
    const rows = Math.min(atOnce, inputs.rows - start);
    const { cols, data } = inputs;
    const part = new Matrix(rows, cols, data.subarray(start * cols, (start + rows) * cols));
    const classes = network.classify(parameters, part);
    for (let i = 0; i < rows; i++) if (classes[i] !== labels[start + i]) wrong++;
  }
  return wrong;
}
