// What the data does not say by itself is tried on entries held out: the strength c of the
// regularization, and whether implicit terms help. Every candidate counts with the best point of its
// curve. With Adam it runs its whole cosine cycle, for there the curve has false minima; sweeps end once
// another one hardly helps.
import type { Sharded } from "../shards/exchange.js";
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
interface Point {
  meanSquare: number;
  steps: number;
  /** Of every training, the squared error of every held-out entry of the shard. */
  errors: Float64Array[];
  /** What every training has learned by then of the shard's rows, where it is asked for. */
  learned: Learned[];
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

  /**
   * @param keepsLearned - keep what is learned at the best points: a copy of the factors each.
   */
  constructor(
    readonly trainings: readonly Training[],
    readonly settings: Settings,
    readonly plan: StepPlan,
    readonly keepsLearned: boolean,
  ) {
    this.#course = courses[settings.solver];
  }

  /** @param implicit - whether implicit terms may be used. */
  *run(implicit: boolean): Sharded<Candidate, StepReport> {
    const biases = yield* this.#biasesAlone();
    const adam = this.settings.solver === "adam";
    const found = yield* adam ? this.#runAdam(implicit, biases) : this.#runSweeps(implicit, biases);
    return (yield* this.#clearlyBetter(found, biases)) ? found : biases;
  }

  *#runAdam(implicit: boolean, biases: Candidate): Sharded<Candidate, StepReport> {
    const { withImplicit, withoutImplicit } = this.#course.first;
    this.#expect(implicit ? 4 : 3, 0);
    if (!implicit) return yield* this.#around(yield* this.#fresh(withoutImplicit, false), biases);
    const withTerms = yield* this.#fresh(withImplicit, true);
    const without = yield* this.#fresh(withoutImplicit, false);
    return yield* this.#around(betterOf(withTerms, without), biases);
  }

  /** Without implicit terms along one path from strong regularization to weak; then with them. */
  *#runSweeps(implicit: boolean, biases: Candidate): Sharded<Candidate, StepReport> {
    const { withImplicit, withoutImplicit } = this.#course.first;
    this.#expect(implicit ? 3 : 0, ladder.patience);
    const strongest = yield* this.#fresh(withoutImplicit, false);
    const without = yield* this.#descend(strongest, betterOf(biases, strongest));
    if (!implicit) return without;
    this.#expect(3, 0);
    const withTerms = yield* this.#fresh(withImplicit, true);
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
    const more = yield* this.#fresh(c / ratio, implicit);
    best = betterOf(best, more);
    if (more.point.meanSquare < reached) {
      c /= ratio;
      for (reached = more.point.meanSquare; c < maxRegularization; c /= ratio) {
        this.#expect(1, 0);
        const next = yield* this.#fresh(c / ratio, implicit);
        best = betterOf(best, next);
        if (!(next.point.meanSquare < reached)) break;
        reached = next.point.meanSquare;
      }
      return best;
    }
    const less = yield* this.#fresh(c * ratio, implicit);
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
      const point = yield* this.#cycle(levels, from.implicit);
      if (point.meanSquare < (1 - ladder.improvement) * best.point.meanSquare) {
        best = { implicit: from.implicit, levels: [...levels], lastSteps: point.steps, point };
        misses = 0;
      } else if (best.levels.length > 0 || levels[levels.length - 1] < leastToBegin) {
        // Before anything is learned, less regularization is what it takes.
        misses += 1;
      }
    }
    return best;
  }

  /** A training from the start at regularization c. */
  *#fresh(c: number, implicit: boolean): Sharded<Candidate, StepReport> {
    for (const training of this.trainings) if (!training.biases.exact) training.start(implicit);
    const levels = [c];
    const point = yield* this.#cycle(levels, implicit);
    return { implicit, levels, lastSteps: point.steps, point };
  }

  /** The last of these levels, in all trainings abreast. */
  *#cycle(levels: number[], implicit: boolean): Sharded<Point, StepReport> {
    const index = levels.length - 1;
    const steps = cycleSteps(this.settings, index, implicit);
    const { interval, cutsShort, early } = this.#course;
    const active = this.trainings.filter((training) => !training.biases.exact);
    for (const training of active) {
      training.beginCycle({ regularization: levels[index], steps, peak: cyclePeak(index) });
    }
    let best: Point | undefined;
    let done = false;
    for (let step = 1; step <= steps && !done; step++) {
      for (const training of active.slice(0, -1)) {
        this.plan.advance();
        const loss = yield* training.step();
        yield { loss, validationRmse: undefined, regularization: levels[index] };
      }
      const loss = yield* active[active.length - 1].step();
      this.plan.advance();
      let validationRmse: number | undefined;
      if (step % interval === 0 || step === steps) {
        const errors = yield* this.#squaredErrors();
        const meanSquare = yield* this.#mean((training, p) => errors[training][p]);
        validationRmse = Math.sqrt(meanSquare);
        done =
          early !== undefined &&
          step >= early.measurements * interval &&
          !(meanSquare < (1 - early.improvement) * (best?.meanSquare ?? 0));
        if (!best || meanSquare < best.meanSquare) {
          best = {
            meanSquare,
            steps: cutsShort ? step : steps,
            errors,
            learned: yield* this.#learned(true),
          };
        }
      }
      yield { loss, validationRmse, regularization: levels[index] };
    }
    return best as Point;
  }

  *#biasesAlone(): Sharded<Candidate> {
    const errors = yield* this.#squaredErrors();
    const learned = yield* this.#learned(false);
    const meanSquare = yield* this.#mean((training, p) => errors[training][p]);
    const point = { meanSquare, steps: 0, errors, learned };
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

  /** The mean over the held-out entries of all trainings and shards. */
  *#mean(of: (training: number, p: number) => number): Sharded<number> {
    let [total, entries] = [0, 0];
    for (const [training, { heldOut }] of this.trainings.entries()) {
      if (!heldOut) continue;
      const { rowStart } = heldOut.matrix;
      total += yield* heldOut.blocks.sum((first, count) => {
        let sum = 0;
        for (let p = rowStart[first]; p < rowStart[first + count]; p++) sum += of(training, p);
        return sum;
      });
      entries += heldOut.totalEntries;
    }
    return total / entries;
  }

  *#clearlyBetter({ levels, point }: Candidate, biases: Candidate): Sharded<boolean> {
    if (levels.length === 0) return false;
    const difference = (training: number, p: number) =>
      biases.point.errors[training][p] - point.errors[training][p];
    const improvement = yield* this.#mean(difference);
    const variance = yield* this.#mean((training, p) => {
      const off = difference(training, p) - improvement;
      return off * off;
    });
    const entries = this.trainings.reduce(
      (sum, { heldOut }) => sum + (heldOut?.totalEntries ?? 0),
      0,
    );
    return improvement >= Math.sqrt(variance / entries);
  }

  /** Candidates to come in the search, and the refit after it. */
  #expect(fresh: number, warm: number): void {
    const [steps, more] = [0, 1].map((level) => cycleSteps(this.settings, level));
    this.plan.expect(this.trainings.length * (fresh * steps + warm * more) + steps);
  }
}

function betterOf(a: Candidate, b: Candidate): Candidate {
  return b.point.meanSquare < a.point.meanSquare ? b : a;
}
