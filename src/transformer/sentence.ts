// From the hidden states of a text's tokens to its embedding, by the modules of sentence-transformers.
import { linear } from "../autograd/linear.js";
import { add, gelu, layerNorm, lookUp, relu, segmentMeans, tanh } from "../autograd/operations.js";
import { scaleRows, segmentMaxima, sideBySide, unitRows } from "../autograd/rows.js";
import { constant, type Tape, type Tensor } from "../autograd/tape.js";
import { Block, newArray } from "../wasm/index.js";
import type { Batch } from "./batch.js";
import type { Encoder } from "./encoder.js";

/** In sentence-transformers' words, and in the order in which its old flags join them. */
export const poolingModes = [
  "cls",
  "max",
  "mean",
  "mean_sqrt_len_tokens",
  "weightedmean",
  "lasttoken",
] as const;
export type PoolingMode = (typeof poolingModes)[number];

/** Activations by their class in torch.nn. */
export const denseActivations = ["Identity", "Tanh", "ReLU", "GELU", "Sigmoid"] as const;
type DenseActivation = (typeof denseActivations)[number];

interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

export type SentenceModule =
  | {
      readonly kind: "pooling";
      readonly modes: readonly PoolingMode[];
      /** Whether the tokens of a prompt count. */
      readonly includePrompt: boolean;
    }
  | {
      readonly kind: "dense";
      readonly weight: Matrix;
      readonly bias: Float32Array | undefined;
      readonly activation: DenseActivation;
      /** What is added to the output: the input, or its product with a matrix. */
      readonly residual: Matrix | "input" | undefined;
    }
  | { readonly kind: "norm"; readonly weight: Float32Array; readonly bias: Float32Array }
  | { readonly kind: "unit" };

/** One row a text. @param promptTokens - how many tokens the prompt takes at the start of each. */
export function sentenceVectors(
  modules: readonly SentenceModule[],
  tape: Tape,
  encoder: Encoder,
  batch: Batch,
  promptTokens = 0,
): Tensor {
  if (readsFirstTokens(modules, promptTokens)) {
    const starts = batch.starts.map((_, text) => text);
    const first = encoder.firstTokens(tape, batch);
    return applyModules(modules, tape, first, { starts }, promptTokens);
  }
  return applyModules(modules, tape, encoder.hiddenStates(tape, batch), batch, promptTokens);
}

/** Whether all that the modules see of a text is its first token. */
function readsFirstTokens(modules: readonly SentenceModule[], promptTokens: number): boolean {
  const isFirst = (module: SentenceModule) =>
    module.kind !== "pooling" ||
    (module.modes.every((mode) => mode === "cls") && (module.includePrompt || promptTokens === 0));
  return modules[0]?.kind === "pooling" && modules.every(isFirst);
}

/** @param starts - where each text's rows begin in `hidden`, and how many there are. */
function applyModules(
  modules: readonly SentenceModule[],
  tape: Tape,
  hidden: Tensor,
  batch: Pick<Batch, "starts">,
  promptTokens: number,
): Tensor {
  let x = hidden;
  for (const module of modules) {
    if (module.kind === "unit") x = unitRows(tape, x);
    else if (module.kind === "norm") {
      x = layerNorm(tape, x, vector(tape, module.weight), vector(tape, module.bias), 1e-5);
    } else if (module.kind === "dense") x = dense(tape, x, module);
    else {
      const skip = module.includePrompt ? 0 : promptTokens;
      const parts = module.modes.map((mode) => pool(tape, hidden, batch, mode, skip));
      x = parts.length === 1 ? parts[0] : sideBySide(tape, parts);
    }
  }
  return x;
}

function dense(tape: Tape, x: Tensor, module: SentenceModule & { kind: "dense" }): Tensor {
  const { weight, bias, activation, residual } = module;
  const y = activate[activation](tape, product(tape, x, weight, bias));
  if (residual === undefined) return y;
  return add(tape, y, residual === "input" ? x : product(tape, x, residual));
}

/** @param skip - tokens at the start of each text that do not count. */
function pool(
  tape: Tape,
  hidden: Tensor,
  batch: Pick<Batch, "starts">,
  mode: PoolingMode,
  skip: number,
): Tensor {
  const { starts } = batch;
  switch (mode) {
    case "cls":
      // The first token that counts; where none is left, the first.
      return tokens(tape, hidden, batch, (n) => (skip < n ? skip : 0));
    case "lasttoken":
      return tokens(tape, hidden, batch, (n) => n - 1);
    case "max":
      return segmentMaxima(tape, hidden, starts, skip);
    case "mean":
      return skip === 0
        ? segmentMeans(tape, hidden, starts.length - 1, tape.job.put(starts))
        : weighted(tape, hidden, batch, (t) => (t < skip ? 0 : 1));
    case "mean_sqrt_len_tokens":
      return weighted(tape, hidden, batch, (t) => (t < skip ? 0 : 1), Math.sqrt);
    case "weightedmean":
      return weighted(tape, hidden, batch, (t) => (t < skip ? 0 : t + 1));
  }
}

/** One token of each text, by its place among the text's n. */
function tokens(
  tape: Tape,
  hidden: Tensor,
  { starts }: Pick<Batch, "starts">,
  place: (n: number) => number,
): Tensor {
  const rows = starts.length - 1;
  const index = Int32Array.from({ length: rows }, (_, i) => {
    return starts[i] + place(starts[i + 1] - starts[i]);
  });
  return lookUp(tape, rows, [{ table: hidden, index: tape.job.put(index) }]);
}

/** The sum of a text's tokens, each times its weight, over `by` of the sum of the weights. */
function weighted(
  tape: Tape,
  hidden: Tensor,
  { starts }: Pick<Batch, "starts">,
  weight: (token: number) => number,
  by = (sum: number) => sum,
): Tensor {
  const factors = new Float64Array(hidden.rows);
  for (let i = 1; i < starts.length; i++) {
    const n = starts[i] - starts[i - 1];
    let sum = 0;
    for (let t = 0; t < n; t++) sum += weight(t);
    // The mean that follows divides by n.
    const scale = sum > 0 ? n / by(sum) : 0;
    for (let t = 0; t < n; t++) factors[starts[i - 1] + t] = scale * weight(t);
  }
  const scaled = scaleRows(tape, hidden, factors);
  return segmentMeans(tape, scaled, starts.length - 1, tape.job.put(starts));
}

const activate: Record<DenseActivation, (tape: Tape, x: Tensor) => Tensor> = {
  Identity: (_, x) => x,
  Tanh: tanh,
  ReLU: relu,
  GELU: gelu,
  // 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2.
  Sigmoid: (tape, x) => {
    const half = (y: Tensor) => scaleRows(tape, y, new Float64Array(y.rows).fill(0.5));
    const { rows, cols } = x;
    const ones = put(tape, { rows, cols, data: new Float32Array(x.length).fill(1) });
    return half(add(tape, tanh(tape, half(x)), ones));
  },
};

/** x W' + bias. The weights are put on the tape for the batch: they are small and never trained. */
function product(tape: Tape, x: Tensor, weight: Matrix, bias?: Float32Array): Tensor {
  return linear(tape, x, { weight: put(tape, weight), bias: bias && vector(tape, bias) });
}

function vector(tape: Tape, data: Float32Array): Tensor {
  return put(tape, { rows: 1, cols: data.length, data });
}

function put({ job, dtype }: Tape, { rows, cols, data }: Matrix): Tensor {
  const values = newArray(dtype, data.length);
  values.set(data);
  return constant(Block.put(job, { dtype, rows, cols, data: values }));
}
