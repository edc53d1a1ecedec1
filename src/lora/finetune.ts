// Training of an adapter, or of an encoder, on labelled texts.

import { crc32 } from "../formats/checksum.js";
import { Matrix } from "../linalg/matrix.js";
import { adamw } from "../optim/adamw.js";
import { DivergenceError } from "../optim/divergence-error.js";
import { constantRate, linearDecay, type Schedule } from "../optim/schedules.js";
import { packBatch, type TokenSequence } from "../transformer/batch.js";
import { addGradients, EncoderTraining, type LossName } from "../transformer/encoder-training.js";
import { Head, type TextHead } from "../transformer/head.js";
import type { FloatArray } from "../wasm/index.js";
import { type Adaptation, attach, factorName, type PlannedLayer } from "./adaptation.js";
import type { Adapter } from "./adapter.js";
import { Batches, evenParts } from "./batches.js";
import {
  type Example,
  type FinetuneOptions,
  type FinetuneSettings,
  readFinetuneOptions,
} from "./finetune-options.js";
import type { MethodName } from "./methods.js";
import { checkLayers, checkTensors, weightsSample } from "./resume.js";
import { checkPredict, scoreTexts } from "./score-texts.js";
import { encodedTexts, taskHead, tokensOf } from "./task-head.js";
import { lossOf, targetsOf } from "./task-labels.js";
import type { TextInput } from "./text-input.js";
import { checkModel, type TextModel } from "./text-model.js";
import { decodeState, encodeState, type SavedTraining } from "./training-state.js";

export interface FinetuneProgress {
  /** From 1. */
  step: number;
  /** Mean over the batch, before the step. */
  loss: number;
}

/** @internal */
export interface PartOfStep {
  loss: number;
  gradients: FloatArray;
}

/** @internal */
export interface Replica {
  options: Omit<FinetuneOptions, "method">;
  method: Pick<Adaptation, "name" | "learningRate" | "settings"> & { trainedTensors: string[] };
}

/** AdamW as in the Deep LoRA paper: its tiny first gradients need this one. */
const adamEps = 1e-6;

/** One training run. The model is its own until it ends: `model.encoder.reset()` takes it back. */
export class Finetuning {
  readonly model: TextModel;
  readonly head: TextHead;
  readonly options: FinetuneSettings;
  readonly #layers: readonly PlannedLayer[];
  /** What the encoder sees of each example: one sequence, or two that are compared. */
  readonly #texts: readonly (readonly TokenSequence[])[];
  /** What the loss is taken against, of each example: one number, or one for each label. */
  readonly #labels: readonly (readonly number[])[];
  readonly #loss: LossName;
  readonly #training: EncoderTraining;
  readonly #rate: Schedule;
  readonly #batches: Batches;

