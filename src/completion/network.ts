// What a training asks of a solver: parameters of one model, resident in one job, that its steps improve.
// Rows and entries are those of one shard.
import type { SparseRows } from "../linalg/sparse-rows.js";
import type { Sharded } from "../shards/exchange.js";
import type { Stateful } from "../shards/journal.js";
import type { FloatArray } from "../wasm/index.js";

export interface NetworkShape {
  rank: number;
  /** Core factors W between the factors of the rows and of the columns. */
  depth: number;
  /** Make room for implicit terms. */
  implicit: boolean;
}

/** From a value as it is given to the one that a network sees. */
export type Standardize = (value: number) => number;

/** Where a training starts from. */
export interface NetworkStart {
  seed: number;
  /** Use implicit terms. */
  implicit: boolean;
  rowBias: Float64Array;
  colBias: Float64Array;
  /** Standard deviation of the first factors and patterns; the cores start as identities. */
  factorScale: number;
  implicitScale: number;
}

/** The ridge of every row of a parameter, or of each of its rows. */
export interface Ridges {
  rowBias: number;
  colBias: number;
  rowFactors: Float64Array;
  colFactors: Float64Array;
  patternOfRow: number;
  patternOfCol: number;
  core: number;
  /** Of an average factor. */
  unit: number;
  /** Strength of the strongest component that pure noise would show. */
  threshold: number;
}

/**
 * z(u, i) = rowBias[u] + colBias[i] + x_u . y_i, standardised; `patternFactors` are E of
 * pattern-terms.ts, empty without implicit terms.
 */
export interface Learned {
  rowFactors: Float32Array;
  colFactors: Float32Array;
  patternFactors: Float32Array;
  rowBias: Float32Array;
  colBias: Float32Array;
}

/**
 * The loss has 1/2 sum of squared residuals, and 1/2 ridge |row|² for every row of a parameter. At the end of a sweep
 * a solver of sweeps has a state, which is restored after `start` and `beginCycle`.
 */
export interface Network extends Partial<Stateful> {
  /** Trainable numbers in use, without padding. */
  readonly parameterCount: number;
  /** A fresh start. */
  start(start: NetworkStart): void;
  /** Sets the ridges; parameters go on from where they are. */
  beginCycle(ridges: Ridges): void;
  /** One step. Returns half the sum of squared residuals before it, of all shards, as far as it is known. */
  step(learningRate: number): Sharded<number>;
  /** Prediction minus value of the entries trained on, by rows: a view, valid until the next call. */
  residuals(): Sharded<Float32Array>;
  /** Other standardised values to train on from now on. */
  setValues(values: Float32Array): void;
  /** Places entries beside those trained on. */
  holdOut(A: SparseRows, standardize: Standardize): void;
  /** `residuals` of the held-out entries. */
  heldOutResiduals(): Sharded<Float32Array>;
  learned(): Sharded<Learned>;
}

/** f32 lanes of a vector: rows of factors are padded with zeros to whole ones. */
export const lanes = 4;

/** Writes standardised values to where a network holds them, from `at` on: nothing of their size is made beside it. */
export function standardizeTo(
  to: FloatArray,
  at: number,
  values: FloatArray,
  standardize: Standardize,
): void {
  for (let p = 0; p < values.length; p++) to[at + p] = standardize(values[p]);
}
