import { freeCoefficients, roundedCoefficients } from "../bounds/coefficients.js";
import { anything, boolean, integer, seed, share, word } from "../check/fields.js";
import { checkedOptions, type OptionChecks } from "../check/options.js";
import { checkPositive, largestSize } from "../check/values.js";
import type { Range } from "../maps/gaussian.js";
import {
  type AdapterSetting,
  type CertifiedMethod,
  type CertifiedTask,
  certifiedMethods,
  encodeAdapterCertificate,
  settingFault,
} from "./adapter-certificate.js";
import { dimensionFault, methodOf, modelChecksum, trainedNumbers } from "./certified-start.js";
import { checkTask, refuse } from "./check.js";
import { Finetuning, finetune } from "./finetune.js";
import { checkExamples, type Example, finetuneDefaults } from "./finetune-options.js";
import type { FinetuneProgress } from "./rate-search.js";
import { inSubspace } from "./subspace-training.js";
import { type Targets, targetedLayers } from "./targets.js";
import type { TextModel } from "./text-model.js";
import { type AdapterReport, checkCertified, verifyAdapter } from "./verify-adapter.js";

export interface CertifyAdapterOptions {
  /** What the labels are. Not a regression: its errors have no bound. */
  task: CertifiedTask;
  /** Updates before the coefficients are quantized. */
  steps: number;
  /**
   * What moves: LoRA's factors, Deep LoRA's between bases of the seed, or the head alone.
   * @defaultValue "lora"
   */
  method?: CertifiedMethod;
  /** Width of the additions. @defaultValue 8 */
  rank?: number;
  /** @defaultValue all linear layers but the pooler */
  targets?: Targets;
  /** Whether the head moves, too. @defaultValue true */
  trainHead?: boolean;
  /**
   * How many coefficients describe the adapter: a square where little more than a square of numbers is
   * trained. @defaultValue the largest square up to 400 and to what is trained
   */
  dimension?: number;
  /** Numbers that a coefficient can be, 2 .. 256. @defaultValue 5 */
  levels?: number;
  /**
   * How many settings were tried on these examples, of which this one is kept: log2 of it is paid.
   * @defaultValue 1
   */
  choices?: number;
  /** Texts in an update. @defaultValue 16 */
  batchSize?: number;
  /** Of the coefficients, at its greatest, as `finetune` has it. @defaultValue "search" */
  learningRate?: number | "search" | "usual";
  /** Updates after that, through the quantizer. @defaultValue a quarter of the steps */
  tuningSteps?: number;
  /** Longer texts are cut. @defaultValue 128 */
  maxTokens?: number;
  /** Of additions, head, map and order of the texts. @defaultValue 0 */
  seed?: number;
  /** The probability that the bound is wrong. @defaultValue 0.05 */
  delta?: number;
}

const checks: OptionChecks<CertifyAdapterOptions> = {
  task: anything as OptionChecks<CertifyAdapterOptions>["task"],
  steps: integer(0),
  method: word(certifiedMethods),
  rank: integer(1, 65536),
  targets: anything as OptionChecks<CertifyAdapterOptions>["targets"],
  trainHead: boolean,
  dimension: integer(1, largestSize),
  levels: integer(2, 256),
  choices: integer(1),
  batchSize: integer(1),
  learningRate: (name, what, rate) => {
    if (rate !== "search" && rate !== "usual") checkPositive(name, what, rate);
  },
  tuningSteps: integer(0),
  maxTokens: integer(1, largestSize),
  seed,
  delta: share,
};

/** A trained adapter as a file, and what the file proves. */
export interface CertifiedAdapter extends AdapterReport {
  /** The certificate, which is the adapter: some hundred bytes. */
  readonly file: Uint8Array<ArrayBuffer>;
}

/** One update. */
export interface CertifyAdapterProgress extends Omit<FinetuneProgress, "phase"> {
  /** As in `finetune`; "tuning": through the quantizer. */
  readonly phase: FinetuneProgress["phase"] | "tuning";
}

/** A square, so that the columns of the map are orthonormal. */
const usualDimension = 400;
/** Of the coefficients: that of the median of few runs, from which the search starts. */
const usualRate = 0.03;
/** The rates through the quantizer, over that before. */
const [tuningShare, codebookShare] = [0.4, 0.1];

/**
 * Fine-tunes an adapter that is described by few bits, and proves how often it errs on new texts:
 * everything that is trained, head included, is phi0(seed) + P(seed) w, with w of `dimension`
 * coefficients, each one of `levels` numbers (SubLoRA: Lotfi, Finzi, Kuang et al. 2024). The file that
 * comes out is the adapter; {@link verifyAdapter} decodes it and computes the bound from it, as this
 * function does.
 *
 * The bound holds for texts that are drawn independently, and for a model and settings that do not
 * depend on them, except for the `choices` that are paid for. So Deep LoRA has bases of the seed, not of
 * the gradient.
 *
 * @throws RangeError when an option or a label is out of range; TypeError when the model, a text or the
 *   task is something else, an option unknown, or the task a regression; DivergenceError when the loss is
 *   not finite.
 */
