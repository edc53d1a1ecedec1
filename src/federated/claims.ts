// What is claimed of PolarAir, each with its checker: a pure function from evidence to a verdict.

import { once } from "../claims/once.js";
import { above, below, type Claim, type Verdict } from "../claims/verdict.js";
import { Matrix } from "../linalg/matrix.js";
import { randomNormalArray, randomPermutation } from "../linalg/random.js";
import { streamAt } from "../linalg/stream-at.js";
import * as streams from "../linalg/streams.js";
import { allocatePower } from "./channel.js";
import { PolarAirServer } from "./server.js";
import { polarAirExchange, sparseExchange, trainFromTeacher } from "./teacher-run.js";
import { PolarAirWorker } from "./worker.js";

const polarAir = "Gkagkos et al. 2023, arXiv 2301.10110";

/** Signals of two gradients with one support, and of their sum. */
export interface Superposition {
  readonly first: ArrayLike<number>;
  readonly second: ArrayLike<number>;
  readonly ofSum: ArrayLike<number>;
}

/** The code serves all workers: what adds up on the air is the signal of the summed gradient. */
export function signalsAddUp({ first, second, ofSum }: Superposition): Verdict {
  const claim = "signals of gradients add up to the signal of their sum";
  let largest = 0;
  for (let i = 0; i < ofSum.length; i++) {
    largest = Math.max(largest, Math.abs(first[i] + second[i] - ofSum[i]));
  }
  return below({ claim, source: polarAir }, largest, 1e-12);
}

/** @param sent - a transmission for each power: s + 2 numbers. */
export function energyIsExact(
  sent: readonly { power: number; numbers: ArrayLike<number> }[],
): Verdict {
  const claim = "a transmission of s + 2 channel uses spends P (s + 2), whatever the signal";
  const deviations = sent.map(({ power, numbers }) => {
    let energy = 0;
    for (let i = 0; i < numbers.length; i++) energy += numbers[i] * numbers[i];
    return Math.abs(energy / (power * numbers.length) - 1);
  });
  return below({ claim, source: polarAir }, Math.max(...deviations), 1e-9);
}

/** Sparse vectors, and what a server found in their signals. */
export interface Recovery {
  readonly vectors: readonly Float64Array[];
  readonly found: readonly Float64Array[];
}

/** Share of the entries that were not found. */
function missedShare({ vectors, found }: Recovery): number {
  let [entries, missed] = [0, 0];
  vectors.forEach((vector, v) => {
    vector.forEach((value, i) => {
      if (value === 0) return;
      entries++;
      if (found[v][i] === 0) missed++;
    });
  });
  return missed / entries;
}

export function fewEntriesAreFound(recovery: Recovery): Verdict {
  const claim = "20 of 4096 entries are found in 512 measurements: few are missed";
  return below({ claim, source: polarAir }, missedShare(recovery), 0.07);
}

export function valuesAreExact({ vectors, found }: Recovery): Verdict {
  const claim = "without noise the values are those that were sent: relative squared error";
  let [wrong, all] = [0, 0];
  vectors.forEach((vector, v) => {
    vector.forEach((value, i) => {
      wrong += (found[v][i] - value) * (found[v][i] - value);
      all += value * value;
    });
  });
  return below({ claim, source: polarAir }, wrong / all, 0.02);
}

export function tooManyAreMissed(recovery: Recovery): Verdict {
  const claim = "40 entries in 128 measurements are too many: most are missed";
  return above(
    { claim, source: "the limit of the method, as measured" },
    missedShare(recovery),
    0.6,
  );
}

/** The products of a decoding, and those of one with a dense sensing matrix. */
export interface Work {
  readonly products: number;
  readonly dense: number;
  /** Bits of an index in its codeword. */
  readonly messageBits: number;
}

export function workIsCounted({ products, dense, messageBits }: Work): Verdict {
  const claim =
    "a search takes 2^b times fewer products than with a dense matrix, b bits a codeword";
  const deviation = Math.abs(dense / (products * 2 ** messageBits) - 1);
  return below({ claim, source: polarAir }, deviation, 1e-15);
}

