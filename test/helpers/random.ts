// Random numbers of the tests, from a seed: by the generators of lab/, which share no code with ours.
import { congruence, uniform as inUnit, shuffled as shuffledBy } from "../../lab/random.mjs";

/** Uniform numbers in [-1, 1). */
export function uniform(seed: number): () => number {
  const next = inUnit(seed);
  return () => {
    const u = next();
    return u < 0.5 ? 2 * u : 2 * u - 2;
  };
}

/** `length` integers in 0 .. size - 1. */
export function below(size: number, length: number, seed: number): number[] {
  const next = congruence(seed);
  return Array.from({ length }, () => (next() >>> 16) % size);
}

/** Integers in -4 .. 4: sums and products of them are exact in both types. */
export const smallIntegers = (length: number, seed: number) =>
  below(9, length, seed).map((value) => value - 4);

/** 0 .. n - 1 in a random order. */
export const shuffled = (n: number, seed: number): number[] => shuffledBy(n, inUnit(seed));
