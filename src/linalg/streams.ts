// Every use of random numbers has streams of its own: two that drew from one stream with one seed,
// and 0 is the seed of most, would not be independent. A test holds the ranges apart.

/** Streams first .. first + count - 1 of a seed. */
export interface StreamRange {
  readonly first: number;
  readonly count: number;
}

const one = (first: number): StreamRange => ({ first, count: 1 });

/**
 * Who draws where. A range never moves, so that equal seeds go on to give equal bits. Dropout draws
 * numbers of a kind of its own (assembly/random.ts), which meet none of these.
 */
export const streams = {
  /** Matrix.randomNormal. */
  matrix: one(0),
  /** completeMatrix. */
  validation: one(1),
  noiseSigns: one(2),
  noiseStart: one(3),
  rowFactors: one(4),
  colFactors: one(5),
  implicitRows: one(6),
  implicitCols: one(7),
  /** OnlineCompletion: one a column, of which there are 2^26. */
  onlineFactors: { first: 0x00_6f_6e_6c, count: 2 ** 26 },
  /** `lowrank complete --test`. */
  split: one(0x53_50_4c_54),
  /** The largest eigenvalue of measurements. */
  sensingStart: one(0x65_69_67_65),
  /** holdOut. */
  heldOut: one(0x68_65_6c_64),
  /** Heads of encoders: two linear layers. */
  head: { first: 0x68_65_61_64, count: 2 },
  /** Lora: one a linear layer. */
  lora: { first: 0x6c_00_00_00, count: 2 ** 24 },
  /** finetune: the order of the texts, one an epoch, and after 2^24 epochs the first one again. */
  textOrder: { first: 0x6f_00_00_00, count: 2 ** 24 },
  /** Directions along which errors are measured: no sketch depends on them. */
  probe: one(0x70_72_6f_62),
  /** Directions that an adaptive rate meets the factors with, one a factor. */
  rateProbes: { first: 0x72_61_74_00, count: 64 },
  /** StreamingSvd: the rows, apart from its fixed directions. */
  sketchRows: one(0x72_6f_77_73),
  /** `lowrank finetune --examples`. */
  fewShot: one(0x73_00_00_00),
  /** The random directions of decompositions. */
  sketch: one(0x73_6b_65_74),
  /** Random signs of residuals. */
  randomSigns: one(0x73_69_67_6e),
  /** deepFactorization: two a factor, of which there are 64. */
  wideStart: { first: 0x77_69_64_00, count: 128 },
  /** DeepLora: 16 factors a linear layer. */
  deepLoraFactors: { first: 0x66_00_00_00, count: 2 ** 24 },
  /** DeepLora's random maps: two a linear layer. */
  deepLoraMaps: { first: 0xc8_00_00_00, count: 2 ** 24 },
} satisfies Record<string, StreamRange>;

/** Stream `index` of a range. @throws RangeError when it is not in it. */
export function streamAt({ first, count }: StreamRange, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < count) return first + index;
  throw new RangeError(`streams: number ${index} is asked for: there are ${count}`);
}
