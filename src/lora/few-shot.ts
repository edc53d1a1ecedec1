// A classifier of texts from a few dozen labelled ones, in one call.

import { describe, quote } from "../check/describe.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkInteger, checkSeed } from "../check/values.js";
import { ModelFileError } from "../completion/model-file-error.js";
import { matmul } from "../linalg/matmul.js";
import type { Matrix } from "../linalg/matrix.js";
import { checkBatchSize, defaultBatchSize, refuse } from "./check.js";
import { crossValidate, type FewShotEvidence, oneHot } from "./few-shot-evidence.js";
import { decodeFewShot, encodeFewShot, type LinearHead } from "./few-shot-file.js";
import { fitRidge } from "./kernel-ridge.js";
import { sharpnessOf, softmax } from "./softmax.js";
import { layerMeans } from "./text-features.js";
import { checkTexts, type GivenTexts, readTexts, type TextInput } from "./text-input.js";
import { checkModel, type TextModel } from "./text-model.js";

/** A text or pair with its label's name. */
export interface LabelledText extends TextInput {
  readonly label: string;
}

export interface FewShotOptions {
  /** Longer texts are cut. @defaultValue 128 */
  maxTokens?: number;
  /** Texts that are computed at a time. @defaultValue 32 */
  batchSize?: number;
  /** Of the parts of the cross-validation: equal seeds, equal bits. @defaultValue 0 */
  seed?: number;
}

const checks: OptionChecks<FewShotOptions> = {
  maxTokens: (name, what, value) => checkInteger(name, what, value, 1),
  batchSize: (name, _, value) => checkBatchSize(name, value),
  seed: (name, _, value) => checkSeed(name, value),
};

export interface Classified {
  readonly label: string;
  /** Of that label: of texts with 0.8 about four of five should be right. */
  readonly probability: number;
  /** Of all labels, in the order of `labels`. */
  readonly probabilities: readonly number[];
}

/** More are a matter for `finetune`: the fit takes n^3 operations. */
const mostExamples = 2000;
/** Its scores tell encoders apart; of the same weights they differ by rounding only, on any kernels. */
const probe = { text: "The quick brown fox jumps over the lazy dog." };
const probeTolerance = 1e-3;

/**
 * What `fewShot` gives: texts in, labels out. It reads the model and never changes it.
 *
 * @example
 * ```js
 * const bytes = classifier.save(); // some kilobytes, without the encoder
 * const again = FewShotClassifier.load(bytes, model);
 * ```
 */
export class FewShotClassifier {
  /** Bundlers rename classes, and some assign static fields, which a name refuses. @internal */
  static get name(): string {
    return "FewShotClassifier";
  }

  readonly #model: TextModel;
  readonly #head: LinearHead;
  readonly #options: Required<FewShotOptions>;

  /** @internal */
  constructor(
    model: TextModel,
    /** The labels, in order. */
    readonly labels: readonly string[],
    /** What cross-validation says of it. */
    readonly evidence: FewShotEvidence,
    head: LinearHead,
    options: Required<FewShotOptions>,
  ) {
    this.#model = model;
    this.#head = head;
    this.#options = options;
  }

  /**
   * A classifier from the bytes of `save`: it gives the same probabilities, bit by bit.
   *
   * @param model - the encoder that it was made with, which the file does not hold.
   * @throws ModelFileError when the bytes are not whole and unchanged, or of a classifier of another encoder;
   * TypeError for what is not bytes, or not a model.
   */
  static load(bytes: Uint8Array, model: TextModel): FewShotClassifier {
    const name = "FewShotClassifier.load";
    checkModel(name, model);
    const { labels, evidence, head, options, probe: saved } = decodeFewShot(name, bytes);
    const loaded = new FewShotClassifier(model, labels, evidence, head, options);
    const { layers, width } = model.encoder.config;
    const features = (layers + 1) * width;
    if (head.weights.rows !== features) {
      throw new ModelFileError(
        `it takes ${head.weights.rows} features and this encoder gives ${features}: ` +
          "it must be loaded with the encoder that it was made with",
      );
    }
    const scores = loaded.#scores([probe])[0];
    if (scores.some((score, c) => !(Math.abs(score - saved[c]) <= probeTolerance))) {
      throw new ModelFileError(
        "it was made with another encoder, of the same sizes: it must be loaded with that one",
      );
    }
    return loaded;
  }

