// Slices of the entries that are held out, by which the search chooses.
import { randomPermutation } from "../linalg/random.js";
import type { SparseRows } from "../linalg/sparse-rows.js";
import * as streams from "../linalg/streams.js";
import { lettingGo, type Sharded } from "../shards/exchange.js";
import type { Journal } from "../shards/journal.js";
import type { RowBlocks } from "../shards/row-blocks.js";
import { type ReadRows, type StoredShard, shardOf, stored } from "../shards/shard.js";
import { selectSlots } from "./entries.js";
import type { Learned } from "./network.js";
import type { Settings } from "./options.js";
import { type Candidate, Search, type StepPlan, type StepReport } from "./search.js";
import { type Conditions, Training } from "./training.js";

/** This many held-out entries, pooled over slices, make a choice reliable. */
const enoughHeldOut = 6000;
const maxSlices = 5;
/** Several slices are for small data: entries and rows + columns that their trainings may cost. */
const sliceCost = { budget: 700_000, entry: 7, side: 30 };

/** What slices have chosen, and for the ranking head the slices. */
export interface Validated {
  choice: Candidate;
  slices: ValidationSlice[];
}

/** The slices, and what was learned without them. */
export const judgedSlices = ({ choice, slices }: Validated) =>
  slices.map((slice, q) => ({
    ...slice,
    predictor: { mean: 0, scale: 1, ...choice.point.learned[q] },
  }));

/**
 * Holds slices of the entries out, and lets them choose. A frame of its own frees them after.
 */
export function* chooseOnSlices(
  shard: StoredShard,
  full: Training,
  conditions: Conditions,
  plan: StepPlan,
  journal: Journal,
): Sharded<Validated, StepReport> {
  const { settings } = conditions;
  const { exact } = full.biases;
  const none = exact && !settings.ranking;
  const { trainings, slices } = none
    ? { trainings: [], slices: [] }
    : yield* lettingGo(() => trainOnSlices(shard, conditions, journal));
  if (exact || trainings.every((training) => training.biases.exact)) {
    const learned: Learned[] = [];
    for (const training of trainings) learned.push(yield* training.learned(false));
    const point = { meanSquare: 0, steps: 0, isClear: false, learned };
    return { choice: { implicit: false, levels: [], lastSteps: 0, point }, slices };
  }
  const search = new Search(trainings, settings, plan, settings.ranking, journal);
  const choice = yield* search.run(settings.implicit);
  for (const training of trainings) training.end();
  return { choice, slices };
}

/** A training beside each slice; and the slices, where the ranking head will ask for them: otherwise they may go. */
function* trainOnSlices(shard: StoredShard, conditions: Conditions, journal: Journal) {
  const slices = validationSlices(shard, conditions.settings);
  const trainings: Training[] = [];
  for (const { kept, heldOut } of slices) {
    const trainedOn = stored(yield* shardOf(kept(), shard.blocks, journal), kept);
    const training = yield* lettingGo(() => Training.of(trainedOn, conditions, journal));
    training.holdOut(yield* shardOf(heldOut, shard.blocks, journal));
    trainings.push(training);
  }
  return { trainings, slices: conditions.settings.ranking ? slices : [] };
}

interface ValidationSlice {
  /** What is left; not held. */
  readonly kept: ReadRows;
  readonly heldOut: SparseRows;
}

/**
 * Disjoint random slices of the entries; none where there are too few to judge by. Each shard draws the order of
 * all entries, 4 bytes each, and keeps what it says of its own.
 */
function validationSlices(
  { read, blocks, firstEntry: first, totalEntries: total }: StoredShard,
  settings: Settings,
): ValidationSlice[] {
  const A = read();
  const size = Math.round(settings.validationFraction * total);
  if (size < 2) return [];
  const cost = sliceCost.entry * total + sliceCost.side * (blocks.totalRows + A.cols);
  const enough = Math.min(maxSlices, Math.ceil(enoughHeldOut / size));
  const affordable = Math.min(Math.floor(sliceCost.budget / cost), Math.floor(total / size));
  const count = Math.max(1, Math.min(enough, affordable));
  const order = randomPermutation(total, settings.seed, streams.validation.first);
  return Array.from({ length: count }, (_, q) => {
    const heldOut = new Uint8Array(A.nonzeros);
    for (const entry of order.subarray(q * size, (q + 1) * size)) {
      const p = entry - first;
      if (p >= 0 && p < heldOut.length) heldOut[p] = 1;
    }
    return {
      kept: without(heldOut, A.rowStart, read, blocks),
      heldOut: selectSlots(A, heldOut, 1),
    };
  });
}

/** In a frame of its own: a function made beside matrices keeps them. */
const without =
  (heldOut: Uint8Array, rowStart: Int32Array, read: ReadRows, blocks: RowBlocks): ReadRows =>
  (part = blocks) => {
    const A = read(part);
    const first = rowStart[part.firstRow - blocks.firstRow];
    return selectSlots(A, heldOut.subarray(first, first + A.nonzeros), 0);
  };
