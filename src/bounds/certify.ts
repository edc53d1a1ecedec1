import { boolean, finite, integer, list, positive, seed, share, word } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { largestSize } from "../check/values.js";
import type { Range } from "../maps/gaussian.js";
import type { FloatArray } from "../wasm/index.js";
import { encodeCertificate, roundedFrames } from "./certificate-file.js";
import {
  checksumOf,
  coreSides,
  dimensionOf,
  gradientFrames,
  hypothesisOf,
  networkOf,
  settingFault,
  startOf,
} from "./hypothesis.js";
import { fittedSamples, type Samples } from "./samples.js";
import {
  type CertificateSetting,
  type MapKind,
  mapKinds,
  type UpdateKind,
  updateKinds,
} from "./setting.js";
import { type CertifyProgress, trainCoefficients } from "./subspace-training.js";
import { type CertificateReport, splitSamples, verifyCertificate } from "./verify-certificate.js";

export interface CertifyOptions {
  /** Numbers of inputs, of units of each hidden layer, and of classes. */
  sizes: ArrayLike<number>;
  /** Whether each layer has a bias. @defaultValue true */
  biases?: boolean;
  /**
   * What moves: `"full"`, all parameters, or `"lora"`, a low-rank addition to each weight.
   * @defaultValue "full"
   */
  update?: UpdateKind;
  /**
   * From the coefficients to what moves: a kind of {@link projector}, or `"cores"`, which moves each
   * weight within frames of `rank` columns. @defaultValue "kronecker"
   */
  map?: MapKind;
  /**
   * How many coefficients describe the model. For `"cores"` and `"identity"` it follows from the
   * rest. @defaultValue the largest square up to 400 and to what moves
   */
  dimension?: number;
  /** Rank of LoRA's additions, or of the cores. */
  rank?: number;
  /**
   * Factors that each core is trained as a product of. Deep ones are found with faster falling
   * spectra; the file keeps the product, so they cost no bits. @defaultValue 1
   */
  depth?: number;
  /** For the film maps: the parameters start .. end - 1 that they move. */
  ranges?: readonly Range[];
  /**
   * Frames of the cores: of the `seed`, or from the loss's `gradient` at the start. The gradient comes
   * from the samples, so it needs `splitShare` or `payForBases`. @defaultValue "seed"
   */
  bases?: "seed" | "gradient";
  /** Writes the frames into the file and pays for their bits. @defaultValue false */
  payForBases?: boolean;
  /**
   * Share of the samples, in random order, that may choose the frames. The bound is about the others.
   * @defaultValue none
   */
  splitShare?: number;
  /**
   * Parameters to start from, such as those of a network trained on other data: they must not depend on
   * these samples. Whoever checks the certificate needs them. @defaultValue random, of the seed
   */
  start?: FloatArray;
  /** Numbers that a coefficient can be, 2 .. 256. @defaultValue 5 */
  levels?: number;
  /** Where the levels start: k-means, or the means of equal intervals. @defaultValue "kmeans" */
  codebook?: "kmeans" | "uniform";
  /**
   * How many settings were tried on these samples, of which this one is kept: log2 of it is paid.
   * @defaultValue 1
   */
  choices?: number;
  /** Of the start, the map and the batches. @defaultValue 0 */
  seed?: number;
  /** Steps of Adam before the coefficients are quantized. @defaultValue 2000 */
  steps?: number;
  /** Samples per step. @defaultValue 256 */
  batchSize?: number;
  /** Of the first step; it falls to 0 on a straight line. @defaultValue 0.05 */
  learningRate?: number;
  /** Steps of Adam after that, through the quantizer. @defaultValue 500 */
  tuningSteps?: number;
  /** Of the first of these, for the coefficients; it falls to 0 as well. @defaultValue 0.02 */
  tuningRate?: number;
  /** The same for the levels. @defaultValue 0.005 */
  codebookRate?: number;
  /** The probability that the bound is wrong. @defaultValue 0.05 */
  delta?: number;
}

const checks: OptionChecks<CertifyOptions> = {
  sizes: list(integer(1, largestSize)),
  biases: boolean,
  update: word(updateKinds),
  map: word(mapKinds),
  dimension: integer(1, largestSize),
  rank: integer(1, largestSize),
  depth: integer(1, 16),
  ranges: list(list(integer(0, largestSize))) as OptionChecks<CertifyOptions>["ranges"],
  bases: word(["seed", "gradient"]),
  payForBases: boolean,
  splitShare: share,
  start: list(finite) as OptionChecks<CertifyOptions>["start"],
  levels: integer(2, 256),
  codebook: word(["kmeans", "uniform"]),
  choices: integer(1),
  seed,
  steps: integer(0),
  batchSize: integer(1, largestSize),
  learningRate: positive,
  tuningSteps: integer(0),
  tuningRate: positive,
  codebookRate: positive,
  delta: share,
};