  /**
   * @throws RangeError when an option or a label is out of range, or the saved run is another;
   * TypeError when the model, a text, the method or the task is something else, or an option
   * unknown.
   */
  constructor(model: TextModel, examples: readonly Example[], options: FinetuneOptions) {
    const name = "finetune";
    checkModel(name, model);
    const { settings, resume } = readFinetuneOptions(options, examples);
    this.options = settings;
    const { task, seed, trainHead, learningRate, headLearningRate, weightDecay } = this.options;
    const { encoder } = model;
    this.model = model;
    encoder.reset();
    const { maxTokens } = this.options;
    this.head = taskHead(model, task, { maxTokens, seed });
    this.#texts = encodedTexts(name, this.head, examples, "example").map((texts) =>
      texts.map((text) => tokensOf(model, this.head, text, maxTokens)),
    );
    this.#labels = examples.map(({ label }) => targetsOf(task, label));
    this.#loss = lossOf(task);
    this.#batches = new Batches(examples.length, this.options.batchSize, seed);
    this.newTensors = resume === undefined ? this.head.names : [];
    const saved = resume && decodeState(resume, this.#fingerprint());
    if (saved) checkLayers(saved, encoder);
    this.#layers = saved ? saved.layers : this.#plan();
    attach(encoder, this.#layers);
    if (trainHead) {
      if (task.kind === "regression" && this.head instanceof Head) {
        this.head.startAt(mean(this.#labels.flat()));
      }
      for (const tensor of this.head.names) {
        encoder.parameters.train(tensor, headLearningRate / learningRate);
      }
    }
    for (const tensor of this.#ownTensors()) encoder.parameters.train(tensor);
    if (encoder.parameters.trained.length === 0) {
      throw new RangeError("finetune: nothing is trained: the head is frozen and nothing else is");
    }
    const { steps, finalRateShare } = this.options;
    this.#rate =
      finalRateShare === 1
        ? constantRate(learningRate)
        : linearDecay({ learningRate, steps, final: finalRateShare * learningRate });
    const optimizer = adamw({ learningRate, weightDecay, epsilon: adamEps });
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
    return { step: this.stepCount, loss };
  }

  /** @throws DivergenceError unless the loss is finite. @internal */
  checkLoss(loss: number): void {
    if (Number.isFinite(loss)) return;
    const { stepCount, options } = this;
    throw new DivergenceError("Finetuning", stepCount, loss, options.learningRate);
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
    const chosen = this.#batches.at(this.stepCount);
    const partOf = evenParts(
      chosen.map((i) => this.#texts[i].reduce((sum, { ids }) => sum + ids.length, 0)),
      parts,
    );
    const own = chosen.filter((_, i) => partOf[i] === part);
    const share = own.length / chosen.length;
    const { parameters } = this.model.encoder;
    if (own.length === 0) {
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
  predict(texts: readonly TextInput[], batchSize = 32): Matrix {
    checkPredict(texts, batchSize);
    return this.scores(texts, batchSize);
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
    const { method, task } = this.options;
    const layers = this.#layers.map(({ name, factors, scale }) => ({
      name,
      scale,
      factors: factors.map(({ matrix }, i) => {
        const data = parameters.read(factorName(name, i));
        return new Matrix(matrix.rows, matrix.cols, data).astype("f32");
      }),
    }));
    const read = (name: string) => {
      const { rows, cols } = parameters.get(name);
      const shape = /\.bias$|norm\.weight$/i.test(name) ? [cols] : [rows, cols];
      return { shape, data: Float32Array.from(parameters.read(name)) };
    };
    const head = new Map(this.head.names.map((name) => [name, read(name)]));
    const tensors = new Map(this.#ownTensors().map((name) => [name, read(name)]));
    const { family } = this.model.encoder.config;
    // That of a method of the caller's own is saved as LoRA is.
    return { method: method.name as MethodName, task, family, layers, head, tensors };
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
    return this.#packed(this.#batches.at(step));
  }

  #packed(chosen: readonly number[]) {
    const texts = chosen.flatMap((i) => this.#texts[i]);
    return {
      batch: packBatch(this.model.encoder.config, texts),
      labels: chosen.flatMap((i) => this.#labels[i]),
    };
  }

  /**
   * Tensors of the encoder that the method trains; whether the head is trained is another choice.
   */
  #ownTensors(): string[] {
    const { names } = this.head;
    const all = this.options.method.trainedTensors(this.model.encoder);
    return all.filter((name) => !names.includes(name));
  }

  /** What a saved run must have in common with this one. */
  #fingerprint(): string {
    const { method, task, ...rest } = this.options;
    const { steps, ...numbers } = rest;
    const { config, dtype } = this.model.encoder;
    const ofMethod = Object.entries(method.settings ?? {});
    const bytes = new TextEncoder().encode(
      JSON.stringify(
        this.#texts.map((texts, i) => [
          ...texts.map(({ ids }) => Array.from(ids)),
          ...this.#labels[i],
        ]),
      ),
    );
    return JSON.stringify({
      ...{ method: method.name, task, ...numbers, dtype, config },
      ...Object.fromEntries(ofMethod.map(([key, value]) => [`${method.name} ${key}`, value])),
      weights: weightsSample(this.model.files),
      // A rate that stays does not know how long the run is: it may be made longer.
      steps: numbers.finalRateShare === 1 ? "any" : steps,
      examples: `${this.#texts.length} with checksum ${crc32(bytes)}`,
    });
  }
}

/**
 * Fine-tunes step by step: an iterator of progress that returns the run, from which the adapter and
 * predictions are taken. Leave the loop to stop early; `Finetuning` itself has the same in a class.
 *
 * @throws as `Finetuning`, with the first step.
 */
export function* finetune(
  model: TextModel,
  examples: readonly Example[],
  options: FinetuneOptions,
): Generator<FinetuneProgress, Finetuning> {
  const run = new Finetuning(model, examples, options);
  while (run.stepCount < run.options.steps) yield run.step();
  return run;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
