// The recipe of the checks: K entries of a vector of 4,096, normal and moved away from zero by .5, sent
// in 64 sequences.
import { normals, shuffled, uniform } from "../../lab/random.mjs";
import { PolarAirServer, PolarAirWorker } from "../../src/federated.js";
import { Matrix } from "../../src/index.js";

export const dimension = 4096;

/** What both ends agree on; 32 bits a codeword, of which 6 are of the index. */
export const scheme = (sparsity: number, spreading: number, seed: number) => ({
  ...{ dimension, sparsity, spreading, seed, sequences: 64 },
});

/** A vector with `count` entries at places of a random order, from the place `first` on. */
export function sparse(count: number, seed: number, first = 0): Float64Array {
  const order = shuffled(dimension, uniform(seed)).slice(first, first + count);
  const values = normals(count, seed + 1000 + first);
  const vector = new Float64Array(dimension);
  order.forEach((index, i) => {
    vector[index] = values[i] + (values[i] < 0 ? -0.5 : 0.5);
  });
  return vector;
}

export const support = (vector: Float64Array) => [...vector.keys()].filter((i) => vector[i] !== 0);

/** How well a decoder found a vector. */
export interface Score {
  /** Share of its entries that were found. */
  detected: number;
  /** Indices that were found and are none. */
  falseAlarms: number;
  /** ‖found - vector‖² / ‖vector‖². */
  error: number;
}

export function score(vector: Float64Array, found: Float64Array): Score {
  const [wanted, got] = [support(vector), support(found)];
  const hits = got.filter((i) => vector[i] !== 0).length;
  const squares = (x: Float64Array) => [...x].reduce((sum, value) => sum + value * value, 0);
  const error = squares(vector.map((v, i) => v - found[i])) / squares(vector);
  return { detected: hits / wanted.length, falseAlarms: got.length - hits, error };
}

/** What a server finds of a vector in its signal with noise of the given root mean square. */
export function roundTrip(count: number, spreading: number, seed: number, noise = 0): Score {
  const options = scheme(count, spreading, seed);
  const vector = sparse(count, seed);
  const signal = new PolarAirWorker(options).encode(vector);
  const rms = Math.sqrt(mean(Array.from(signal.data, (x) => x * x)));
  const received = disturbed(signal, noise * rms, seed);
  const server = new PolarAirServer({ ...options, candidates: Math.min(2 * count, 2 * 32) });
  return score(vector, server.decode(received).gradient);
}

/** With normal noise of a standard deviation. */
export function disturbed(signal: Matrix, deviation: number, seed: number): Matrix {
  const noise = normals(signal.data.length, seed + 500);
  const data = signal.data.map((x, i) => x + deviation * noise[i]);
  return new Matrix(signal.rows, signal.cols, data);
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
