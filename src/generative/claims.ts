// What is claimed of recovery with a generator, each with its checker: a pure function from evidence
// to a verdict.

import { once } from "../claims/once.js";
import { above, below, type Claim, type Verdict } from "../claims/verdict.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { gd } from "../optim/gd.js";
import { absolute, medianOfMeans, type RecoveryLoss, squares, upperMedian } from "./losses.js";
import { recover } from "./recover.js";
import { ReluGenerator } from "./relu-generator.js";
import { weightDistributionDeviation } from "./weight-distribution.js";

const jalal = "Jalal et al. 2020, arXiv 2006.09461";
const daskalakis = "Daskalakis et al. 2020, arXiv 2006.04237";

/** The median of relative errors, by the loss that was made small. */
export interface Errors {
  readonly squares: number;
  readonly absolute: number;
  readonly medianOfMeans: number;
}

export function wrongMeasurementsAreBorne({ medianOfMeans }: Errors): Verdict {
  const claim = "with 2 % wrong measurements median of means stays near the signal: relative error";
  return below({ claim, source: jalal }, medianOfMeans, 0.05);
}

export function squaresAreSpoilt({ squares, medianOfMeans }: Errors): Verdict {
  const claim =
    "the same measurements lead the squares astray: their error over that of the medians";
  return above({ claim, source: jalal }, squares / medianOfMeans, 10);
}

export function absoluteIsEnoughForValues({ absolute }: Errors): Verdict {
  const claim = "where only values are wrong absolute values do as well: relative error";
  return below({ claim, source: `${jalal}, a note on its scope` }, absolute, 0.05);
}

export function leverageIsBorne({ absolute, medianOfMeans }: Errors): Verdict {
  const claim = "large wrong rows lead absolute values astray, not the medians: error over error";
  return above({ claim, source: jalal }, absolute / medianOfMeans, 10);
}

/** The deviation of layers, one after the other, that widen by the same factor. */
export function deviationDoesNotGrow(deviations: readonly number[]): Verdict {
  const claim = "layers that widen 16-fold deviate no more at 40 columns than at 10: ratio";
  return below({ claim, source: daskalakis }, deviations[1] / deviations[0], 1.15);
}

/** Relative errors of latent vectors. */
export function constantExpansionSuffices(errors: readonly number[]): Verdict {
  const claim = "descent finds what 10-fold layers generated, whatever the size: share that failed";
  return below({ claim, source: daskalakis }, failed(errors), 0.2);
}

export function someExpansionIsNecessary(errors: readonly number[]): Verdict {
  const claim = "with 1.5-fold layers it mostly fails, though all is measured: share that failed";
  return above({ claim, source: daskalakis }, failed(errors), 0.8);
}

function failed(errors: readonly number[]): number {
  return errors.filter((error) => !(error < 1e-3)).length / errors.length;
}

/** @param seed - of generators, signals and measurements. */
export function claims(seed: number): readonly Claim[] {
  const plain = once(() => errorsOf(seed, 1));
  const leverage = once(() => errorsOf(seed, 10));
  return [
    () => wrongMeasurementsAreBorne(plain()),
    () => squaresAreSpoilt(plain()),
    () => absoluteIsEnoughForValues(plain()),
    () => leverageIsBorne(leverage()),
    () => deviationDoesNotGrow([10, 40].map((cols) => layerDeviation(16, cols, seed))),
    () => constantExpansionSuffices([5, 10, 40].flatMap((k) => latentErrors(k, 10, 6, seed))),
    () => someExpansionIsNecessary(latentErrors(10, 1.5, 1.5, seed)),
  ];
}

/** Random numbers of the claims: stream `use` of a seed. */
const normal = (length: number, seed: number, use: number) =>
  randomNormalArray(length, seed, streamAt(streams.generativeClaims, use), "f64");

const gaussian = (rows: number, cols: number, seed: number, use: number) =>
  new Matrix(
    rows,
    cols,
    normal(rows * cols, seed, use).map((a: number) => a / Math.sqrt(rows)),
  );

const times = (A: Matrix, x: ArrayLike<number>) =>
  matmul(A, new Matrix(x.length, 1, Float64Array.from(x))).data;

function relativeError(found: ArrayLike<number>, x: ArrayLike<number>): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    error += (found[i] - x[i]) * (found[i] - x[i]);
    size += x[i] * x[i];
  }
  return Math.sqrt(error / size);
}

/** 200 measurements of what 5 -> 40 -> 100 generates, 4 of them wrong, their rows as large as said. */
export function errorsOf(seed: number, leverage: number): Errors {
  const [m, n, wrong] = [200, 100, 4];
  const losses = {
    squares: squares(),
    absolute: absolute(),
    medianOfMeans: medianOfMeans({ blocks: 40 }),
  };
  const of = (loss: RecoveryLoss) => {
    const errors = [0, 1, 2, 3, 4].map((i) => {
      const own = 5 * seed + i;
      const generator = ReluGenerator.random({ sizes: [5, 40, n], output: "linear", seed: own });
      const x = generator.value(new Matrix(1, 5, normal(5, own, 0))).data;
      const A = gaussian(m, n, own, 1);
      const noise = normal(m, own, 2);
      const y = Float64Array.from(times(A, x), (value, j) => value + 0.001 * noise[j]);
      for (let j = 0; j < wrong; j++) {
        A.row(j).fill(leverage / Math.sqrt(wrong));
        y[j] = leverage;
      }
      const run = recover({ operator: A, measurements: y, generator, loss, seed: own });
      for (const _ of run);
      return relativeError(run.signal, x);
    });
    return errors[upperMedian(errors)];
  };
  return {
    squares: of(losses.squares),
    absolute: of(losses.absolute),
    medianOfMeans: of(losses.medianOfMeans),
  };
}

function layerDeviation(expansion: number, cols: number, seed: number): number {
  const options = { pairs: 60, climbs: 60, seed };
  return [3, 4].reduce(
    (sum, use) =>
      sum + weightDistributionDeviation(gaussian(expansion * cols, cols, seed, use), options) / 2,
    0,
  );
}

/** Of five descents through one layer, measured so many times the latent numbers. */
export function latentErrors(
  latent: number,
  expansion: number,
  measured: number,
  seed: number,
): number[] {
  return [0, 1, 2, 3, 4].map((i) => {
    const own = 5 * seed + i;
    const generator = ReluGenerator.random({ sizes: [latent, expansion * latent], seed: own });
    const z = normal(latent, own, 0);
    const x = generator.value(new Matrix(1, latent, z)).data;
    const operator = gaussian(measured * latent, x.length, own, 1);
    const run = recover({
      ...{ operator, measurements: times(operator, x), generator, negationCheck: true },
      ...{ optimizer: gd({ learningRate: 0.5 }), restarts: 1, seed: own, tolerance: 1e-9 },
    });
    for (const _ of run);
    return relativeError(run.latent, z);
  });
}