export function certifyAdapter(
  model: TextModel,
  examples: readonly Example[],
  options: CertifyAdapterOptions,
): CertifiedAdapter {
  const run = adapterCertification(model, examples, options);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
  }
}

/**
 * The same, step by step: an iterator that yields the loss before each update, and returns what
 * `certifyAdapter` does.
 *
 * @throws as {@link certifyAdapter}: all but a loss that is not finite before the first update.
 */
export function adapterCertification(
  model: TextModel,
  examples: readonly Example[],
  options: CertifyAdapterOptions,
): Generator<CertifyAdapterProgress, CertifiedAdapter> {
  const name = "certifyAdapter";
  checkCertified(name, model);
  const wanted = "an object with task and steps";
  const read = checkedOptions(name, options, checks, wanted, "task", "steps");
  const { task, steps, delta = 0.05, batchSize, learningRate } = read;
  const { tuningSteps = Math.ceil(steps / 4) } = read;
  checkTask(name, task);
  if ((task.kind as string) === "regression") {
    const wanted = "classification, multi-label or similarity, whose errors are bounded";
    refuse(name, "kind of task", task.kind, wanted);
  }
  checkExamples(name, task, examples);
  const setting = settingOf(name, model, read);
  const { trainHead, maxTokens, seed } = setting;
  const common = { task, trainHead, maxTokens, seed, ...(batchSize && { batchSize }) };
  const method = methodOf(model, setting);
  return (function* run() {
    const free = inSubspace(method, setting, usualRate, (job) =>
      freeCoefficients(job, setting.dimension),
    );
    const first = yield* finetune(model, examples, {
      ...{ ...common, method: free.method, steps },
      ...(learningRate && { learningRate }),
    });
    const start = free.coefficients().values.read();
    const rate = tuningShare * first.learningRate;
    const rounded = inSubspace(method, setting, rate, (job) =>
      roundedCoefficients(job, start, {
        ...{ levels: setting.levels, codebook: "kmeans" },
        codebookScale: codebookShare / tuningShare,
      }),
    );
    const tuned = { method: rounded.method, steps: tuningSteps, learningRate: rate };
    const second = new Finetuning(model, examples, { ...common, ...tuned, warmupShare: 0 });
    while (second.stepCount < tuningSteps) yield { ...second.step(), phase: "tuning" as const };
    const file = encodeAdapterCertificate(setting, rounded.coefficients().quantized());
    return { file, ...verifyAdapter(file, model, examples, { delta }) };
  })();
}

/** @throws RangeError when the options do not fit together, or the model. */
function settingOf(name: string, model: TextModel, options: CertifyAdapterOptions): AdapterSetting {
  const { task, method = "lora", seed = finetuneDefaults.seed, trainHead = true } = options;
  const { maxTokens = finetuneDefaults.maxTokens, levels = 5, choices = 1 } = options;
  const additions = method !== "head";
  const rank = additions ? (options.rank ?? 8) : 0;
  const { linearNames } = model.encoder;
  const chosen = additions ? targetedLayers(model.encoder, options.targets) : [];
  const layers = runsOf(chosen.map((layer) => linearNames.indexOf(layer)));
  const start = { task, method, rank, layers, trainHead, maxTokens, seed };
  const checksum = { modelChecksum: modelChecksum(model), choices, levels };
  // A dimension that is not known yet is in nobody's way.
  const fault = settingFault({ ...start, ...checksum, dimension: options.dimension ?? 1 });
  if (fault !== undefined) throw new RangeError(`${name}: ${fault}`);
  const size = named(name, () => trainedNumbers(model, start));
  const root = Math.floor(Math.sqrt(Math.min(size, usualDimension)));
  const dimension = options.dimension ?? root * root;
  const misfit = dimensionFault(size, dimension);
  if (misfit !== undefined) throw new RangeError(`${name}: ${misfit}`);
  return { ...start, ...checksum, dimension };
}

/** What is refused on the way, under the function's name. */
function named<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${name}: ${error.message.replace(/^\w+: /, "")}`);
  }
}

/** Ascending integers as runs of neighbours. */
function runsOf(integers: readonly number[]): Range[] {
  const runs: [number, number][] = [];
  for (const i of integers) {
    const last = runs.at(-1);
    if (last?.[1] === i) last[1]++;
    else runs.push([i, i + 1]);
  }
  return runs;
}
