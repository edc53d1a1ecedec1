// Which entries are held out of a training, to test on.
import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";

const stream = streams.split.first;

/** A random `fraction` of `count` entries, rounded to whole ones, is held out: marked by 1. */
export function holdOut(count: number, fraction: number, seed: number): Uint8Array {
  const order = randomPermutation(count, seed, stream);
  return marks(order, 0, Math.round(fraction * count));
}

/** Every entry is held out in exactly one of the `folds` splits; their sizes differ by one. */
export function crossValidation(count: number, folds: number, seed: number): Uint8Array[] {
  const order = randomPermutation(count, seed, stream);
  return Array.from({ length: folds }, (_, k) =>
    marks(order, Math.floor((k * count) / folds), Math.floor(((k + 1) * count) / folds)),
  );
}

function marks(order: Int32Array, from: number, to: number): Uint8Array {
  const held = new Uint8Array(order.length);
  for (const entry of order.subarray(from, to)) held[entry] = 1;
  return held;
}
