// What the two ends of PolarAir agree on: options of workers and servers, and what changes on the way.

import * as check from "../check/fields.js";
import type { OptionChecks } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import { crcBits } from "../codes/crc8.js";
import * as streams from "../linalg/streams.js";

/** What workers and the server must have in common. */
export interface PolarAirScheme {
  /** Entries of a gradient, N. */
  dimension: number;
  /** Entries of it that a worker sends in a round, K. */
  sparsity: number;
  /** Seed of the random signs that both ends know. @defaultValue 0 */
  seed?: number;
  /**
   * Random sequences, J, a power of two: a part of an entry's index chooses one, the rest is its
   * codeword. More of them collide less and cost more. @defaultValue about √dimension
   */
  sequences?: number;
  /** Bits of a codeword, a power of two in 32 .. 1024. @defaultValue 32 */
  codeLength?: number;
  /** Channel uses for each bit of a codeword, L. @defaultValue 2 sparsity */
  spreading?: number;
}

/** The part of a scheme that a server adapts: workers follow with `adopt`. */
export interface CodeShape {
  readonly codeLength: number;
  readonly spreading: number;
  /** How often the random signs were drawn anew. */
  readonly draw: number;
}

/** A scheme with everything that follows from it. */
export interface Scheme {
  readonly dimension: number;
  readonly sparsity: number;
  readonly seed: number;
  /** Bits of an index that choose its sequence. */
  readonly sequenceBits: number;
  /** Bits of an index that its codeword carries. */
  readonly messageBits: number;
  readonly shape: CodeShape;
}

/** Indices are integers of 32 bits. */
export const largestDimension = 2 ** 30;

/** Codewords are whole words of signs, and short: a decoding takes about 16 n log n operations. */
const codeLengths = { least: 32, most: 1024 };

/** Draws of which each has random numbers of its own. */
const draws = streams.polarSequences.count;

/** A power of two in low .. high. */
function powerOfTwo(low: number, high: number): check.Check<number> {
  return (name, what, value) => {
    checkInteger(name, what, value, low, high);
    if (!isPowerOfTwo(value)) {
      throw new RangeError(`${name}: ${what} is ${value}: it must be a power of two`);
    }
  };
}

const isPowerOfTwo = (value: number) => Number.isInteger(value) && (value & (value - 1)) === 0;

const codeLengthCheck = powerOfTwo(codeLengths.least, codeLengths.most);
const spreadingCheck = check.integer(1, 2 ** 20);

export const schemeChecks: OptionChecks<PolarAirScheme> = {
  dimension: check.integer(1, largestDimension),
  sparsity: check.integer(1, largestDimension),
  seed: check.seed,
  sequences: powerOfTwo(1, largestDimension),
  codeLength: codeLengthCheck,
  spreading: spreadingCheck,
};

/** Options that were checked one by one, as a scheme. @throws RangeError where they do not fit. */
export function readScheme(name: string, options: PolarAirScheme): Scheme {
  const { dimension, sparsity, seed = 0, codeLength = codeLengths.least } = options;
  const { spreading = Math.min(2 * sparsity, 2 ** 20) } = options;
  const indexBits = Math.max(1, 32 - Math.clz32(dimension - 1));
  const { sequences = 2 ** (indexBits >> 1) } = options;
  const sequenceBits = 31 - Math.clz32(sequences);
  const messageBits = indexBits - sequenceBits;
  if (messageBits < 1) {
    throw new RangeError(
      `${name}: sequences is ${sequences}, with a dimension of ${dimension}: ` +
        `it must be at most ${2 ** (indexBits - 1)}`,
    );
  }
  if (messageBits + crcBits > codeLength) {
    throw new RangeError(
      `${name}: codeLength is ${codeLength}, with ${messageBits} bits of an index and a check of ` +
        `${crcBits}: it must be at least as many, or sequences larger`,
    );
  }
  if (sparsity > dimension) {
    throw new RangeError(
      `${name}: sparsity is ${sparsity}, with a dimension of ${dimension}: it must not be larger`,
    );
  }
  const shape = { codeLength, spreading, draw: 0 };
  return { dimension, sparsity, seed, sequenceBits, messageBits, shape };
}

/** A scheme in another shape. @throws RangeError, TypeError otherwise. */
export function adoptShape(name: string, scheme: Scheme, shape: CodeShape): Scheme {
  const read = check.setting("adopt", "shape", shape, {
    codeLength: codeLengthCheck,
    spreading: spreadingCheck,
    draw: check.integer(0, draws - 1),
  });
  if (read.codeLength < scheme.shape.codeLength) {
    throw new RangeError(
      `${name}: codeLength is ${read.codeLength} after ${scheme.shape.codeLength}: ` +
        "codewords never become shorter",
    );
  }
  return { ...scheme, shape: read };
}

/** Codewords that are this long are not made longer. */
const longestAdapted = 64;

/**
 * The next larger shape, with new signs: codewords twice as long up to 64 bits, then a quarter more
 * spreading, as the paper's 100 after 400.
 */
export function largerShape({ codeLength, spreading, draw }: CodeShape): CodeShape {
  const next = (draw + 1) % draws;
  if (codeLength < longestAdapted) return { codeLength: 2 * codeLength, spreading, draw: next };
  return { codeLength, spreading: spreading + Math.ceil(spreading / 4), draw: next };
}
