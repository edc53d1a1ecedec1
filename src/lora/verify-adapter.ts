import { boundedRange } from "../bounds/bounded-range.js";
import { type Judgement, judged } from "../bounds/judgement.js";
import { integer, seed, share } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { plainBytes } from "../formats/bytes.js";
import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import type { Adapter } from "./adapter.js";
import {
  type AdapterSetting,
  type CertifiedTask,
  decodeAdapterCertificate,
} from "./adapter-certificate.js";
import { adapterChecksum, decodedAdapter } from "./certified-start.js";
import { refuse } from "./check.js";
import { decisions } from "./decisions.js";
import { checkExamples, type Example } from "./finetune-options.js";
import type { Label } from "./task-labels.js";
import { checkModel, type TextModel } from "./text-model.js";
import { useAdapter } from "./use-adapter.js";

/** What was found out about an adapter's certificate. */
export interface AdapterReport extends Omit<Judgement, "bounds"> {
  /**
   * What `error`, `bound` and `constant` are: the share of wrong texts, or of similarities the mean
   * squared difference, which is at most 4.
   */
  readonly measure: "error rate" | "squared error";
  /** Texts that the error was measured on: `samples`, or fewer that were drawn from them. */
  readonly evaluated: number;
  /** The same evidence under each bound that it allows. Each holds by itself, not the smallest. */
  readonly bounds: Readonly<
    Partial<Record<"catoni" | "klInverse" | "mcallester" | "occam" | "boundedRange", number>>
  >;
  /** The error of the best constant answer: the commonest class, set of labels, or the mean. */
  readonly constant: number;
  /** Whether the bound says no more than what answers at random, or a cosine of 0, reach. */
  readonly vacuous: boolean;
  /** What the file says about the adapter. */
  readonly setting: AdapterSetting;
  /** The decoded adapter. */
  readonly adapter: Adapter;
  /** CRC-32 of its numbers: equal on every engine. */
  readonly checksum: number;
}

export interface VerifyAdapterOptions {
  /** The probability that a bound is wrong. @defaultValue 0.05 */
  delta?: number;
  /**
   * How many of the examples the error is measured on, drawn at random. The bound pays for the
   * others, by `boundedRange`. @defaultValue all
   */
  evaluated?: number;
  /** Of the draw: one that the maker of the certificate did not know. @defaultValue 0 */
  seed?: number;
}

const checks: OptionChecks<VerifyAdapterOptions> = { delta: share, evaluated: integer(1), seed };

/**
 * Decodes a certificate to the adapter that it is, measures the adapter's error on the examples, and
 * computes the bounds anew. Nothing in the file is believed: it holds neither errors nor bounds. Costs a
 * forward pass over the examples.
 *
 * The error of classes is the share of wrong ones; of several labels, of texts with a wrong one among
 * them; of similarities (cosine - label)^2.
 *
 * @param file - what `certifyAdapter` gave.
 * @param model - the one that the adapter was trained on, in f32. It is left without an adapter.
 * @param examples - those of the training, or others that the adapter was not chosen by.
 * @throws ModelFileError when the file is damaged, no certificate of an adapter, or of another model;
 *   RangeError or TypeError when an example does not fit the task, or an option is out of range.
 */
export function verifyAdapter(
  file: Uint8Array,
  model: TextModel,
  examples: readonly Example[],
  options: VerifyAdapterOptions = {},
): AdapterReport {
  const name = "verifyAdapter";
  const { delta = 0.05, evaluated, seed = 0 } = checkedOptions(name, options, checks);
  const bytes = plainBytes(name, "file", file);
  checkCertified(name, model);
  const contents = decodeAdapterCertificate(name, bytes);
  const { setting, bits, fileBits } = contents;
  const { task, maxTokens } = setting;
  checkExamples(name, task, examples);
  if (evaluated !== undefined && evaluated > examples.length) {
    throw new RangeError(
      `${name}: evaluated is ${evaluated} and there are ${examples.length} examples: ` +
        "no more can be evaluated than there are",
    );
  }
  const adapter = decodedAdapter(model, contents);
  const order = randomPermutation(examples.length, seed, streams.evaluatedTexts.first);
  const some = evaluated === undefined ? examples : pick(examples, order.subarray(0, evaluated));
  const range = task.kind === "similarity" ? 4 : 1;
  const answers = decisions(useAdapter(model, adapter, maxTokens).predict(some), task);
  model.encoder.reset();
  const loss = meanLoss(
    task,
    answers,
    some.map(({ label }) => label!),
  );
  const samples = examples.length;
  const whole = judged({ error: loss / range, samples, bits, fileBits }, delta);
  const evidence = { loss, range, samples, delta, ...(evaluated && { evaluated }) };
  const bounded = (count: number) => boundedRange({ ...evidence, nats: count * Math.LN2 });
  const scaled = Object.entries(whole.bounds).map(([bound, value]) => [bound, range * value]);
  const bounds = { ...(evaluated ? {} : Object.fromEntries(scaled)), boundedRange: bounded(bits) };
  const bound = evaluated ? bounds.boundedRange : range * whole.bound;
  return {
    ...{ error: loss, samples, evaluated: some.length, bits, bound, bounds, fileBits },
    fileBound: evaluated ? bounded(fileBits) : range * whole.fileBound,
    measure: task.kind === "similarity" ? "squared error" : "error rate",
    constant: constantLoss(
      task,
      examples.map(({ label }) => label!),
    ),
    vacuous: bound >= chance(task),
    ...{ setting, adapter, checksum: adapterChecksum(adapter) },
  };
}

/** @throws TypeError when it is not a model, or one that does not compute in f32. */
export function checkCertified(name: string, model: TextModel): void {
  checkModel(name, model);
  if (model.encoder.dtype === "f32") return;
  refuse(name, "dtype of the model", model.encoder.dtype, '"f32", as certificates are computed in');
}

const pick = <T>(from: readonly T[], places: Int32Array): T[] => Array.from(places, (i) => from[i]);

/** A label as something that can be compared. */
const key = (label: Label) => String([label].flat().sort((a, b) => a - b));

/** The mean of what answers cost. */
function meanLoss(
  task: CertifiedTask,
  answers: readonly Label[],
  labels: readonly Label[],
): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const difference = Number(answers[i]) - Number(labels[i]);
    if (task.kind === "similarity") sum += difference * difference;
    else if (key(answers[i]) !== key(labels[i])) sum++;
  }
  return sum / labels.length;
}

/** What the best answer costs that is the same for all texts. */
function constantLoss(task: CertifiedTask, labels: readonly Label[]): number {
  if (task.kind === "similarity") {
    const mean =
      (labels as readonly number[]).reduce((sum, label) => sum + label, 0) / labels.length;
    return meanLoss(
      task,
      labels.map(() => mean),
      labels,
    );
  }
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(key(label), (counts.get(key(label)) ?? 0) + 1);
  return 1 - Math.max(...counts.values()) / labels.length;
}

/** What needs no model: the loss of answers at random, or of a cosine of 0. */
function chance(task: CertifiedTask): number {
  if (task.kind === "similarity") return 1;
  if (task.kind === "classification") return 1 - 1 / task.labels.length;
  return 1 - task.labels.reduce((share) => share / 2, 1);
}
