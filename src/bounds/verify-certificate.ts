import { finite, share } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { plainBytes } from "../formats/bytes.js";
import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import type { FloatArray } from "../wasm/index.js";
import { type CertificateContents, decodeCertificate } from "./certificate-file.js";
import { coefficientsOf } from "./coefficients.js";
import { checksumOf, gradientFrames, hypothesisOf, networkOf, startOf } from "./hypothesis.js";
import { type Judgement, judged } from "./judgement.js";
import {
  chosenRows,
  countErrors,
  type FittedSamples,
  fittedSamples,
  type Samples,
} from "./samples.js";
import type { CertificateSetting } from "./setting.js";

/** What was found out about a certificate. */
export interface CertificateReport extends Judgement {
  /** The error of always guessing the commonest class of the samples. */
  readonly commonest: number;
  /** Whether the bound says no more than guessing at random: bound >= 1 - 1 / classes. */
  readonly vacuous: boolean;
  /** What the file says about the model. */
  readonly setting: CertificateSetting;
  /** CRC-32 of the decoded parameters: equal on every engine. */
  readonly checksum: number;
}

export interface VerifyOptions {
  /** The parameters that the training started from, where they are not those of the seed. */
  start?: FloatArray;
  /** The probability that a bound is wrong. @defaultValue 0.05 */
  delta?: number;
}

const checks: OptionChecks<VerifyOptions> = {
  start: (name, what, start) => {
    for (let i = 0; i < (start?.length ?? 0); i++) finite(name, `${what}[${i}]`, start[i]);
  },
  delta: share,
};

/**
 * Decodes a certificate to the model that it is, counts the model's errors on the samples and computes
 * the bounds anew. Nothing in the file is believed: it holds neither errors nor bounds.
 *
 * @param file - what `certify` gave.
 * @param samples - those of the training, or others that the model was not chosen by. A certificate
 *   with a split needs all samples of the training, in their order.
 * @throws ModelFileError when the file is damaged or no certificate, or the start is not the one that it
 *   was made with; RangeError or TypeError when the samples do not fit the model.
 */
export function verifyCertificate(
  file: Uint8Array,
  samples: Samples,
  options: VerifyOptions = {},
): CertificateReport {
  const name = "verifyCertificate";
  const { start, delta = 0.05 } = checkedOptions(name, options, checks);
  const contents = decodeCertificate(name, plainBytes(name, "file", file));
  const { setting, bits, fileBits } = contents;
  const fitted = fittedSamples(name, samples, networkOf(setting));
  const { prior, rest } = splitSamples(setting, fitted);
  const { network, parameters } = decodedModel(contents, start, prior);
  const wrong = countErrors(network, parameters, rest);
  const count = rest.labels.length;
  const judgement = judged({ error: wrong / count, samples: count, bits, fileBits }, delta);
  return {
    ...judgement,
    commonest: commonestError(rest.labels, network.outputs),
    vacuous: judgement.bound >= 1 - 1 / network.outputs,
    ...{ setting, checksum: checksumOf(parameters) },
  };
}

/** The samples of the split, and the others. @throws ModelFileError when there are not all of them. */
export function splitSamples(
  { splitSamples: count, samples, seed }: CertificateSetting,
  fitted: FittedSamples,
): { prior: FittedSamples | undefined; rest: FittedSamples } {
  if (count === 0) return { prior: undefined, rest: fitted };
  if (fitted.labels.length !== samples) {
    throw new ModelFileError(
      `it has a split of ${samples} samples, and ${fitted.labels.length} are given: ` +
        "it must be checked on those that it was made from",
    );
  }
  const order = randomPermutation(samples, seed, streams.certifiedSplit.first);
  return {
    prior: chosenRows(fitted, order.subarray(0, count)),
    rest: chosenRows(fitted, order.subarray(count)),
  };
}

/** The network that a certificate is, and its parameters. */
export function decodedModel(
  contents: CertificateContents,
  start: FloatArray | undefined,
  prior: FittedSamples | undefined,
) {
  const { setting, frames: paid } = contents;
  const { startChecksum, seed, bases, rank } = setting;
  if ((start === undefined ? 0 : checksumOf(start)) !== startChecksum) {
    throw new ModelFileError(
      startChecksum === 0
        ? "its model starts from a seed: no start must be given"
        : "its model starts from other parameters: they must be given as start",
    );
  }
  const own = networkOf(setting);
  const begin = startOf(own, seed, start);
  own.checkParameters("verifyCertificate", begin);
  const frames = bases === "split" && prior ? gradientFrames(own, begin, rank, prior) : paid;
  const hypothesis = hypothesisOf(setting, { start: begin, frames });
  const parameters = hypothesis.parameters(coefficientsOf(contents));
  return { network: hypothesis.network, parameters };
}

function commonestError(labels: Int32Array, classes: number): number {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  return 1 - Math.max(...counts) / labels.length;
}
