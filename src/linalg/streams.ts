// Every use of random numbers has streams of its own: two that drew from one stream with one seed,
// and 0 is the seed of most, would not be independent. A test holds the ranges apart.

/** Streams first .. first + count - 1 of a seed. */
interface StreamRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Who draws where. A range never moves, so that equal seeds go on to give equal bits. Dropout draws
 * numbers of a kind of its own (assembly/random.ts), which meet none of these. Literals only:
 * bundlers leave out what is not used, calls they must keep.
 */
export const streams = {
  /** Matrix.randomNormal. */
  matrix: { first: 0, count: 1 },
  /** completeMatrix. */
  validation: { first: 1, count: 1 },
  noiseSigns: { first: 2, count: 1 },
  noiseStart: { first: 3, count: 1 },
  rowFactors: { first: 4, count: 1 },
  colFactors: { first: 5, count: 1 },
  implicitRows: { first: 6, count: 1 },
  implicitCols: { first: 7, count: 1 },
  /** OnlineCompletion: one per column, of which there are 2^26. */
  onlineFactors: { first: 0x00_6f_6e_6c, count: 2 ** 26 },
  /** `lowrank complete --test`. */
  split: { first: 0x53_50_4c_54, count: 1 },
  /** The largest eigenvalue of measurements. */
  sensingStart: { first: 0x65_69_67_65, count: 1 },
  /** holdOut. */
  heldOut: { first: 0x68_65_6c_64, count: 1 },
  /** completion and sensing by median of means: which measurements come into one block. */
  lossBlocks: { first: 0x6d_6f_6d_62, count: 1 },
  /** GradientSketch: the directions on its two sides. */
  gradientSketch: { first: 0x67_00_00_00, count: 2 },
  /** Heads of encoders: two linear layers. */
  head: { first: 0x68_65_61_64, count: 2 },
  /** Lora: one a linear layer. */
  lora: { first: 0x6c_00_00_00, count: 2 ** 24 },
  /** FeedForward: one per layer. */
  network: { first: 0x6e_65_74_00, count: 256 },
  /** recover: the latent vectors, two a start, and the blocks of measurements. */
  latentStarts: { first: 0x6e_61_00_00, count: 2048 },
  measurementBlocks: { first: 0x6e_62_00_00, count: 1024 },
  /** The claims of recovery: signals, operators, noise, two layers. */
  generativeClaims: { first: 0x6e_63_00_00, count: 5 },
  /** weightDistributionDeviation: directions, and steps from them. */
  weightDistribution: { first: 0x77_64_63_00, count: 2 },
  /** finetune: the order of the texts, one an epoch, and after 2^24 epochs the first one again. */
  textOrder: { first: 0x6f_00_00_00, count: 2 ** 24 },
  /** finetune: which texts the short runs of the rate search take. */
  rateSearch: { first: 0x72_61_73_65, count: 1 },
  /** Directions along which errors are measured: no sketch depends on them. */
  probe: { first: 0x70_72_6f_62, count: 1 },
  /** Directions that an adaptive rate meets the factors with, one per factor. */
  rateProbes: { first: 0x72_61_74_00, count: 64 },
  /** PolarAir: the sequences of a code and its frozen bits, one a draw. */
  polarSequences: { first: 0x70_61_00_00, count: 2 ** 16 },
  polarFrozen: { first: 0x70_66_00_00, count: 2 ** 16 },
  /** gaussianChannel: one a transmission, and after 2^24 of them the first one again. */
  channelNoise: { first: 0x61_00_00_00, count: 2 ** 24 },
  /** PolarAir's claims: examples, four orders of them, and sparse vectors. */
  teacherRun: { first: 0x74_65_61_00, count: 6 },
  /** rankMatrix: the held-out cells. */
  rankingValidation: { first: 0x72_6b_76_61, count: 1 },
  /** splitInteractions: cells, and rows. */
  interactionSplit: { first: 0x73_70_6c_69, count: 2 },
  /** StreamingSvd: the rows, apart from its fixed directions. */
  sketchRows: { first: 0x72_6f_77_73, count: 1 },
  /** fewShot: the parts of its cross-validation. */
  fewShotFolds: { first: 0x73_66_6f_6c, count: 1 },
  /** `lowrank finetune --samples`. */
  fewShot: { first: 0x73_00_00_00, count: 1 },
  /** The random directions of decompositions. */
  sketch: { first: 0x73_6b_65_74, count: 1 },
  /** nystrom: which samples are the landmarks. */
  landmarks: { first: 0x6e_79_73_74, count: 1 },
  /** Random signs of residuals. */
  randomSigns: { first: 0x73_69_67_6e, count: 1 },
  /** deepFactorization: two a factor, of which there are 64. */
  wideStart: { first: 0x77_69_64_00, count: 128 },
  /** DeepLora: 16 factors a linear layer. */
  deepLoraFactors: { first: 0x66_00_00_00, count: 2 ** 24 },
  /** DeepLora's random maps: two a linear layer. */
  deepLoraMaps: { first: 0xc8_00_00_00, count: 2 ** 24 },
  /** Seeded maps: a few each. */
  projector: { first: 0x70_72_6a_00, count: 8 },
  /** Frames of layers' cores: four per layer. */
  layerFrames: { first: 0x70_6c_66_00, count: 128 },
  /** certify: the factors of low-rank updates, one per layer; batches; the split. */
  certifiedFactors: { first: 0x63_66_00_00, count: 256 },
  certifiedBatches: { first: 0x63_62_61_74, count: 1 },
  certifiedSplit: { first: 0x63_73_70_6c, count: 1 },
  /** verifyAdapter: the texts that the error is measured on. */
  evaluatedTexts: { first: 0x63_65_76_61, count: 1 },
} satisfies Record<string, StreamRange>;

/** Stream `index` of a range. @throws RangeError when it is not in it. */
export function streamAt({ first, count }: StreamRange, index: number): number {
  if (Number.isInteger(index) && index >= 0 && index < count) return first + index;
  throw new RangeError(`streams: number ${index} is asked for: there are ${count}`);
}
