// What is claimed of certificates, each with its checker: a pure function from evidence to a verdict.
import { once } from "../claims/once.js";
import { above, below, type Claim, type Verdict } from "../claims/verdict.js";
import { decodeSymbols, encodeSymbols } from "../codes/symbols.js";
import { log } from "../linalg/elementary.js";
import { Matrix } from "../linalg/matrix.js";
import { projector } from "../maps/projector.js";
import { catoni } from "./catoni.js";
import { type Certified, certify } from "./certify.js";
import type { Samples } from "./samples.js";
import { verifyCertificate } from "./verify-certificate.js";

const compression = "Lotfi, Finzi et al. 2022, arXiv 2211.13609";

/** @param values - bounds as computed here, and as published. */
export function publishedBoundsAreMet(
  values: readonly { ours: number; published: number }[],
): Verdict {
  const claim = "Catoni's bound is that of the authors' stored runs";
  const gaps = values.map(({ ours, published }) => Math.abs(ours - published));
  return below({ claim, source: compression }, Math.max(...gaps), 2e-5);
}

/** @param vectors - coefficients, and what the map made of them. */
export function lengthsAreKept(
  vectors: readonly { before: ArrayLike<number>; after: ArrayLike<number> }[],
): Verdict {
  const claim = "the Kronecker map keeps lengths, where the dimension is a square";
  const changes = vectors.map(({ before, after }) => Math.abs(norm(after) / norm(before) - 1));
  return below({ claim, source: compression }, Math.max(...changes), 1e-12);
}

/** Symbols, and what a decoder read of the code that has these bits. */
export interface CodedSymbols {
  readonly levels: number;
  readonly symbols: ArrayLike<number>;
  readonly decoded: ArrayLike<number>;
  readonly bits: number;
}

/** Measured: bits beyond the entropy d H and the counts, which L ceil(log2(d + 1)) bits would hold. */
export function codeIsShort({ levels, symbols, decoded, bits }: CodedSymbols): Verdict {
  const claim = "the range code of symbols and their counts is lossless, and within 16 bits";
  const counts = new Float64Array(levels);
  let same = symbols.length === decoded.length;
  for (let i = 0; i < symbols.length; i++) {
    counts[symbols[i]]++;
    same &&= symbols[i] === decoded[i];
  }
  const d = symbols.length;
  let entropy = levels * Math.ceil(log(d + 1) / Math.LN2);
  for (const count of counts) if (count > 0) entropy -= (count * log(count / d)) / Math.LN2;
  const excess = same ? bits - entropy : Number.POSITIVE_INFINITY;
  return below({ claim, source: compression }, excess, 16);
}

/** What a bound is measured by. */
export interface BoundOnLabels {
  readonly bound: number;
}

export function structureIsCertified({ bound }: BoundOnLabels): Verdict {
  const claim = "labels with structure have a bound far from vacuous";
  return below({ claim, source: compression }, bound, 0.25);
}

export function randomLabelsAreNot({ bound }: BoundOnLabels): Verdict {
  const claim = "shuffled labels have a bound no better than guessing";
  return above({ claim, source: compression }, bound, 0.75);
}

/** Measured: the error on samples that no training has seen, less the bound. */
export function boundHolds(runs: readonly { bound: number; freshError: number }[]): Verdict {
  const claim = "the error on fresh samples is below the bound";
  const gaps = runs.map(({ bound, freshError }) => freshError - bound);
  return below({ claim, source: compression }, Math.max(...gaps), 0);
}

/** Claims in the order of the list. */
export function claims(seed = 1): readonly Claim[] {
  const structured = once(() => run(seed, false));
  return [
    () => publishedBoundsAreMet(published()),
    () => lengthsAreKept(mapped(seed)),
    () => codeIsShort(coded(seed)),
    () => structureIsCertified({ bound: structured().certified.bounds.catoni }),
    () => randomLabelsAreNot({ bound: run(seed, true).certified.bounds.catoni }),
    () => {
      const { certified, freshError } = structured();
      return boundHolds(Object.values(certified.bounds).map((bound) => ({ bound, freshError })));
    },
  ];
}

/** Errors, bits and bounds of stored runs on CIFAR-10, n = 50,000. */
const stored = [
  [0.4507, 4654.3548, 0.62863],
  [0.3216, 8258.0148, 0.55965],
  [0.32636, 8281.0228, 0.56483],
  [0.28522, 11571.9905, 0.56583],
] as const;

const published = () =>
  stored.map(([error, bits, bound]) => ({
    ours: catoni({ error, nats: bits * Math.LN2, samples: 50_000 }),
    published: bound,
  }));

const normal = (rows: number, cols: number, seed: number) =>
  Matrix.randomNormal(rows, cols, { seed });

function mapped(seed: number) {
  return [
    [3610, 400],
    [1000, 25],
    [961, 961],
  ].map(([size, dimension], i) => {
    const before = normal(1, dimension, seed + i).data;
    return { before, after: projector({ size, dimension, seed }).apply(before) };
  });
}

function coded(seed: number): CodedSymbols {
  const [levels, count] = [7, 2000];
  const symbols = Int32Array.from(normal(1, count, seed).data, (x) =>
    Math.max(0, Math.min(levels - 1, Math.round(x + 3))),
  );
  const code = encodeSymbols(symbols, levels);
  const decoded = decodeSymbols(code, levels, count);
  return { levels, symbols, decoded, bits: 8 * code.length };
}

/** Four classes by the signs of two hidden products, or four that say nothing. */
function task(seed: number, shuffled: boolean): { training: Samples; fresh: Samples } {
  const directions = normal(20, 2, seed);
  const draw = (count: number, own: number): Samples => {
    const inputs = normal(count, 20, own);
    const noise = normal(count, 2, own + 1);
    const labels = Array.from({ length: count }, (_, i) => {
      const sign = (k: number) => {
        let product = 0;
        for (let j = 0; j < 20; j++) product += inputs.get(i, j) * directions.get(j, k);
        return (shuffled ? noise.get(i, k) : product) > 0 ? 1 : 0;
      };
      return 2 * sign(0) + sign(1);
    });
    return { inputs, labels };
  };
  return { training: draw(8000, seed + 10), fresh: draw(2000, seed + 20) };
}

function run(seed: number, shuffled: boolean): { certified: Certified; freshError: number } {
  const { training, fresh } = task(seed, shuffled);
  const certified = certify(training, {
    ...{ sizes: [20, 4], dimension: 81, levels: 5, choices: 2, seed },
    ...{ steps: 300, tuningSteps: 200, batchSize: 128 },
  });
  return { certified, freshError: verifyCertificate(certified.file, fresh).error };
}

function norm(x: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i] * x[i];
  return Math.sqrt(squares);
}
