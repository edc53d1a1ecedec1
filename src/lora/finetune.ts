// Training of an adapter, or of an encoder, on labelled texts.

import { integer } from "../check/fields.js";
import { largestSize } from "../check/values.js";
import { log } from "../linalg/elementary.js";
import type { Matrix } from "../linalg/matrix.js";
import { adamw } from "../optim/adamw.js";
import { DivergenceError } from "../optim/divergence-error.js";
import { linearDecay, type Schedule } from "../optim/schedules.js";
import { addGradients, batchLoss, EncoderTraining } from "../transformer/encoder-training.js";
import { Head, type TextHead } from "../transformer/head.js";
import type { Loss } from "../transformer/losses.js";
import type { FloatArray } from "../wasm/index.js";
import { attach, factorName, type PlannedLayer } from "./adaptation.js";
import type { Adapter } from "./adapter.js";
import { Batches, evenParts } from "./batches.js";
import { defaultBatchSize } from "./check.js";
import { chooseRate, resultOf } from "./choose-rate.js";
import { type EncodedExample, encodeExamples, packExamples } from "./encoded-examples.js";
import {
  checkExamples,
  type Example,
  type FinetuneOptions,
  type FinetuneSettings,
  lossOf,
  readFinetuneOptions,
} from "./finetune-options.js";
import { checkDimensions, textsPerExample, weightOf } from "./loss.js";
import { type FinetuneProgress, mean } from "./rate-search.js";
import { readAdapter } from "./read-adapter.js";
import type { PartOfStep, Replica } from "./replica.js";
import { checkLayers, checkTensors, fingerprintOf } from "./resume.js";
import { readPredict, scoreTexts } from "./score-texts.js";
import { taskHead } from "./task-head.js";
import type { GivenTexts, TextInput } from "./text-input.js";
import { checkModel, type TextModel } from "./text-model.js";
import { decodeState, encodeState, type SavedTraining } from "./training-state.js";

/** AdamW as in the Deep LoRA paper: its tiny first gradients need this one. */
const adamEps = 1e-6;

/** Additions that the search has planned already: only the package makes them. */
export class Plan {
  constructor(readonly layers: readonly PlannedLayer[]) {}
}

/** One training run. The model is its own until it ends: `model.encoder.reset()` takes it back. */
export class Finetuning {
  readonly model: TextModel;
  readonly head: TextHead;
  readonly options: FinetuneSettings;
  readonly #layers: readonly PlannedLayer[];
  readonly #examples: readonly EncodedExample[];
  readonly #loss: Loss;
  readonly #training: EncoderTraining;
  readonly #rate: Schedule;
  readonly #batches: Batches;

