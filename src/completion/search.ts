// What the data does not say by itself is tried on entries held out: the strength c of the
// regularization, and whether implicit terms help. Every candidate counts with the best point of its
// curve. With Adam it runs its whole cosine cycle, for there the curve has false minima; sweeps end once
// another one hardly helps.
import type { SparseRows } from "../linalg/sparse-rows.js";
import { BlockNumbers } from "../shards/block-numbers.js";
import type { Sharded } from "../shards/exchange.js";
import { type Journal, type State, type Stateful, startedBefore } from "../shards/journal.js";
import { sumOf } from "../shards/row-blocks.js";
import type { Learned } from "./network.js";
import type { Settings, Solver } from "./options.js";
import { stepsOfSweep } from "./sweeps/sweep-network.js";
import type { Training } from "./training.js";

/** What to train on all entries: cycles of falling regularization, the last one cut short. */
export interface SearchChoice {
  implicit: boolean;
  /** Regularization of each cycle; none: the biases alone. */
  levels: number[];
  /** Steps of the last cycle. */
  lastSteps: number;
}

/** One training step, as the search and the refit report it. */
export interface StepReport {
  regularization: number;
  loss: number;
  /** Root mean square error of the held-out entries, where it has just been measured. */
  validationRmse: number | undefined;
}

/** Steps taken, and how many there will be as far as is known. */
export class StepPlan {
  done = 0;
  #ahead = 0;

  expect(steps: number): void {
    this.#ahead = steps;
  }

  advance(): void {
    this.done += 1;
    this.#ahead = Math.max(0, this.#ahead - 1);
  }

  get total(): number {
    return this.done + this.#ahead;
  }
}

/** How the candidates of a solver are chosen and run. */
interface Course {
  /** Regularization to begin with, with and without implicit terms. */
  readonly first: { readonly withImplicit: number; readonly withoutImplicit: number };
  /** Of neighbours. */
  readonly ratio: number;
  /** The ladder: each further level continues at this share of the regularization. */
  readonly ladder: { readonly ratio: number; readonly maxLevels: number };
  /** Steps between two measurements. */
  readonly interval: number;
  /** The refit ends at the step that was best; otherwise with its cycle. */
  readonly cutsShort: boolean;
  /** Measurements after which a candidate ends where the last one was not better by this share. */
  readonly early: { readonly measurements: number; readonly improvement: number } | undefined;
}

const courses: Record<Solver, Course> = {
  adam: {
    first: { withImplicit: 0.7, withoutImplicit: 0.5 },
    ratio: 0.7,
    ladder: { ratio: 0.5, maxLevels: 16 },
    interval: 10,
    cutsShort: true,
    early: undefined,
  },
  sweeps: {
    first: { withImplicit: 0.8, withoutImplicit: 0.7 },
    ratio: 0.75,
    ladder: { ratio: 0.7, maxLevels: 40 },
    interval: stepsOfSweep,
    cutsShort: false,
    early: { measurements: 4, improvement: 0.002 },
  },
};

const maxRegularization = 8;
/** A level of the ladder counts as better by this share, and so many that are not end it. */
const ladder = { peak: 0.5, improvement: 0.005, patience: 2 };
/** Where nothing has been better than the biases by then, the ladder may end, too. */
const leastToBegin = 0.1;
/** Sweeps of a level of the ladder. */
const ladderSweeps = 2;

/** Steps of level `index` of a choice. */
export function cycleSteps({ solver, steps }: Settings, index: number, implicit = true): number {
  if (solver === "adam") return index === 0 ? steps : Math.ceil(steps / 2);
  const whole = Math.max(1, Math.floor(steps / stepsOfSweep));
  return stepsOfSweep * (index === 0 && implicit ? whole : Math.min(whole, ladderSweeps));
}

/** Peak of the learning rate at level `index`. */
export function cyclePeak(index: number): number {
  return index === 0 ? 1 : ladder.peak;
}

/** The best point of one candidate's validation curve. */
export interface Point {
  meanSquare: number;
  steps: number;
  /** The mean improvement upon the biases is at least its own standard error. */
  isClear: boolean;
  /** What every training has learned by then of the shard's rows, where it is asked for. */
  learned: Learned[];
}

/** What so many trainings had learned at a point. */
export const learnedAt = ({ learned }: Point, trainings: number): Stateful[] =>
  Array.from({ length: trainings }, (_, q) => ({
    state: () => stateOf(learned[q]),
    restore: (state) => {
      learned[q] = learnedOf(state);
    },
  }));

function stateOf({ rowFactors, rowBias, colFactors, colBias, patternFactors }: Learned): State {
  const ofRows = [rowFactors, rowBias].map((numbers) => ({ numbers }));
  return { shared: [colFactors, colBias, patternFactors], ofRows };
}

function learnedOf({ shared, ofRows }: State): Learned {
  const lists = [...shared, ...ofRows.map(({ numbers }) => numbers)];
  const [colFactors, colBias, patternFactors, rowFactors, rowBias] = lists.map((list) =>
    Float32Array.from(list),
  );
  return { rowFactors, rowBias, colFactors, colBias, patternFactors };
}

