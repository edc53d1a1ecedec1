// The search of a fine-tuning run's learning rate: short runs on a few of its examples.

import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import type { FloatArray } from "../wasm/index.js";
import type { PlannedLayer } from "./adaptation.js";
import type { Example, FinetuneSettings } from "./finetune-options.js";
import {
  type FinetuneProgress,
  type SearchSize,
  searchRate,
  searchSize,
  type Trial,
  type TrialSettings,
} from "./rate-search.js";
import type { TextModel } from "./text-model.js";

/** What the search asks of a run. */
interface ShortRun {
  readonly layers: readonly PlannedLayer[];
  step(): { loss: number };
  lossOf(examples: readonly Example[]): number;
}

/** Makes a run on some of the examples. */
export type MakeRun = (
  examples: readonly Example[],
  settings: FinetuneSettings,
  planned?: readonly PlannedLayer[],
) => ShortRun;

/** The short runs before a run. The model is left as it was by `restore`. */
export class RateSearch {
  readonly size: SearchSize;
  /** The additions as all runs start with them. */
  readonly layers: readonly PlannedLayer[];
  readonly #own: readonly { name: string; data: FloatArray }[];
  readonly #shuffled: readonly Example[];
  readonly #reversed: readonly Example[];

  private constructor(
    readonly model: TextModel,
    readonly settings: FinetuneSettings,
    readonly run: MakeRun,
    { size, layers, own, shuffled }: Plans,
  ) {
    this.size = size;
    this.layers = layers;
    this.#own = own;
    this.#shuffled = shuffled;
    this.#reversed = [...shuffled].reverse();
  }

  /**
   * The additions are planned once, for the run, and every short run starts with them.
   *
   * @param planned - the additions, where they are known.
   * @returns what was planned, where the run is too short to search its rate, or trains nothing at it.
   */
  static prepare(
    model: TextModel,
    examples: readonly Example[],
    settings: FinetuneSettings,
    run: MakeRun,
    planned?: readonly PlannedLayer[],
  ): RateSearch | { layers?: readonly PlannedLayer[] } {
    const { method, seed } = settings;
    const size = searchSize(settings.steps, settings.batchSize, examples.length);
    if (size === undefined) return {};
    const { encoder } = model;
    const { parameters } = encoder;
    encoder.reset();
    // Where the method trains the encoder's own tensors, short runs change them.
    const own = method
      .trainedTensors(encoder)
      .filter((name) => parameters.has(name))
      .map((name) => ({ name, data: parameters.read(name) }));
    const { layers } = planned ? { layers: planned } : run(examples, settings);
    const headAlone = layers.length === 0 && own.length === 0;
    if (headAlone && !method.optimizer) return { layers };
    const order = randomPermutation(examples.length, seed, streams.rateSearch.first);
    const shuffled = Array.from(order, (i) => examples[i]);
    return new RateSearch(model, settings, run, { size, layers, own, shuffled });
  }

  /** The search that another thread has prepared before the run. @throws Error where it has not. */
  static again(
    model: TextModel,
    examples: readonly Example[],
    { options, layers }: { options: FinetuneSettings; layers: readonly PlannedLayer[] },
    run: MakeRun,
  ): RateSearch {
    const search = RateSearch.prepare(model, examples, options, run, layers);
    if (search instanceof RateSearch) return search;
    throw new Error("finetune: there is no rate to search");
  }

  /** Starts a short run; only the last one is alive. */
  start({ learningRate, steps, heldOut, fold }: TrialSettings): Trial {
    this.restore();
    const { batchSize } = this.size;
    const from = fold === 0 ? this.#shuffled : this.#reversed;
    const seen = from.slice(heldOut, heldOut + Math.max(heldOut, steps * batchSize));
    const settings = { ...this.settings, learningRate, steps, batchSize };
    const short = this.run(seen, settings, this.layers);
    const lossOf = (example: Example) => short.lossOf([example]);
    return {
      step: () => short.step().loss,
      judge: () => ({
        trained: seen.slice(0, heldOut).map(lossOf),
        heldOut: from.slice(0, heldOut).map(lossOf),
      }),
    };
  }

  /** The model as it was. */
  restore(): void {
    const { encoder } = this.model;
    for (const { name, data } of this.#own) encoder.parameters.write(name, data);
    encoder.reset();
  }
}

interface Plans {
  size: SearchSize;
  layers: readonly PlannedLayer[];
  own: readonly { name: string; data: FloatArray }[];
  shuffled: readonly Example[];
}

/**
 * Chooses the rate of a run.
 *
 * @returns the settings with the rate, and the additions; the method's usual rate where the run is
 * too short to search it, or trains nothing at this rate.
 */
export function* chooseRate(
  model: TextModel,
  examples: readonly Example[],
  settings: FinetuneSettings,
  run: MakeRun,
): Generator<FinetuneProgress, { settings: FinetuneSettings; layers?: readonly PlannedLayer[] }> {
  const search = RateSearch.prepare(model, examples, settings, run);
  if (!(search instanceof RateSearch)) return { settings, ...search };
  const { size, layers } = search;
  try {
    const steps = searchRate(settings.method.learningRate, size, (trial) => search.start(trial));
    return { settings: { ...settings, learningRate: yield* steps }, layers };
  } finally {
    search.restore();
  }
}

/** The result of a generator, whatever it yields. */
export function resultOf<T>(steps: Generator<unknown, T>): T {
  let next = steps.next();
  while (!next.done) next = steps.next();
  return next.value;
}
