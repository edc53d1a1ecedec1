import { exponentOf } from "../linalg/in-job/scaling.js";
import { randomPermutation } from "../linalg/random.js";
import { SparseMatrix } from "../linalg/sparse-matrix.js";
import { streams } from "../linalg/streams.js";
import type { FloatArray } from "../wasm/index.js";
import { assembleModel } from "./assemble.js";
import { MatrixCompletion } from "./matrix-completion.js";
import { type IndexedObservations, indexObservations, type Observations } from "./observations.js";
import {
  type CompletionOptions,
  readCompletionOptions,
  type Settings,
  settingsFor,
} from "./options.js";
import type { CompletionProgress } from "./progress.js";
import { type Choice, cyclePeak, cycleSteps, Search, StepPlan, type StepReport } from "./search.js";
import { type Range, Training } from "./training.js";

/** So many held-out entries, pooled over slices, make a choice reliable. */
const enoughHeldOut = 6000;
const mostSlices = 5;
/** Several slices are for small data: entries and rows + columns that their trainings may cost. */
const sliceCost = { budget: 700_000, entry: 7, side: 30 };

/**
 * Completes a matrix from some of its entries, step by step: an iterator over the progress, which
 * returns the model. Leave the loop to stop.
 *
 * Mean, row and column biases, and a deep factorization with implicit terms (docs/completion.md).
 * Regularization follows from the data; what is left is chosen on entries held out, then everything
 * is trained again on all entries. Where the factorization does not clearly beat the biases, the
 * model is the biases. The order of the observations does not matter (except to `duplicates:
 * "last"`): the same entries, options and seed give the same bits on every engine. A step costs
 * 12 rank operations per entry and 6 depth rank^2 per row, and there are 600 or more.
 *
 * @param observations - columns `rowIds`, `colIds`, `values` of equal length, not empty.
 * @throws RangeError or TypeError for observations or options that are out of range or unknown,
 * named.
 * @throws OutOfMemoryError when the factors do not fit into 4 GiB.
 */
export function fitCompletion(
  observations: Observations,
  options: CompletionOptions = {},
): Generator<CompletionProgress, MatrixCompletion> {
  return run(prepare("fitCompletion", observations, options));
}

/**
 * Completes a matrix from some of its entries: `fitCompletion`, run to its end.
 *
 * @example
 * ```ts
 * const model = completeMatrix({
 *   rowIds: ["ann", "ann", "bob", "bob", "cas"],
 *   colIds: ["Alien", "Brazil", "Alien", "Casablanca", "Brazil"],
 *   values: [5, 4, 4, 1, 5],
 * });
 * model.recommend("cas", 1)[0].id; // "Alien"
 * ```
 */
