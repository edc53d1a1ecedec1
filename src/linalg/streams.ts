// Every use of random numbers has streams of its own: two that drew from one stream with one seed,
// and 0 is the seed of most, would not be independent. A test holds the ranges apart.
//
// Who draws where: a range never moves, so that equal seeds go on to give equal bits. Dropout draws numbers
// of a kind of its own (assembly/random.ts), which meet none of these. Constants one by one, so that bundlers
// leave out what is not used: imported as `streams`, all together.
import type { StreamRange } from "./stream-at.js";

/** Matrix.randomNormal. */
export const matrix: StreamRange = { first: 0, count: 1 };
/** completeMatrix. */
export const validation: StreamRange = { first: 1, count: 1 };
export const noiseSigns: StreamRange = { first: 2, count: 1 };
export const noiseStart: StreamRange = { first: 3, count: 1 };
export const rowFactors: StreamRange = { first: 4, count: 1 };
export const colFactors: StreamRange = { first: 5, count: 1 };
export const implicitRows: StreamRange = { first: 6, count: 1 };
export const implicitCols: StreamRange = { first: 7, count: 1 };
/** OnlineCompletion: one per column, of which there are 2^26. */
export const onlineFactors: StreamRange = { first: 0x00_6f_6e_6c, count: 0x04_00_00_00 };
/** `lowrank complete --test`. */
export const split: StreamRange = { first: 0x53_50_4c_54, count: 1 };
/** The largest eigenvalue of measurements. */
export const sensingStart: StreamRange = { first: 0x65_69_67_65, count: 1 };
/** holdOut. */
export const heldOut: StreamRange = { first: 0x68_65_6c_64, count: 1 };
/** completion and sensing by median of means: which measurements come into one block. */
export const lossBlocks: StreamRange = { first: 0x6d_6f_6d_62, count: 1 };
/** GradientSketch: the directions on its two sides. */
export const gradientSketch: StreamRange = { first: 0x67_00_00_00, count: 2 };
/** Heads of encoders: two linear layers. */
export const head: StreamRange = { first: 0x68_65_61_64, count: 2 };
/** Lora: one a linear layer. */
export const lora: StreamRange = { first: 0x6c_00_00_00, count: 0x01_00_00_00 };
/** FeedForward: one per layer. */
export const network: StreamRange = { first: 0x6e_65_74_00, count: 256 };
/** recover: the latent vectors, two a start, and the blocks of measurements. */
export const latentStarts: StreamRange = { first: 0x6e_61_00_00, count: 2048 };
export const measurementBlocks: StreamRange = { first: 0x6e_62_00_00, count: 1024 };
/** The claims of recovery: signals, operators, noise, two layers. */
export const generativeClaims: StreamRange = { first: 0x6e_63_00_00, count: 5 };
/** weightDistributionDeviation: directions, and steps from them. */
export const weightDistribution: StreamRange = { first: 0x77_64_63_00, count: 2 };
/** finetune: the order of the texts, one an epoch, and after 2^24 epochs the first one again. */
export const textOrder: StreamRange = { first: 0x6f_00_00_00, count: 0x01_00_00_00 };
/** finetune: which texts the short runs of the rate search take. */
export const rateSearch: StreamRange = { first: 0x72_61_73_65, count: 1 };
/** Directions along which errors are measured: no sketch depends on them. */
export const probe: StreamRange = { first: 0x70_72_6f_62, count: 1 };
/** Directions that an adaptive rate meets the factors with, one per factor. */
export const rateProbes: StreamRange = { first: 0x72_61_74_00, count: 64 };
/** PolarAir: the sequences of a code and its frozen bits, one a draw. */
export const polarSequences: StreamRange = { first: 0x70_61_00_00, count: 0x01_00_00 };
export const polarFrozen: StreamRange = { first: 0x70_66_00_00, count: 0x01_00_00 };
/** gaussianChannel: one a transmission, and after 2^24 of them the first one again. */
export const channelNoise: StreamRange = { first: 0x61_00_00_00, count: 0x01_00_00_00 };
/** PolarAir's claims: examples, four orders of them, and sparse vectors. */
export const teacherRun: StreamRange = { first: 0x74_65_61_00, count: 6 };
/** rankMatrix: the held-out cells. */
export const rankingValidation: StreamRange = { first: 0x72_6b_76_61, count: 1 };
/** splitInteractions: cells, and rows. */
export const interactionSplit: StreamRange = { first: 0x73_70_6c_69, count: 2 };
/** StreamingSvd: the rows, apart from its fixed directions. */
export const sketchRows: StreamRange = { first: 0x72_6f_77_73, count: 1 };
/** fewShot: the parts of its cross-validation. */
export const fewShotFolds: StreamRange = { first: 0x73_66_6f_6c, count: 1 };
/** `lowrank finetune --samples`. */
export const fewShot: StreamRange = { first: 0x73_00_00_00, count: 1 };
/** The random directions of decompositions. */
export const sketch: StreamRange = { first: 0x73_6b_65_74, count: 1 };
/** nystrom: which samples are the landmarks. */
export const landmarks: StreamRange = { first: 0x6e_79_73_74, count: 1 };
/** Random signs of residuals. */
export const randomSigns: StreamRange = { first: 0x73_69_67_6e, count: 1 };
/** deepFactorization: two a factor, of which there are 64. */
export const wideStart: StreamRange = { first: 0x77_69_64_00, count: 128 };
/** DeepLora: 16 factors a linear layer. */
export const deepLoraFactors: StreamRange = { first: 0x66_00_00_00, count: 0x01_00_00_00 };
/** DeepLora's random maps: two a linear layer. */
export const deepLoraMaps: StreamRange = { first: 0xc8_00_00_00, count: 0x01_00_00_00 };
/** Seeded maps: a few each. */
export const projector: StreamRange = { first: 0x70_72_6a_00, count: 8 };
/** Frames of layers' cores: four per layer. */
export const layerFrames: StreamRange = { first: 0x70_6c_66_00, count: 128 };
/** certify: the factors of low-rank updates, one per layer; batches; the split. */
export const certifiedFactors: StreamRange = { first: 0x63_66_00_00, count: 256 };
export const certifiedBatches: StreamRange = { first: 0x63_62_61_74, count: 1 };
export const certifiedSplit: StreamRange = { first: 0x63_73_70_6c, count: 1 };
/** verifyAdapter: the texts that the error is measured on. */
export const evaluatedTexts: StreamRange = { first: 0x63_65_76_61, count: 1 };
