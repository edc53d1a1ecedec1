// A classifier of texts from a few dozen labelled ones, in one call.

import { describe, quote } from "../check/describe.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkInteger, checkSeed } from "../check/values.js";
import { matmul } from "../linalg/matmul.js";
import type { Matrix } from "../linalg/matrix.js";
import { checkBatchSize, defaultBatchSize, refuse } from "./check.js";
import { crossValidate, type FewShotEvidence, oneHot } from "./few-shot-evidence.js";
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
/** What `fewShot` gives: texts in, labels out. It reads the model and never changes it. */
export class FewShotClassifier {
  readonly #model: TextModel;
  readonly #fit: Fit;
  readonly #options: Required<FewShotOptions>;

  /** @internal */
  constructor(
    model: TextModel,
    /** The labels, in order. */
    readonly labels: readonly string[],
    /** What cross-validation says of it. */
    readonly evidence: FewShotEvidence,
    fit: Fit,
    options: Required<FewShotOptions>,
  ) {
    this.#model = model;
    this.#fit = fit;
    this.#options = options;
  }

  /**
   * The label of each text, with calibrated probabilities.
   *
   * @throws TypeError when one of them is neither a string nor `{ text }` nor `{ text, pair }`.
   */
  classify(texts: GivenTexts): Classified[] {
    const inputs = readTexts("classify", "text", texts);
    if (inputs.length === 0) return [];
    const features = featuresOf(this.#model, inputs, this.#options);
    const { weights, intercepts, sharpness } = this.#fit;
    const scores = matmul(features, weights);
    return Array.from({ length: scores.rows }, (_, i) => {
      const row = Array.from(scores.row(i), (score, c) => score + intercepts[c]);
      const probabilities = softmax(row, sharpness);
      const best = row.indexOf(Math.max(...row));
      return { label: this.labels[best], probability: probabilities[best], probabilities };
    });
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
  const features = featuresOf(model, examples, settings);
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

function featuresOf(
  model: TextModel,
  texts: readonly TextInput[],
  settings: Required<FewShotOptions>,
): Matrix {
  return layerMeans(model, texts, settings);
}

/** A linear head. */
interface Fit {
  /** Features x labels. */
  readonly weights: Matrix;
  readonly intercepts: readonly number[];
  /** Multiplies the scores before the softmax. */
  readonly sharpness: number;
}

function fitHead(features: Matrix, gram: Matrix, classes: readonly number[], outputs: number): Fit {
  const { coefficients, intercepts, leftOut } = fitRidge(gram, oneHot(classes, outputs));
  const weights = matmul(features, coefficients, { transposeA: true });
  return { weights, intercepts, sharpness: sharpnessOf(leftOut, classes) };
}
