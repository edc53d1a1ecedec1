import { randomPermutation } from "../linalg/random.js";
import { streams } from "../linalg/streams.js";

/** Numbers of entries: those to train on and those to test on, each in increasing order. */
export interface Split {
  train: Int32Array;
  test: Int32Array;
}

const stream = streams.split.first;

/** A random `fraction` of `count` entries, rounded to whole ones, is held out. */
export function holdOut(count: number, fraction: number, seed: number): Split {
  const order = randomPermutation(count, seed, stream);
  return splitOf(order, 0, Math.round(fraction * count));
}

/** Every entry is held out in exactly one of the `folds` splits; their sizes differ by one. */
export function crossValidation(count: number, folds: number, seed: number): Split[] {
  const order = randomPermutation(count, seed, stream);
  return Array.from({ length: folds }, (_, k) =>
    splitOf(order, Math.floor((k * count) / folds), Math.floor(((k + 1) * count) / folds)),
  );
}

function splitOf(order: Int32Array, from: number, to: number): Split {
  const train = new Int32Array(order.length - (to - from));
  train.set(order.subarray(0, from));
  train.set(order.subarray(to), from);
  return { train: train.sort(), test: order.slice(from, to).sort() };
}
