// Slices of the entries that are held out, by which the search chooses.
import { randomPermutation } from "../linalg/random.js";
import type { SparseMatrix } from "../linalg/sparse-matrix.js";
import { streams } from "../linalg/streams.js";
import { selectSlots } from "./entries.js";
import type { Settings } from "./options.js";
import { Search, type SearchChoice, type StepPlan, type StepReport } from "./search.js";
import { type ClipRange, Training } from "./training.js";

/** This many held-out entries, pooled over slices, make a choice reliable. */
const enoughHeldOut = 6000;
const maxSlices = 5;
/** Several slices are for small data: entries and rows + columns that their trainings may cost. */
const sliceCost = { budget: 700_000, entry: 7, side: 30 };

const biasesAlone: SearchChoice = { implicit: false, levels: [], lastSteps: 0 };

/** Holds slices of the entries out, and lets them choose. A frame of its own frees them after. */
export function* chooseOnSlices(
  A: SparseMatrix,
  full: Training,
  settings: Settings,
  range: ClipRange,
  plan: StepPlan,
): Generator<StepReport, SearchChoice> {
  const slices = full.biases.exact ? [] : validationSlices(A, settings);
  const trainings = slices.map(({ kept, held }) => {
    const training = new Training(kept, settings, range);
    training.holdOut(held);
    return training;
  });
  if (trainings.every((training) => training.biases.exact)) return biasesAlone;
  const counts = slices.map(({ held }) => held.nonzeros);
  return yield* new Search(trainings, counts, settings.steps, plan).run(settings.implicit);
}

interface ValidationSlice {
  kept: SparseMatrix;
  held: SparseMatrix;
}

/** Disjoint random slices of the entries; none where there are too few to judge by. */
function validationSlices(A: SparseMatrix, settings: Settings): ValidationSlice[] {
  const { rows, cols, nonzeros } = A;
  const size = Math.round(settings.validationFraction * nonzeros);
  if (size < 2) return [];
  const cost = sliceCost.entry * nonzeros + sliceCost.side * (rows + cols);
  const count = Math.max(
    1,
    Math.min(
      maxSlices,
      Math.ceil(enoughHeldOut / size),
      Math.floor(sliceCost.budget / cost),
      Math.floor(nonzeros / size),
    ),
  );
  const order = randomPermutation(nonzeros, settings.seed, streams.validation.first);
  return Array.from({ length: count }, (_, q) => {
    const held = new Uint8Array(nonzeros);
    for (const entry of order.subarray(q * size, (q + 1) * size)) held[entry] = 1;
    return { kept: selectSlots(A, held, 0), held: selectSlots(A, held, 1) };
  });
}