  /** The classifier as bytes, without the encoder: 8 bytes per feature and label. */
  save(): Uint8Array<ArrayBuffer> {
    const { labels, evidence } = this;
    return encodeFewShot({
      ...{ labels, evidence, head: this.#head, options: this.#options },
      probe: this.#scores([probe])[0],
    });
  }

  /**
   * The label of each text, with calibrated probabilities.
   *
   * @throws TypeError when one of them is neither a string nor `{ text }` nor `{ text, pair }`.
   */
  classify(texts: GivenTexts): Classified[] {
    const inputs = readTexts("classify", "text", texts);
    if (inputs.length === 0) return [];
    return this.#scores(inputs).map((row) => {
      const probabilities = softmax(row, this.#head.sharpness);
      const best = row.indexOf(Math.max(...row));
      return { label: this.labels[best], probability: probabilities[best], probabilities };
    });
  }

  /** Of each text, a score per label. */
  #scores(texts: readonly TextInput[]): number[][] {
    const { weights, intercepts } = this.#head;
    const scores = matmul(layerMeans(this.#model, texts, this.#options), weights);
    return Array.from({ length: scores.rows }, (_, i) =>
      Array.from(scores.row(i), (score, c) => score + intercepts[c]),
    );
  }
}

/**
 * A classifier from a few labelled texts: the frozen encoder and a linear head by ridge regression,
 * in closed form, so that nothing is to be tuned: the penalty is chosen by the exact leave-one-out
 * error. The features are the means over a text's tokens of every layer, for words and style as
 * well as for meaning. Probabilities are a softmax whose sharpness fits the examples left out.
 * Costs one pass of the encoder over the examples, a few seconds for 50 sentences, and O(n^3) of n
 * examples.
 *
 * @param examples - up to 2,000, of two labels or more, each of two texts or more.
 * @throws RangeError or TypeError that names the example or the option that is not right.
 * @example
 * ```js
 * const classifier = fewShot(model, [
 *   { text: "A fine film.", label: "good" }, { text: "Great fun.", label: "good" },
 *   { text: "Two lost hours.", label: "bad" }, { text: "Dull and long.", label: "bad" },
 * ]);
 * classifier.classify(["A fine hour."])[0].label;
 * ```
 */
export function fewShot(
  model: TextModel,
  examples: readonly LabelledText[],
  options: FewShotOptions = {},
): FewShotClassifier {
  const name = "fewShot";
  const defaults = { maxTokens: 128, batchSize: defaultBatchSize, seed: 0 };
  const settings = { ...defaults, ...checkedOptions(name, options, checks) };
  checkModel(name, model);
  const labels = labelsOf(name, examples);
  const classes = examples.map(({ label }) => labels.indexOf(label));
  const features = layerMeans(model, examples, settings);
  const gram = matmul(features, features, { transposeB: true });
  const evidence = crossValidate(gram, classes, labels.length, settings.seed);
  return new FewShotClassifier(
    model,
    labels,
    evidence,
    fitHead(features, gram, classes, labels.length),
    settings,
  );
}

/**
 * The labels in order. @throws RangeError or TypeError when examples are not enough, or not right.
 */
function labelsOf(name: string, examples: readonly LabelledText[]): string[] {
  checkTexts(name, "example", examples);
  const counts = new Map<string, number>();
  examples.forEach(({ label }, i) => {
    if (typeof label !== "string") refuse(name, `label of example ${i}`, label, "a string");
    counts.set(label, (counts.get(label) ?? 0) + 1);
  });
  if (counts.size < 2) {
    throw new RangeError(`${name}: there are ${counts.size} labels: there must be 2 or more`);
  }
  for (const [label, count] of counts) {
    if (count > 1) continue;
    throw new RangeError(
      `${name}: the label ${quote(label)} has 1 example: it must have 2 or more`,
    );
  }
  if (examples.length > mostExamples) {
    const is = describe(examples.length);
    throw new RangeError(
      `${name}: there are ${is} examples: at most ${mostExamples}; finetune takes more`,
    );
  }
  return [...counts.keys()].sort((a, b) => (a < b ? -1 : 1));
}

function fitHead(
  features: Matrix,
  gram: Matrix,
  classes: readonly number[],
  outputs: number,
): LinearHead {
  const { coefficients, intercepts, leftOut } = fitRidge(gram, oneHot(classes, outputs));
  const weights = matmul(features, coefficients, { transposeA: true });
  return { weights, intercepts, sharpness: sharpnessOf(leftOut, classes) };
}