  /**
   * Searches the rate unless it is given, which takes up to a third of the time of the run itself;
   * `finetune` shows how far it is.
   *
   * @throws RangeError when an option or a label is out of range, or the saved run is another;
   * TypeError when the model, a text, the method or the task is something else, or an option
   * unknown; DivergenceError when the loss is not finite at any rate that was tried.
   */
  constructor(
    model: TextModel,
    examples: readonly Example[],
    options: FinetuneOptions,
    /** @internal */
    plan?: Plan,
  ) {
    const { settings, resume, plan: found } = resultOf(withRate(model, examples, options));
    this.options = settings;
    const { task, seed, trainHead, learningRate, headLearningRate, weightDecay } = this.options;
    const { encoder } = model;
    this.model = model;
    encoder.reset();
    this.#loss = lossOf(this.options);
    checkDimensions("finetune", this.#loss, model);
    const textsPerRow = textsPerExample(this.#loss, examples[0].negative !== undefined);
    this.head = taskHead(model, task, { maxTokens: this.options.maxTokens, seed, textsPerRow });
    this.#examples = this.#encoded(examples);
    this.#batches = new Batches(examples.length, this.options.batchSize, seed);
    this.newTensors = resume === undefined ? this.head.names : [];
    const saved = resume && decodeState(resume, this.#fingerprint());
    if (saved) checkLayers(saved, encoder);
    // Of a caller's own arguments beyond the last one nothing is read.
    const { layers } = plan instanceof Plan ? plan : (found ?? {});
    this.#layers = saved?.layers ?? layers ?? this.#plan();
    attach(encoder, this.#layers);
    if (trainHead) {
      if (task.kind === "regression" && this.head instanceof Head) {
        const start = mean(this.#examples.flatMap(({ targets }) => targets));
        this.head.startAt(task.range === undefined ? start : logit(start));
      }
      for (const tensor of this.head.names) {
        encoder.parameters.train(tensor, headLearningRate / learningRate);
      }
    }
    for (const tensor of this.#ownTensors()) encoder.parameters.train(tensor);
    if (encoder.parameters.trained.length === 0) {
      throw new RangeError("finetune: nothing is trained: the head is frozen and nothing else is");
    }
    const { warmupShare, finalRateShare } = this.options;
    const steps = Math.max(1, this.options.steps);
    const warmup = Math.round(warmupShare * steps);
    const final = finalRateShare * learningRate;
    this.#rate = linearDecay({ learningRate, steps, warmup, final });
    const usual = () => adamw({ learningRate, weightDecay, epsilon: adamEps });
    const optimizer = this.options.method.optimizer?.() ?? usual();
    const drops = this.options.dropout ? { dropoutSeed: seed % 2 ** 32 } : {};
    this.#training = new EncoderTraining(encoder, this.head, optimizer, this.#loss, drops);
    if (saved) this.#restore(saved);
  }

  /**
   * Tensors of the head that begin at random, by Hugging Face's names: all of it, for a run starts
   * a head of its own, whatever the model brings; BERT's pooler is among them where the model has
   * none. None of a run that goes on.
   */
  readonly newTensors: readonly string[];

  /** AdamW's rate at its greatest, as it was given or found. */
  get learningRate(): number {
    return this.options.learningRate;
  }

  /** Steps done. */
  get stepCount(): number {
    return this.#training.stepCount;
  }

  /** Numbers that are trained, those of the head included. */
  get trainableParameters(): number {
    return this.model.encoder.parameters.trained.reduce(
      (sum, { tensor }) => sum + tensor.length,
      0,
    );
  }

  /**
   * The next update.
   *
   * @throws DivergenceError when the loss is not a finite number: the adapter of `adapter()` is
   * then of no use either, and what was saved before is.
   */
  step(): FinetuneProgress {
    const { batch, labels } = this.#batch(this.stepCount);
    const loss = this.#training.gradients(batch, labels);
    this.checkLoss(loss);
    this.#training.update(this.#rate(this.stepCount));
    return this.progress(loss);
  }

  /** What is reported of the step that is done. @internal */
  progress(loss: number): FinetuneProgress {
    const { steps: totalSteps, learningRate } = this.options;
    return { phase: "training", step: this.stepCount, totalSteps, loss, learningRate };
  }

  /**
   * The mean loss of labelled examples, such as some that the run does not train on.
   *
   * @throws RangeError or TypeError when there are none, or one of them does not fit the task.
   */
  lossOf(examples: readonly Example[]): number {
    const { task, batchSize } = this.options;
    checkExamples("lossOf", task, examples, this.#loss);
    const encoded = this.#encoded(examples, "lossOf");
    let sum = 0;
    for (let start = 0; start < encoded.length; start += batchSize) {
      const some = encoded.slice(start, start + batchSize);
      const { batch, labels } = this.#packed(some);
      const loss = batchLoss(this.model.encoder, this.head, batch, labels, this.#loss);
      sum += this.#weightOf(some) * loss;
    }
    return sum / this.#weightOf(encoded);
  }

  /** The additions as they started. @internal */
  get layers(): readonly PlannedLayer[] {
    return this.#layers;
  }

  /** @throws DivergenceError unless the loss is finite. @internal */
  checkLoss(loss: number): void {
    if (Number.isFinite(loss)) return;
    const { stepCount, options } = this;
    throw new DivergenceError("Finetuning", stepCount, loss, options.learningRate);
  }

  /** `partOfStep` of the parts `first` .. `end` - 1. @internal */
  partsOfStep(first: number, end: number, parts: number): PartOfStep[] {
    integer(1, largestSize)("partsOfStep", "parts", parts);
    integer(0, parts)("partsOfStep", "first", first);
    integer(first, parts)("partsOfStep", "end", end);
    return Array.from({ length: end - first }, (_, i) => this.partOfStep(first + i, parts));
  }

  /**
   * The gradients of one part of the next update's texts: parts are runs of neighbours with about
   * equally many tokens.
   *
   * @returns loss and gradients weighted by the part's share of the texts: they add up to the
   * whole.
   * @internal
   */
  partOfStep(part: number, parts: number): PartOfStep {
    const chosen = this.#chosen(this.stepCount);
    const partOf = evenParts(
      chosen.map(({ texts }) => texts.reduce((sum, { ids }) => sum + ids.length, 0)),
      parts,
    );
    const own = chosen.filter((_, i) => partOf[i] === part);
    const share = this.#weightOf(own) / this.#weightOf(chosen);
    const { parameters } = this.model.encoder;
    if (share === 0) {
      parameters.zeroGradients();
      return { loss: 0, gradients: parameters.readGradients() };
    }
    const { batch, labels } = this.#packed(own);
    const loss = share * this.#training.gradients(batch, labels, part);
    const gradients = parameters.readGradients();
    for (let i = 0; i < gradients.length; i++) gradients[i] *= share;
    return { loss, gradients };
  }

  /** The update by gradients that all parts have added up to. @internal */
  finishStep(gradients: FloatArray): void {
    this.model.encoder.parameters.writeGradients(gradients);
    this.#training.update(this.#rate(this.stepCount));
  }

  /** What another thread needs to become the same run: it can be cloned. @internal */
  replica(): Replica {
    const { method, ...options } = this.options;
    const { name, learningRate, settings = {} } = method;
    return {
      options: { ...options, resume: this.save() },
      method: { name, learningRate, settings, trainedTensors: this.#ownTensors() },
    };
  }

  /**
   * One row of scores a text: of the classes, the labels' probabilities, the predicted number, or
   * the similarity of a pair.
   *
   * @throws RangeError that names the text whose scores are not finite numbers.
   */
  predict(texts: GivenTexts, batchSize = defaultBatchSize): Matrix {
    return this.scores(readPredict(texts, batchSize), batchSize);
  }

  /** `predict` without its checks. @internal */
  scores(texts: readonly TextInput[], batchSize: number): Matrix {
    const { task, maxTokens } = this.options;
    return scoreTexts(this.model, this.head, task, texts, batchSize, maxTokens);
  }

  /**
   * What has been learned, apart from the model.
   *
   * @throws DivergenceError when the last update left every bound.
   */
  adapter(): Adapter {
    const { parameters } = this.model.encoder;
    for (const { tensor } of parameters.trained) {
      if (tensor.kernels.firstNonFinite(tensor.length, tensor.handle) >= 0) {
        throw new DivergenceError(
          "Finetuning",
          this.stepCount,
          Number.NaN,
          this.options.learningRate,
        );
      }
    }
    return readAdapter(this.model.encoder, {
      ...{ method: this.options.method, task: this.options.task, layers: this.#layers },
      ...{ head: this.head.names, tensors: this.#ownTensors() },
    });
  }

  /** Everything that a later run needs to go on to the same bits: give it as `resume`. */
  save(): Uint8Array<ArrayBuffer> {
    const { parameters } = this.model.encoder;
    const names = [
      ...parameters.trained.map(({ name }) => name),
      ...this.#layers.flatMap(({ name, factors }) => factors.map((_, i) => factorName(name, i))),
    ];
    return encodeState({
      fingerprint: this.#fingerprint(),
      stepCount: this.stepCount,
      layers: this.#layers,
      parameters: new Map([...new Set(names)].map((name) => [name, parameters.read(name)])),
      optimizer: this.#training.optimizerState(),
    });
  }

  #restore(saved: SavedTraining): void {
    checkTensors(saved, this.model.encoder);
    for (const [name, data] of saved.parameters) this.model.encoder.parameters.write(name, data);
    this.#training.restore(saved.optimizer, saved.stepCount);
  }

  /** The method's additions; Deep LoRA looks at the first batches, which nothing changes. */
  #plan(): PlannedLayer[] {
    const { encoder } = this.model;
    return this.options.method.plan(encoder, (layers, visit, examples = 1) => {
      const batches = this.#batches.covering(examples);
      for (let step = 0; step < batches; step++) {
        const { batch, labels } = this.#batch(step);
        const backward = () => addGradients(encoder, this.head, batch, labels, this.#loss);
        encoder.visitWeightGradients(layers, backward, (layer, gradient) =>
          visit(layer, gradient, 1 / batches),
        );
      }
    });
  }

  #batch(step: number) {
    return this.#packed(this.#chosen(step));
  }

  #chosen(step: number): EncodedExample[] {
    return this.#batches.at(step).map((i) => this.#examples[i]);
  }

  #encoded(examples: readonly Example[], name = "finetune"): EncodedExample[] {
    return encodeExamples(name, this.model, this.head, examples, this.options);
  }

  /** How much some examples count together, in the mean that the loss is. */
  #weightOf(examples: readonly EncodedExample[]): number {
    return examples.reduce((sum, { targets }) => sum + weightOf(this.#loss, targets), 0);
  }

  #packed(chosen: readonly EncodedExample[]) {
    return packExamples(this.model.encoder.config, chosen);
  }

  /**
   * Tensors of the encoder that the method trains; whether the head is trained is another choice.
   */
  #ownTensors(): string[] {
    const { names } = this.head;
    const all = this.options.method.trainedTensors(this.model.encoder);
    return all.filter((name) => !names.includes(name));
  }

  #fingerprint(): string {
    return fingerprintOf(this.options, this.model, this.#examples);
  }
}

/** The score whose sigmoid is a share, kept off the ends where it has none. */
function logit(share: number): number {
  const inner = Math.min(0.99, Math.max(0.01, share));
  return log(inner / (1 - inner));
}

/** What a run is made of, once it has a rate. @internal */
export interface Prepared {
  settings: FinetuneSettings;
  resume: Uint8Array | undefined;
  /** Where the search has planned the additions. */
  plan?: Plan;
}

/** The run of which this is a replica. @internal */
export function runOf(
  model: TextModel,
  examples: readonly Example[],
  { options, method }: Replica,
): Finetuning {
  return new Finetuning(model, examples, {
    ...options,
    // The saved run holds the additions: nothing is planned.
    method: { ...method, plan: () => [], trainedTensors: () => method.trainedTensors },
  });
}

/** Makes runs whose rate is known. @internal */
export const makeRun =
  (model: TextModel) =>
  (
    examples: readonly Example[],
    settings: FinetuneSettings,
    planned?: readonly PlannedLayer[],
  ): Finetuning =>
    new Finetuning(model, examples, settings, planned && new Plan(planned));

/** Searches the rate of a run where none is given. @internal */
export function* withRate(
  model: TextModel,
  examples: readonly Example[],
  options: FinetuneOptions,
): Generator<FinetuneProgress, Prepared> {
  checkModel("finetune", model);
  const { settings, resume, searched } = readFinetuneOptions(options, examples);
  if (!searched) return { settings, resume };
  const { layers, ...chosen } = yield* chooseRate(model, examples, settings, makeRun(model));
  return { resume, ...chosen, ...(layers && { plan: new Plan(layers) }) };
}

/**
 * Fine-tunes step by step: an iterator of progress that returns the run, from which the adapter and
 * predictions are taken. Where no rate is given it is searched first. Leave the loop to stop early;
 * `Finetuning` itself has the same in a class.
 *
 * @throws as `Finetuning`, with the first step.
 */
export function* finetune(
  model: TextModel,
  examples: readonly Example[],
  options: FinetuneOptions,
): Generator<FinetuneProgress, Finetuning> {
  const { settings, resume, plan } = yield* withRate(model, examples, options);
  const run = new Finetuning(model, examples, { ...settings, ...(resume && { resume }) }, plan);
  while (run.stepCount < run.options.steps) yield run.step();
  return run;
}