export interface Candidate extends SearchChoice {
  point: Point;
}

/**
 * Chooses by the pooled held-out entries of all trainings, which run abreast. The biases stay alone
 * unless the mean improvement is at least its own standard error.
 */
export class Search {
  readonly #course: Course;
  /** Of every training, the squared error of every held-out entry of the shard by the biases alone. */
  #besides: Float64Array[] = [];
  /** Mean square of the biases alone. */
  #besideMean = 0;

  /**
   * @param keepsLearned - keep what is learned at the best points: a copy of the factors each.
   */
  constructor(
    readonly trainings: readonly Training[],
    readonly settings: Settings,
    readonly plan: StepPlan,
    readonly keepsLearned: boolean,
    readonly journal: Journal,
  ) {
    this.#course = courses[settings.solver];
  }

  /** @param implicit - whether implicit terms may be used. */
  *run(implicit: boolean): Sharded<Candidate, StepReport> {
    const biases = yield* this.#biasesAlone();
    const adam = this.settings.solver === "adam";
    const found = yield* adam ? this.#runAdam(implicit, biases) : this.#runSweeps(implicit, biases);
    return found.point.isClear ? found : biases;
  }

  *#runAdam(implicit: boolean, biases: Candidate): Sharded<Candidate, StepReport> {
    const { withImplicit, withoutImplicit } = this.#course.first;
    this.#expect(implicit ? 4 : 3, 0);
    const fresh = (c: number, terms: boolean, rival: Candidate) => this.#fresh(c, terms, rival);
    if (!implicit) return yield* this.#around(yield* fresh(withoutImplicit, false, biases), biases);
    const withTerms = yield* fresh(withImplicit, true, biases);
    const without = yield* fresh(withoutImplicit, false, withTerms);
    return yield* this.#around(betterOf(withTerms, without), biases);
  }

  /** Without implicit terms along one path from strong regularization to weak; then with them. */
  *#runSweeps(implicit: boolean, biases: Candidate): Sharded<Candidate, StepReport> {
    const { withImplicit, withoutImplicit } = this.#course.first;
    this.#expect(implicit ? 3 : 0, ladder.patience);
    const strongest = yield* this.#fresh(withoutImplicit, false, biases);
    const without = yield* this.#descend(strongest, betterOf(biases, strongest));
    if (!implicit) return without;
    this.#expect(3, 0);
    const withTerms = yield* this.#fresh(withImplicit, true, without);
    if (betterOf(without, withTerms) === without) return without;
    return yield* this.#around(withTerms, without);
  }

  /** Towards more regularization than that of `first` while it pays, or towards less. */
  *#around(first: Candidate, others: Candidate): Sharded<Candidate, StepReport> {
    const { ratio } = this.#course;
    let [c] = first.levels;
    const { implicit } = first;
    let best = betterOf(others, first);
    let reached = first.point.meanSquare;
    const more = yield* this.#fresh(c / ratio, implicit, best);
    best = betterOf(best, more);
    if (more.point.meanSquare < reached) {
      c /= ratio;
      for (reached = more.point.meanSquare; c < maxRegularization; c /= ratio) {
        this.#expect(1, 0);
        const next = yield* this.#fresh(c / ratio, implicit, best);
        best = betterOf(best, next);
        if (!(next.point.meanSquare < reached)) break;
        reached = next.point.meanSquare;
      }
      return best;
    }
    const less = yield* this.#fresh(c * ratio, implicit, best);
    best = betterOf(best, less);
    const wins = less.point.meanSquare <= Math.min(reached, more.point.meanSquare);
    return wins ? yield* this.#descend(less, best) : best;
  }

  /** Less and less regularization from where `from` ended, while it pays. */
  *#descend(from: Candidate, best: Candidate): Sharded<Candidate, StepReport> {
    const levels = [...from.levels];
    let misses = 0;
    const { ratio, maxLevels } = this.#course.ladder;
    while (misses < ladder.patience && levels.length < maxLevels) {
      levels.push(levels[levels.length - 1] * ratio);
      this.#expect(0, ladder.patience - misses);
      const point = yield* this.#cycle(levels, from.implicit, best);
      const reached = best.point.meanSquare;
      if (pays(point.meanSquare, reached)) {
        best = { implicit: from.implicit, levels: [...levels], lastSteps: point.steps, point };
        misses = 0;
      } else if (pays(reached, this.#besideMean) || levels[levels.length - 1] < leastToBegin) {
        // Before anything is learned, less regularization is what it takes.
        misses += 1;
      }
    }
    return best;
  }

  /** A training from the start at regularization c. @param rival - the best one so far. */
  *#fresh(c: number, implicit: boolean, rival: Candidate): Sharded<Candidate, StepReport> {
    if (!this.journal.replays) for (const training of this.#active) training.start(implicit);
    const levels = [c];
    const point = yield* this.#cycle(levels, implicit, rival);
    return { implicit, levels, lastSteps: point.steps, point };
  }

  get #active(): Training[] {
    return this.trainings.filter((training) => !training.biases.exact);
  }

  /** The last of these levels, in all trainings abreast. */
  *#cycle(levels: number[], implicit: boolean, rival: Candidate): Sharded<Point, StepReport> {
    const index = levels.length - 1;
    const steps = cycleSteps(this.settings, index, implicit);
    const { interval, cutsShort, early } = this.#course;
    const { journal } = this;
    const active = this.#active;
    const begin = (training: Training) =>
      training.beginCycle({ regularization: levels[index], steps, peak: cyclePeak(index) });
    if (!journal.replays) active.forEach(begin);
    let best: Point | undefined;
    let done = false;
    for (let step = 1; step <= steps && !done; step++) {
      for (const training of active.slice(0, -1)) {
        this.plan.advance();
        const loss = yield* journal.number(() => training.step());
        yield { loss, validationRmse: undefined, regularization: levels[index] };
      }
      const loss = yield* journal.number(() => active[active.length - 1].step());
      this.plan.advance();
      let validationRmse: number | undefined;
      if (step % interval === 0 || step === steps) {
        const [meanSquare, clear] = yield* journal.numbers(2, () => this.#measured());
        validationRmse = Math.sqrt(meanSquare);
        done =
          early !== undefined &&
          step >= early.measurements * interval &&
          !(meanSquare < (1 - early.improvement) * (best?.meanSquare ?? 0));
        if (!best || meanSquare < best.meanSquare) {
          best = {
            meanSquare,
            steps: cutsShort ? step : steps,
            isClear: clear === 1,
            learned: journal.replays ? [] : yield* this.#learned(true),
          };
        }
        // No other candidate can be chosen any more.
        const start = (training: Training) => {
          training.start(implicit);
          begin(training);
        };
        const kept = this.keepsLearned ? this.trainings.length : 0;
        journal.place([
          ...active.map((training) => startedBefore(training, () => start(training))),
          ...[rival.point, best].flatMap((point) => learnedAt(point, kept)),
        ]);
      }
      yield { loss, validationRmse, regularization: levels[index] };
    }
    return best as Point;
  }

  *#biasesAlone(): Sharded<Candidate> {
    this.#besides = yield* this.#squaredErrors();
    const [meanSquare] = yield* this.journal.numbers(2, () => this.#measured());
    const learned = yield* this.#learned(false);
    this.#besideMean = meanSquare;
    const point = { meanSquare, steps: 0, isClear: false, learned };
    return { implicit: false, levels: [], lastSteps: 0, point };
  }

  *#learned(factorized: boolean): Sharded<Learned[]> {
    const learned: Learned[] = [];
    if (!this.keepsLearned) return learned;
    for (const training of this.trainings) learned.push(yield* training.learned(factorized));
    return learned;
  }

  *#squaredErrors(): Sharded<Float64Array[]> {
    const errors: Float64Array[] = [];
    for (const training of this.trainings) errors.push(yield* training.squaredErrors());
    return errors;
  }

  /** What the held-out entries of all trainings and shards say of what is learned so far. */
  *#measured(): Sharded<[meanSquare: number, isClear: number]> {
    const all = yield* this.#squaredErrors();
    const meeting = new BlockNumbers();
    const slices = this.trainings.flatMap(({ heldOut }, training) => {
      if (!heldOut) return [];
      const [errors, beside] = [all[training], this.#besides[training]];
      const gain = (p: number) => beside[p] - errors[p];
      const over = (of: (p: number) => number) =>
        meeting.of(heldOut.blocks, sumOverEntries(heldOut.matrix, of));
      return {
        entries: heldOut.totalEntries,
        squares: over((p) => errors[p]),
        gains: over(gain),
        gainSquares: over((p) => gain(p) * gain(p)),
      };
    });
    yield* meeting.join();
    const entries = slices.reduce((sum, slice) => sum + slice.entries, 0);
    const mean = (of: (slice: (typeof slices)[number]) => Float64Array) =>
      slices.reduce((sum, slice) => sum + sumOf(of(slice)), 0) / entries;
    const improvement = mean(({ gains }) => gains);
    const spread = mean(({ gainSquares }) => gainSquares) - improvement * improvement;
    const isClear = improvement >= Math.sqrt(Math.max(0, spread) / entries);
    return [mean(({ squares }) => squares), isClear ? 1 : 0];
  }

  /** Candidates to come in the search, and the refit after it. */
  #expect(fresh: number, warm: number): void {
    const [steps, more] = [0, 1].map((level) => cycleSteps(this.settings, level));
    this.plan.expect(this.trainings.length * (fresh * steps + warm * more) + steps);
  }
}

/** The sum over the entries of some rows. */
const sumOverEntries =
  ({ rowStart }: SparseRows, of: (p: number) => number) =>
  (first: number, count: number) => {
    let sum = 0;
    for (let p = rowStart[first]; p < rowStart[first + count]; p++) sum += of(p);
    return sum;
  };

/** Whether a mean square is better than the best so far by as much as counts in the ladder. */
const pays = (meanSquare: number, best: number): boolean =>
  meanSquare < (1 - ladder.improvement) * best;

function betterOf(a: Candidate, b: Candidate): Candidate {
  return b.point.meanSquare < a.point.meanSquare ? b : a;
}