export function completeMatrix(
  observations: Observations,
  options: CompletionOptions = {},
): MatrixCompletion {
  const steps = run(prepare("completeMatrix", observations, options));
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Checked input: what is wrong is refused before the first step. */
interface Prepared {
  settings: Settings;
  /** Values divided by `unit`. */
  indexed: IndexedObservations;
  unit: number;
  range: Range;
}

function prepare(name: string, observations: Observations, given: CompletionOptions): Prepared {
  const options = readCompletionOptions(name, given);
  const indexed = indexObservations(name, observations, options.duplicates ?? "last");
  if (indexed.matrix.nonzeros === 0) {
    throw new RangeError(`${name}: there are no observations: there must be at least one`);
  }
  const { rows, cols } = indexed.matrix;
  const settings = settingsFor(name, options, rows, cols);
  const { matrix, ...normalized } = normalize(indexed.matrix, settings.clip);
  return { settings, indexed: { ...indexed, matrix }, ...normalized };
}

function* run(prepared: Prepared): Generator<CompletionProgress, MatrixCompletion> {
  const { settings, indexed, unit, range } = prepared;
  const history: CompletionProgress[] = [];
  const plan = new StepPlan();
  plan.expect(5 * settings.steps);

  /** Losses and errors in the unit of the observations. */
  const report = (
    phase: CompletionProgress["phase"],
    loss: number,
    validationRmse: number | undefined,
  ): CompletionProgress => {
    const progress = {
      phase,
      step: plan.done,
      totalSteps: plan.total,
      loss: loss * unit * unit,
      validationRmse: validationRmse === undefined ? undefined : validationRmse * unit,
    };
    if (phase !== "search" || validationRmse !== undefined) history.push(progress);
    return progress;
  };

  const training = new Training(indexed.matrix, settings, range);
  yield report("biases", training.biases.loss, undefined);
  const search = chooseOnSlices(indexed.matrix, training, settings, range, plan);
  let next = search.next();
  for (; !next.done; next = search.next()) {
    yield report("search", next.value.loss, next.value.validationRmse);
  }
  const choice = next.value;
  const { levels, implicit, lastSteps } = choice;
  if (levels.length > 0) {
    const lengths = levels.map((_, q) =>
      q < levels.length - 1 ? cycleSteps(settings.steps, q) : lastSteps,
    );
    plan.expect(lengths.reduce((sum, length) => sum + length, 0));
    training.start(implicit);
    for (const [q, regularization] of levels.entries()) {
      const steps = cycleSteps(settings.steps, q);
      training.beginCycle({ regularization, steps, peak: cyclePeak(q) });
      for (let step = 0; step < lengths[q]; step++) {
        const loss = training.step();
        plan.advance();
        yield report("refit", loss, undefined);
      }
    }
  }
  return new MatrixCompletion(
    assembleModel({
      training,
      choice,
      indexed,
      settings,
      range,
      unit,
      steps: plan.done,
      history,
    }),
  );
}

/** The values over a power of two, exactly, so that neither squares nor sums overflow. */
function normalize(
  matrix: SparseMatrix,
  clip: boolean,
): { matrix: SparseMatrix; unit: number; range: Range } {
  const { values } = matrix;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const unit = largest > 0 ? 2 ** exponentOf(largest) : 1;
  const range = clip
    ? { low: low / unit, high: high / unit }
    : { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return {
    matrix: matrix.withValues(values.map((value: number) => value / unit) as FloatArray),
    unit,
    range,
  };
}

const biasesAlone: Choice = { implicit: false, levels: [], lastSteps: 0 };

/** Holds slices of the entries out, and lets them choose. A frame of its own frees them after. */
function* chooseOnSlices(
  A: SparseMatrix,
  full: Training,
  settings: Settings,
  range: Range,
  plan: StepPlan,
): Generator<StepReport, Choice> {
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
      mostSlices,
      Math.ceil(enoughHeldOut / size),
      Math.floor(sliceCost.budget / cost),
      Math.floor(nonzeros / size),
    ),
  );
  const order = randomPermutation(nonzeros, settings.seed, streams.validation.first);
  return Array.from({ length: count }, (_, q) => {
    const held = new Uint8Array(nonzeros);
    for (const entry of order.subarray(q * size, (q + 1) * size)) held[entry] = 1;
    return { kept: subset(A, held, 0), held: subset(A, held, 1) };
  });
}

/** The entries p with marks[p] = mark, in a matrix of the same shape. */
function subset(A: SparseMatrix, marks: Uint8Array, mark: number): SparseMatrix {
  const size = marks.reduce((sum, value) => sum + (value === mark ? 1 : 0), 0);
  const rowIndices = new Int32Array(size);
  const colIndices = new Int32Array(size);
  const values = new Float64Array(size);
  let next = 0;
  for (let row = 0; row < A.rows; row++) {
    for (let p = A.rowStart[row]; p < A.rowStart[row + 1]; p++) {
      if (marks[p] !== mark) continue;
      rowIndices[next] = row;
      colIndices[next] = A.colIndices[p];
      values[next++] = A.values[p];
    }
  }
  return SparseMatrix.fromTriplets({ rows: A.rows, cols: A.cols, rowIndices, colIndices, values });
}
