// Seeded random arrays. The generator counts instead of remembering (assembly/random.ts): element i
// depends on the seed, the stream and i alone. Streams 0 .. 2^32 - 1 of one seed are independent;
// so are the uniform and the normal numbers of one stream.

import { checkSeed } from "../check/values.js";
import {
  type Block,
  type DType,
  type FloatArray,
  newArray,
  randomKernels,
  withSharedJob,
} from "../wasm/index.js";

/** Elements made at a time: the job's memory stays small whatever the length. */
const chunk = 2 ** 17;

/**
 * Normal numbers, mean 0 and variance 1: elements start, start + 1, ... of the stream. The f32 numbers are
 * the f64 numbers, rounded.
 */
export function randomNormalArray(
  length: number,
  seed: number,
  stream: number,
  dtype: DType,
  start = 0,
): FloatArray {
  return randomArray("normal", length, seed, stream, start, dtype);
}

/** Fills a block with normal numbers: elements start, start + 1, ... of the stream, by rows. */
export function fillNormal(x: Block, seed: number, stream: number, start = 0): void {
  const [low, high] = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
  x.use(randomKernels).normal(x.length, low, high, stream, start, x.handle);
}

/** Uniform numbers in (0, 1), both ends left out: elements start, start + 1, ... of the stream. */
export function randomUniformArray(
  length: number,
  seed: number,
  stream: number,
  dtype: DType,
  start = 0,
): FloatArray {
  return randomArray("uniform", length, seed, stream, start, dtype);
}

/** The numbers 0 .. n - 1 in random order (Fisher and Yates); every order is equally likely. O(n). */
export function randomPermutation(n: number, seed: number, stream: number): Int32Array {
  const integers = new RandomIntegers(seed, stream);
  const order = newArray("i32", n);
  for (let i = 0; i < n; i++) order[i] = i;
  for (let i = 0; i < n; i++) {
    const other = i + integers.below(n - i);
    const kept = order[i];
    order[i] = order[other];
    order[other] = kept;
  }
  return order;
}

/** Random integers one after the other, for shuffles and choices. */
export class RandomIntegers {
  #numbers: FloatArray = new Float64Array(0);
  #next = 0;
  #start = 0;

  constructor(
    readonly seed: number,
    readonly stream: number,
  ) {
    checkSeed("RandomIntegers", seed);
  }

  /** An integer in 0 .. bound - 1, 1 <= bound <= 2^31; all exactly equally likely. */
  below(bound: number): number {
    const range = 2 ** 52;
    // Numbers beyond the last multiple of the bound would favour small remainders: drawn again.
    const usable = range - (range % bound);
    let integer: number;
    do integer = Math.floor(this.#draw() * range);
    while (integer >= usable);
    // The remainder, which `%` takes several times as long for; exact, since integer < 2^52.
    return integer - Math.floor(integer / bound) * bound;
  }

  #draw(): number {
    if (this.#next === this.#numbers.length) {
      const length = Math.min(4096, 64 + this.#start);
      this.#numbers = randomArray("uniform", length, this.seed, this.stream, this.#start, "f64");
      this.#start += length;
      this.#next = 0;
    }
    return this.#numbers[this.#next++];
  }
}

/** Elements start .. start + length - 1 of a stream. */
function randomArray(
  kind: "uniform" | "normal",
  length: number,
  seed: number,
  stream: number,
  start: number,
  dtype: DType,
): FloatArray {
  const result = newArray(dtype, length);
  const low = seed % 2 ** 32;
  const high = Math.floor(seed / 2 ** 32);
  withSharedJob((job) => {
    const x = job.allocate(dtype, Math.min(chunk, length));
    const fill = job.use(randomKernels)[dtype][kind];
    for (let i = 0; i < length; i += chunk) {
      const n = Math.min(chunk, length - i);
      fill(n, low, high, stream, start + i, x);
      result.set(job.view(dtype, x, n), i);
    }
  });
  return result;
}
