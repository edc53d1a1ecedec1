// Every operation of the tape under one roof, for the tests: from named inputs to a result.
import { attention } from "../../src/autograd/attention.js";
import { linear, multiply } from "../../src/autograd/linear.js";
import * as losses from "../../src/autograd/losses.js";
import * as operations from "../../src/autograd/operations.js";
import {
  firstColumns,
  scaleRows,
  segmentMaxima,
  sideBySide,
  unitRows,
} from "../../src/autograd/rows.js";
import { constant, parameter, Tape, type Tensor } from "../../src/autograd/tape.js";
import { Block, type DType, Job } from "../../src/wasm/index.js";

export type Values = Record<string, { shape: number[]; data: number[] }>;

export interface Constants {
  starts?: number[];
  heads?: number;
  index?: number[];
  labels?: number[];
  targets?: number[];
  epsilon?: number;
  scale?: number;
}

type Inputs = Record<string, Tensor>;

const compute: Record<string, (tape: Tape, x: Inputs, c: Constants) => Tensor | number> = {
  gelu: (tape, { x }) => operations.gelu(tape, x),
  relu: (tape, { x }) => operations.relu(tape, x),
  tanh: (tape, { x }) => operations.tanh(tape, x),
  add: (tape, { x, y }) => operations.add(tape, x, y),
  layerNorm: (tape, { x, weight, bias }, { epsilon = 1e-5 }) =>
    operations.layerNorm(tape, x, weight, bias, epsilon),
  linear: (tape, { x, weight, bias, A, B }, { scale = 1 }) =>
    linear(tape, x, { weight, bias, branch: A && { A, B, scale } }),
  product: (tape, { A, B }) => multiply(tape, A, B),
  attention: (tape, { q, k, v }, { starts = [], heads = 1 }) =>
    attention(tape, q, k, v, { starts, heads }),
  lookUp: (tape, { table, other }, { index = [] }) => {
    const own = Int32Array.from(index, (_, i) => i);
    return operations.lookUp(tape, index.length, [
      { table, index: tape.job.put(Int32Array.from(index)) },
      { table: other, index: tape.job.put(own) },
    ]);
  },
  segmentMeans: (tape, { x }, { starts = [] }) =>
    operations.segmentMeans(tape, x, starts.length - 1, tape.job.put(Int32Array.from(starts))),
  pairCosines: (tape, { x }) => operations.pairCosines(tape, x),
  scaleRows: (tape, { x }, { targets = [] }) => scaleRows(tape, x, targets),
  segmentMaxima: (tape, { x }, { starts = [] }) => segmentMaxima(tape, x, starts, 0),
  sideBySide: (tape, { x, y }) => sideBySide(tape, [x, y]),
  unitRows: (tape, { x }) => unitRows(tape, x),
  firstColumns: (tape, { x }, { heads = 1 }) => firstColumns(tape, x, heads),
  binaryCrossEntropy: (tape, { x }, { labels = [], targets }) =>
    losses.binaryCrossEntropy(tape, x, labels, targets),
  weightedCrossEntropy: (tape, { x }, { targets = [] }) =>
    losses.weightedCrossEntropy(tape, x, targets),
  contrastive: (tape, { x }, { labels = [], scale = 0.5 }) =>
    losses.contrastive(tape, x, labels, scale),
  triplet: (tape, { x }, { scale = 0.5 }) => losses.triplet(tape, x, scale),
  crossEntropy: (tape, { x }, { labels = [] }) =>
    losses.crossEntropy(tape, x, tape.job.put(Int32Array.from(labels))),
  squaredError: (tape, { x }, { targets = [] }) => {
    const array = tape.dtype === "f32" ? Float32Array : Float64Array;
    return losses.squaredError(tape, x, tape.job.put(array.from(targets)));
  },
};

export const names = Object.keys(compute);

/**
 * An operation's value, and the gradients of those inputs that `trained` names, when `dy` is the
 * gradient with respect to the value.
 */
export function run(
  dtype: DType,
  name: string,
  inputs: Values,
  constants: Constants,
  dy?: number[],
  trained = Object.keys(inputs),
): { y: number[]; gradients: Record<string, number[]> } {
  const job = new Job();
  const array = dtype === "f32" ? Float32Array : Float64Array;
  const tensors: Inputs = {};
  for (const [key, { shape, data }] of Object.entries(inputs)) {
    const [rows, cols] = shape.length === 1 ? [1, shape[0]] : shape;
    const values = Block.put(job, { dtype, rows, cols, data: array.from(data) });
    tensors[key] = (trained.includes(key) ? parameter : constant)(values);
  }
  // Whatever the operation does not write shows.
  const mark = job.mark();
  job.view(dtype, job.allocate(dtype, 4096), 4096).fill(Number.NaN);
  job.release(mark);
  const tape = new Tape(job, dtype);
  const result = compute[name](tape, tensors, constants);
  let y: number[];
  if (typeof result === "number") {
    y = [result];
  } else {
    y = [...result.view()];
    if (dy) tape.accumulate(result).to.write(array.from(dy));
  }
  tape.backward();
  const gradients = Object.fromEntries(
    trained.map((key) => [key, [...tensors[key].gradient!.view()]]),
  );
  return { y, gradients };
}
