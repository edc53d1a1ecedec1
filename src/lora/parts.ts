// The parts of a step: runs of its texts whose gradients are computed apart, by whomever. How many there
// are follows from the run alone, and they are added in their order: equal bits for any number of threads
// or machines.
import type { Finetuning } from "./finetune.js";
import type { PartOfStep } from "./replica.js";

/** Texts of a part: for fewer the kernels would work below their rate. */
const textsPerPart = 2;
/**
 * Parts of a step at most. The gradients of each are read and sent apart, which for those of a whole
 * encoder takes longer than what more threads could save.
 */
const mostParts = (trained: number) => (trained <= 2 ** 20 ? 16 : 2);

/** Parts of a step of a run. */
export function partsOf({ options, trainableParameters }: Finetuning): number {
  const { batchSize, loss } = options;
  // It compares all texts of a batch with each other.
  if (loss?.kind === "multiple-negatives") return 1;
  return Math.min(mostParts(trainableParameters), Math.ceil(batchSize / textsPerPart));
}

/** Which of all sharers; below it, which of those that share its share. */
export type Sharer = readonly (readonly [one: number, of: number])[];

/** Which pieces of work are a sharer's: from `first` on, up to but without `end`. */
export function shareOf(sharer: Sharer, pieces: number): { first: number; end: number } {
  let [first, end] = [0, pieces];
  for (const [one, of] of sharer) {
    const [start, count] = [first, end - first];
    const cut = (i: number) => start + Math.round((i * count) / of);
    [first, end] = [cut(one), cut(one + 1)];
  }
  return { first, end };
}

/** The whole step. The first part is changed. */
export function addParts([sum, ...others]: readonly PartOfStep[]): PartOfStep {
  const { gradients } = sum;
  let { loss } = sum;
  for (const part of others) {
    loss += part.loss;
    for (let i = 0; i < gradients.length; i++) gradients[i] += part.gradients[i];
  }
  return { loss, gradients };
}
