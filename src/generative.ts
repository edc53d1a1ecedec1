/**
 * `lowrank/generative`: signals from few measurements, where a small network generates such signals.
 * Robust against wrong measurements, by the median of means.
 *
 * @packageDocumentation
 * @example
 * ```ts
 * // 30 measurements of a signal of 90 numbers, of which 3 that are hidden tell all.
 * const generator = ReluGenerator.random({ sizes: [3, 30, 90], seed: 1 });
 * const x = generator.value(Matrix.from([[1, -2, 0.5]]));
 * const operator = Matrix.randomNormal(30, 90, { seed: 2 });
 * const measurements = matmul(operator, x, { transposeB: true }).data;
 * const run = recover({ operator, measurements, generator });
 * for (const { loss } of run) if (loss < 1e-8) break;
 * Math.abs(run.signal[7] - x.data[7]) < 1e-3; // true
 * ```
 */
export {
  absolute,
  type MedianOfMeansOptions,
  medianOfMeans,
  type RecoveryLoss,
  squares,
} from "./generative/losses.js";
export type { MeasurementKind } from "./generative/measurement-kinds.js";
export {
  type RecoverOptions,
  type Recovery,
  type RecoveryStep,
  recover,
} from "./generative/recover.js";
export {
  type GeneratorFileOptions,
  type RandomGeneratorOptions,
  ReluGenerator,
} from "./generative/relu-generator.js";
export {
  type WeightDistributionOptions,
  weightDistributionDeviation,
} from "./generative/weight-distribution.js";
export {
  FeedForward,
  type FeedForwardOptions,
  type StartOptions,
} from "./networks/feed-forward.js";
export type { Layer } from "./networks/layers.js";
