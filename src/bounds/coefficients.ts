// Coefficients on their way, in a job: as numbers first, and then as symbols of a codebook.
import { CoreChain } from "../factorization/training/core-chain.js";
import { shaped } from "../maps/seeded-map.js";
import { adam } from "../optim/adam.js";
import { bindOptimizer, Parameter } from "../optim/optimizer.js";
import { Block, type FloatArray, type Job, newArray } from "../wasm/index.js";
import { fromHalves, halves, nearestLevels, startCodebook } from "./quantizer.js";

/** The model is placed at `values`; a step moves them by the loss's gradient there. */
export interface Coefficients {
  readonly values: Block;
  readonly gradient: Block;
  step(rate: number): void;
}

/** Coefficients as a certificate keeps them: `codebook[symbols[j]]`. */
export interface QuantizedCoefficients {
  /** Numbers of half precision. */
  readonly codebook: Float32Array<ArrayBuffer>;
  readonly symbols: Int32Array<ArrayBuffer>;
}

export interface CodebookOptions {
  readonly levels: number;
  readonly codebook: "kmeans" | "uniform";
  /** Multiplies the rate of the levels. */
  readonly codebookScale: number;
}

/** The numbers that symbols stand for. */
export const coefficientsOf = ({ codebook, symbols }: QuantizedCoefficients): Float32Array =>
  Float32Array.from(symbols, (symbol) => codebook[symbol]);

const parameter = (job: Job, rows: number, rateScale?: number) => {
  const [values, gradient] = [0, 1].map(() => Block.zeros(job, "f32", rows, 1));
  return new Parameter(values, gradient, rateScale);
};

/** Coefficients that move by Adam, from 0. */
export function freeCoefficients(job: Job, dimension: number): Coefficients {
  const w = parameter(job, dimension);
  const optimizer = bindOptimizer(adam(), [w]);
  return { values: w, gradient: w.gradient, step: (rate) => optimizer.step(rate) };
}

/** What each factor of a core is of the identity at the start. */
const factorStart = 0.3;

/**
 * Coefficients that are the entries of square cores, one after the other by rows, each core a product
 * of `depth` factors that move by Adam. Depth decides which cores are found, and nothing else: a
 * certificate keeps the product.
 */
export function deepCoefficients(job: Job, sides: readonly number[], depth: number): Coefficients {
  const dimension = sides.reduce((sum, side) => sum + side * side, 0);
  const [values, gradient] = [0, 1].map(() => Block.zeros(job, "f32", dimension, 1));
  let start = 0;
  const chains = sides.map((side) => {
    const square = () => Block.zeros(job, "f32", side, side);
    const diagonal = (value: number) => {
      const block = square();
      for (let i = 0; i < side; i++) block.view()[i * side + i] = value;
      return block;
    };
    const own = (all: Block) => shaped(all.lines(start, side * side), side, side);
    const between = () => Array.from({ length: depth - 1 }, square);
    const factors = Array.from(
      { length: depth },
      () => new Parameter(diagonal(factorStart), square()),
    );
    const products = [diagonal(1), ...between(), own(values)];
    const adjoints = [square(), ...between(), own(gradient)];
    start += side * side;
    return new CoreChain(factors, products, adjoints, "left");
  });
  const optimizer = bindOptimizer(
    adam(),
    chains.flatMap(({ factors }) => factors),
  );
  const multiply = () => {
    for (const chain of chains) chain.forward();
  };
  multiply();
  return {
    ...{ values, gradient },
    step(rate) {
      for (const chain of chains) chain.backward();
      optimizer.step(rate);
      multiply();
    },
  };
}

/**
 * Coefficients that train on through a codebook: the gradient passes the rounding as if it were not
 * there, and each level follows the sum of the gradients of the coefficients that have it. Adam makes
 * that sum's size irrelevant; plain descent on it loses some percent of error.
 */
export function roundedCoefficients(
  job: Job,
  start: FloatArray,
  { levels, codebook: kind, codebookScale }: CodebookOptions,
): Coefficients & { quantized(): QuantizedCoefficients } {
  const w = parameter(job, start.length);
  w.write(start);
  const codebook = parameter(job, levels, codebookScale);
  codebook.write(startCodebook(start, levels, kind === "kmeans"));
  const values = Block.allocate(job, "f32", start.length, 1);
  const symbols = newArray("i32", start.length);
  const optimizer = bindOptimizer(adam(), [w, codebook]);
  const round = () => {
    const [levelsNow, rounded] = [codebook.view(), values.view()];
    nearestLevels(w.view(), levelsNow, symbols);
    for (let j = 0; j < symbols.length; j++) rounded[j] = levelsNow[symbols[j]];
  };
  round();
  return {
    values,
    gradient: w.gradient,
    step(rate) {
      const [each, sums] = [w.gradient.view(), codebook.gradient.view().fill(0)];
      for (let j = 0; j < symbols.length; j++) sums[symbols[j]] += each[j];
      optimizer.step(rate);
      round();
    },
    /** With the codebook in half precision. */
    quantized() {
      const final = fromHalves(halves(codebook.read().sort()));
      nearestLevels(w.view(), final, symbols);
      return { codebook: final, symbols };
    },
  };
}
