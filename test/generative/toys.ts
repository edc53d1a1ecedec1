// The problems of the papers' tests, by the generators of this package.

import { type RecoverOptions, ReluGenerator, recover } from "../../src/generative.js";
import { gd, Matrix, matmul } from "../../src/index.js";
import type { FloatArray } from "../../src/wasm/index.js";

/** |a - b| / |b|. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [error, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    error += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(error / size);
}

export const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

export const normal = (length: number, seed: number) =>
  Matrix.randomNormal(1, length, { seed }).data as Float64Array;

/** A x. */
export const times = (A: Matrix, x: FloatArray) =>
  matmul(A, new Matrix(x.length, 1, x)).data as Float64Array;

/** Independent entries of variance 1 / rows. */
export const gaussian = (rows: number, cols: number, seed: number) =>
  new Matrix(
    rows,
    cols,
    Float64Array.from(normal(rows * cols, seed), (a) => a / Math.sqrt(rows)),
  );

/** Student's t with so many degrees of freedom. */
export function student(length: number, freedom: number, seed: number): Float64Array {
  const squares = normal(length * freedom, seed + 500_000);
  return Float64Array.from(normal(length, seed), (z, i) => {
    let sum = 0;
    for (let j = 0; j < freedom; j++) sum += squares[i * freedom + j] ** 2;
    return z / Math.sqrt(sum / freedom);
  });
}

export interface Toy {
  generator: ReluGenerator;
  x: FloatArray;
  A: Matrix;
  y: Float64Array;
}

/** Median of means' toy: 5 -> 40 -> 100, rows of Student's t(4), noise of t(2), 200 measurements. */
export function heavyTailed(
  seed: number,
  { noise = 0, wrong = 0, outlier = 1, leverage = 1, measurements = 200 },
): Toy {
  const [latent, hidden, n] = [5, 40, 100];
  const generator = ReluGenerator.random({ sizes: [latent, hidden, n], output: "linear", seed });
  const x = generator.value(new Matrix(1, latent, normal(latent, seed + 1000))).data;
  const entries = student(measurements * n, 4, seed + 2000);
  const A = new Matrix(
    measurements,
    n,
    entries.map((a) => a / Math.sqrt(n)),
  );
  const errors = student(measurements, 2, seed + 3000);
  const y = times(A, x).map((value, i) => value + noise * errors[i]);
  for (let i = 0; i < wrong; i++) {
    A.row(i).fill(leverage / Math.sqrt(wrong));
    y[i] = outlier;
  }
  return { generator, x, A, y };
}

/** The relative error of what is recovered. */
export function recoveryError({ generator, x, A, y }: Toy, options: Partial<RecoverOptions>) {
  const run = recover({ operator: A, measurements: y, generator, ...options });
  for (const _ of run);
  return relativeError(run.signal, x);
}

export interface Expansive {
  latent: number;
  /** Outputs of a layer over its inputs. */
  expansion: number;
  layers: number;
  measurements: number;
  seed: number;
  noise?: number;
  steps?: number;
  negationCheck?: boolean;
  /** Starts near the negative of what is to be found, not at a random place. */
  fromNegative?: boolean;
}

/** Gradient descent on random layers that widen by a constant; errors of the latent vector. */
export function expansiveRun(setting: Expansive): { error: number; steps: number } {
  const { latent, expansion, layers, measurements, seed, noise = 0 } = setting;
  const { steps = 800, negationCheck = true, fromNegative = false } = setting;
  const sizes = [latent];
  for (let l = 0; l < layers; l++) sizes.push(Math.round(sizes[l] * expansion));
  const generator = ReluGenerator.random({ sizes, seed });
  const z = normal(latent, seed + 1000);
  const x = generator.value(new Matrix(1, latent, z)).data;
  const A = gaussian(measurements, x.length, seed + 2000);
  const errors = normal(measurements, seed + 3000);
  const size = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0));
  const y = times(A, x).map((value, i) => value + (noise * errors[i]) / size);
  const near = normal(latent, seed + 4000);
  const start = z.map((value, i) => 0.1 * near[i] - value);
  const run = recover({
    ...{ operator: A, measurements: y, generator, steps, negationCheck, restarts: 1, seed },
    ...(fromNegative && { start }),
    optimizer: gd({ learningRate: 0.5 }),
  });
  let error = Number.POSITIVE_INFINITY;
  let taken = 0;
  for (const { step } of run) {
    error = relativeError(run.latent, z);
    taken = step;
    if (error < 1e-6) break;
  }
  return { error, steps: taken };
}

export const seeds = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
