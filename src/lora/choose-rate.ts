// The search of a fine-tuning run's learning rate: short runs on a few of its examples.

import { randomPermutation } from "../linalg/random.js";
import * as streams from "../linalg/streams.js";
import type { PlannedLayer } from "./adaptation.js";
import type { Example, FinetuneSettings } from "./finetune-options.js";
import { type FinetuneProgress, searchRate, searchSize } from "./rate-search.js";
import type { TextModel } from "./text-model.js";

/** What the search asks of a run. */
interface ShortRun {
  readonly layers: readonly PlannedLayer[];
  step(): { loss: number };
  lossOf(examples: readonly Example[]): number;
}

/**
 * Chooses the rate of a run. The additions are planned once, for the run, and every short run starts
 * with them. The model is left as it was.
 *
 * @param run - makes a run on some of the examples.
 * @returns the settings with the rate, and the additions; the method's usual rate where the run is
 * too short to search it, or trains nothing at this rate.
 */
export function* chooseRate(
  model: TextModel,
  examples: readonly Example[],
  settings: FinetuneSettings,
  run: (
    examples: readonly Example[],
    settings: FinetuneSettings,
    planned?: readonly PlannedLayer[],
  ) => ShortRun,
): Generator<FinetuneProgress, { settings: FinetuneSettings; layers?: readonly PlannedLayer[] }> {
  const { method, seed } = settings;
  const size = searchSize(settings.steps, settings.batchSize, examples.length);
  if (size === undefined) return { settings };
  const { encoder } = model;
  const { parameters } = encoder;
  encoder.reset();
  // Where the method trains the encoder's own tensors, short runs change them.
  const own = method
    .trainedTensors(encoder)
    .filter((name) => parameters.has(name))
    .map((name) => ({ name, data: parameters.read(name) }));
  const { layers } = run(examples, settings);
  const headAlone = layers.length === 0 && own.length === 0;
  if (headAlone && !method.optimizer) return { settings, layers };
  const restore = () => {
    for (const { name, data } of own) parameters.write(name, data);
    encoder.reset();
  };

  const order = randomPermutation(examples.length, seed, streams.rateSearch.first);
  const shuffled = Array.from(order, (i) => examples[i]);
  const reversed = [...shuffled].reverse();
  const { batchSize } = size;
  const search = searchRate(method.learningRate, size, (trial) => {
    restore();
    const { learningRate, steps, heldOut, fold } = trial;
    const from = fold === 0 ? shuffled : reversed;
    const seen = from.slice(heldOut, heldOut + Math.max(heldOut, steps * batchSize));
    const short = run(seen, { ...settings, learningRate, steps, batchSize }, layers);
    return {
      step: () => short.step().loss,
      judge: () => ({
        trained: seen.slice(0, heldOut).map((example) => short.lossOf([example])),
        heldOut: from.slice(0, heldOut).map((example) => short.lossOf([example])),
      }),
    };
  });
  try {
    return { settings: { ...settings, learningRate: yield* search }, layers };
  } finally {
    restore();
  }
}

/** The result of a generator, whatever it yields. */
export function resultOf<T>(steps: Generator<unknown, T>): T {
  let next = steps.next();
  while (!next.done) next = steps.next();
  return next.value;
}