/** A trained classifier as a file, and what the file proves. */
export interface Certified extends CertificateReport {
  /** The certificate, which is the model: some hundred bytes. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/**
 * Trains a classifier that is described by few bits, and proves how often it errs on what is new:
 * a feed-forward ReLU network whose parameters are theta0(seed) + P(seed) w, w of `dimension`
 * coefficients, each one of `levels` numbers (Lotfi, Finzi et al. 2022). The file that comes out is the
 * model; {@link verifyCertificate} decodes it and computes the bound from it, as this function does.
 *
 * The bound holds for samples that are drawn independently, and for a setting that does not depend on
 * them, except for the `choices` that are paid for.
 *
 * @throws RangeError when samples or options do not fit together, or the loss stops being finite;
 *   TypeError for an unknown option, and for frames from a gradient that nothing pays for.
 */
export function certify(samples: Samples, options: CertifyOptions): Certified {
  const run = certification(samples, options);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
  }
}

/**
 * The same, step by step: an iterator that yields the loss before each step, and returns what `certify`
 * does.
 *
 * @throws as {@link certify}: what samples and options are is checked before the first step.
 */
export function certification(
  samples: Samples,
  options: CertifyOptions,
): Generator<CertifyProgress, Certified> {
  const name = "certify";
  const read = checkedOptions(name, options, checks, "an object with sizes", "sizes");
  const { start, delta = 0.05 } = read;
  const sizes = Array.from(read.sizes);
  if (sizes.length < 2) {
    throw new RangeError(`${name}: sizes has ${sizes.length} entries: it must have two or more`);
  }
  const fitted = fittedSamples(name, samples, {
    inputs: sizes[0],
    outputs: sizes[sizes.length - 1],
  });
  const setting = settingOf(read, sizes, fitted.labels.length);
  const fault = settingFault(setting);
  if (fault !== undefined) throw new RangeError(`${name}: ${fault}`);
  const { depth = 1 } = read;
  if (depth > 1 && setting.map !== "cores") {
    throw new RangeError(`${name}: depth is ${depth}: only cores are products of factors`);
  }
  const plan = {
    ...{ steps: 2000, batchSize: 256, learningRate: 0.05, codebook: "kmeans" as const },
    ...{ tuningSteps: 500, tuningRate: 0.02, codebookRate: 0.005, ...read },
    ...{ levels: setting.levels, seed: setting.seed, depth },
    coreSides: coreSides(networkOf(setting), setting.rank),
  };
  const network = networkOf(setting);
  const begin = startOf(network, setting.seed, start);
  network.checkParameters(name, begin);
  const { prior, rest } = splitSamples(setting, fitted);
  const frames =
    setting.bases === "random"
      ? undefined
      : gradientFrames(network, begin, setting.rank, prior ?? rest);
  const paid = setting.bases === "paid" && frames ? roundedFrames(frames) : undefined;
  const hypothesis = hypothesisOf(setting, { start: begin, frames: paid ?? frames });
  return (function* run() {
    const coefficients = yield* trainCoefficients(hypothesis, rest, plan);
    const file = encodeCertificate(setting, coefficients, paid);
    const report = verifyCertificate(file, samples, { delta, ...(start ? { start } : {}) });
    return { file, ...report };
  })();
}

/** @throws TypeError when data choose the frames and nothing pays for it. */
function settingOf(
  options: CertifyOptions,
  sizes: readonly number[],
  samples: number,
): CertificateSetting {
  const { bases = "seed", payForBases = false, splitShare, start } = options;
  const { biases = true, update = "full", map = "kronecker", rank = 0, seed = 0 } = options;
  const { levels = 5, choices = 1, ranges = [] } = options;
  const splitCount = splitShare === undefined ? 0 : Math.round(splitShare * samples);
  if (bases === "gradient" && splitCount === 0 && !payForBases) {
    throw new TypeError(
      "certify: bases are from the gradient, which the samples choose: splitShare must set samples " +
        "apart for it, or payForBases must pay for its bits",
    );
  }
  const dimension = dimensionOf({ sizes, biases, update, map, rank }, options.dimension);
  return {
    ...{ sizes, biases, update, map, rank, dimension, ranges, seed, levels, choices },
    bases: bases === "seed" ? "random" : payForBases ? "paid" : "split",
    splitSamples: splitCount,
    samples: splitCount === 0 ? 0 : samples,
    startChecksum: start === undefined ? 0 : checksumOf(start),
  };
}