/** Channel uses to one accuracy: Infinity where it was not reached. */
export interface Uses {
  readonly polarAir: number;
  readonly uncompressed: number;
}

export function fewerUsesAreNeeded({ polarAir: compressed, uncompressed }: Uses): Verdict {
  const claim =
    "training to one accuracy takes at most 70 % of the uses of the sparse gradient itself";
  return below({ claim, source: polarAir }, compressed / uncompressed, 0.7);
}

/** A vector of 4,096 with `count` normal entries, moved away from 0 by a half. */
function sparseVector(count: number, seed: number): Float64Array {
  const vector = new Float64Array(4096);
  const stream = streamAt(streams.teacherRun, 5);
  const places = randomPermutation(vector.length, seed, stream);
  randomNormalArray(count, seed, stream, "f64").forEach((value, i) => {
    vector[places[i]] = value + (value < 0 ? -0.5 : 0.5);
  });
  return vector;
}

const schemeOf = (sparsity: number, spreading: number, seed: number) => ({
  ...{ dimension: 4096, sparsity, spreading, seed, sequences: 64 },
});

/** What servers find of that many vectors. */
export function recover(
  count: number,
  spreading: number,
  { seed, times }: { seed: number; times: number },
): Recovery {
  const seeds = Array.from({ length: times }, (_, i) => seed + i);
  const vectors = seeds.map((one) => sparseVector(count, one));
  const found = vectors.map((vector, i) => {
    const scheme = schemeOf(count, spreading, seeds[i]);
    const candidates = Math.min(2 * count, 16 * spreading);
    const signal = new PolarAirWorker(scheme).encode(vector);
    return new PolarAirServer({ ...scheme, candidates }).decode(signal).gradient;
  });
  return { vectors, found };
}

function superpose(seed: number): Superposition {
  const first = sparseVector(20, seed);
  const scaled = first.map((value, i) => value * ((i % 7) - 3.5));
  const sum = first.map((value, i) => value + scaled[i]);
  const scheme = schemeOf(20, 16, seed);
  const [a, b, c] = [first, scaled, sum].map((g) => new PolarAirWorker(scheme).encode(g).data);
  return { first: a, second: b, ofSum: c };
}

function work(seed: number): Work {
  const scheme = schemeOf(20, 16, seed);
  const signal = new PolarAirWorker(scheme).encode(sparseVector(20, seed));
  const { products, rounds } = new PolarAirServer(scheme).decode(signal);
  return { products, dense: rounds * 4096 * signal.data.length, messageBits: 6 };
}

/** Channel uses to 60 % on the teacher's examples. */
function uses(seed: number): Uses {
  const toAccuracy = ({ exchange, uses }: ReturnType<typeof polarAirExchange>) => {
    const { accuracy } = trainFromTeacher(exchange, { seed, accuracy: 0.6, rounds: 250 });
    return accuracy >= 0.6 ? uses() : Number.POSITIVE_INFINITY;
  };
  return {
    polarAir: toAccuracy(polarAirExchange(seed)),
    uncompressed: toAccuracy(sparseExchange(seed)),
  };
}

/** Every claim, each to be called: measured now. */
export function claims(seed = 1): readonly Claim[] {
  const few = once(() => recover(20, 16, { seed, times: 20 }));
  const transmissions = () =>
    [1e-3, 1, 1e6].map((power, i) => {
      const signal = Matrix.randomNormal(16, 32, { seed: seed + i });
      return { power, numbers: allocatePower(signal, power) };
    });
  return [
    () => signalsAddUp(superpose(seed)),
    () => energyIsExact(transmissions()),
    () => fewEntriesAreFound(few()),
    () => valuesAreExact(few()),
    () => tooManyAreMissed(recover(40, 4, { seed, times: 5 })),
    () => workIsCounted(work(seed)),
    () => fewerUsesAreNeeded(uses(seed)),
  ];
}
