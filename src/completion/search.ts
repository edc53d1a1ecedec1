// What the data does not say by itself is tried on entries held out: the strength c of the
// regularization, and whether implicit terms help. Every candidate runs its whole cosine cycle (the
// validation curve has false minima), and counts with the best point of its curve.
import type { Learned, Training } from "./training.js";

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

/** Regularization to begin with, with and without implicit terms, and the ratio of neighbours. */
const firstRegularization = { withImplicit: 0.7, withoutImplicit: 0.5 };
const ratio = 0.7;
const maxRegularization = 8;
/** The ladder: each further level continues at half the regularization and half the peak rate. */
const ladder = { ratio: 0.5, peak: 0.5, improvement: 0.005, patience: 2, maxLevels: 16 };
/** Steps between two measurements. */
const interval = 10;

/** Steps of level `index` of a choice. */
export function cycleSteps(steps: number, index: number): number {
  return index === 0 ? steps : Math.ceil(steps / 2);
}

/** Peak of the learning rate at level `index`. */
export function cyclePeak(index: number): number {
  return index === 0 ? 1 : ladder.peak;
}

/** The best point of one candidate's validation curve. */
interface Point {
  meanSquare: number;
  steps: number;
  /** Squared error of every held-out entry. */
  errors: Float64Array;
  /** What every training has learned by then, where it is asked for. */
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
  readonly #heldOut: number;

  /**
   * @param counts - held-out entries of each training.
   * @param keepsLearned - keep what is learned at the best points: a copy of the factors each.
   */
  constructor(
    readonly trainings: readonly Training[],
    readonly counts: readonly number[],
    readonly steps: number,
    readonly plan: StepPlan,
    readonly keepsLearned: boolean,
  ) {
    this.#heldOut = counts.reduce((sum, count) => sum + count, 0);
  }

  /** @param implicit - whether implicit terms may be used. */
  *run(implicit: boolean): Generator<StepReport, Candidate> {
    const biases = this.#biasesAlone();
    let best = biases;
    const keepBetter = (candidate: Candidate) => {
      if (candidate.point.meanSquare < best.point.meanSquare) best = candidate;
      return candidate.point.meanSquare;
    };
    this.#expect(implicit ? 4 : 3, 0);
    let { withoutImplicit: c } = firstRegularization;
    let first: Candidate;
    if (implicit) {
      const withTerms = yield* this.#fresh(firstRegularization.withImplicit, true);
      const without = yield* this.#fresh(c, false);
      first = withTerms;
      if (without.point.meanSquare < withTerms.point.meanSquare) first = without;
    } else {
      first = yield* this.#fresh(c, false);
    }
    c = first.levels[0];
    const chosen = first.implicit;
    let reached = keepBetter(first);
    const more = keepBetter(yield* this.#fresh(c / ratio, chosen));
    if (more < reached) {
      // Towards more regularization while it pays.
      c /= ratio;
      for (reached = more; c < maxRegularization; c /= ratio) {
        this.#expect(1, 0);
        const next = keepBetter(yield* this.#fresh(c / ratio, chosen));
        if (!(next < reached)) break;
        reached = next;
      }
    } else {
      const less = yield* this.#fresh(c * ratio, chosen);
      if (keepBetter(less) <= Math.min(reached, more)) best = yield* this.#descend(less, best);
    }
    return this.#clearlyBetter(best, biases) ? best : biases;
  }

  /** Less and less regularization from where `from` ended, while it pays. */
  *#descend(from: Candidate, best: Candidate): Generator<StepReport, Candidate> {
    const levels = [...from.levels];
    let misses = 0;
    while (misses < ladder.patience && levels.length < ladder.maxLevels) {
      levels.push(levels[levels.length - 1] * ladder.ratio);
      this.#expect(0, ladder.patience - misses);
      const point = yield* this.#cycle(levels);
      if (point.meanSquare < (1 - ladder.improvement) * best.point.meanSquare) {
        best = { implicit: from.implicit, levels: [...levels], lastSteps: point.steps, point };
        misses = 0;
      } else {
        misses += 1;
      }
    }
    return best;
  }

  /** A training from the start at regularization c. */
  *#fresh(c: number, implicit: boolean): Generator<StepReport, Candidate> {
    for (const training of this.trainings) if (!training.biases.exact) training.start(implicit);
    const levels = [c];
    const point = yield* this.#cycle(levels);
    return { implicit, levels, lastSteps: point.steps, point };
  }

  /** The last of these levels, in all trainings abreast. */
  *#cycle(levels: number[]): Generator<StepReport, Point> {
    const index = levels.length - 1;
    const steps = cycleSteps(this.steps, index);
    const active = this.trainings.filter((training) => !training.biases.exact);
    for (const training of active) {
      training.beginCycle({ regularization: levels[index], steps, peak: cyclePeak(index) });
    }
    let best: Point | undefined;
    for (let step = 1; step <= steps; step++) {
      for (const training of active.slice(0, -1)) {
        this.plan.advance();
        yield { loss: training.step(), validationRmse: undefined, regularization: levels[index] };
      }
      const loss = active[active.length - 1].step();
      this.plan.advance();
      let validationRmse: number | undefined;
      if (step % interval === 0 || step === steps) {
        const errors = this.#squaredErrors();
        const meanSquare = mean(errors);
        validationRmse = Math.sqrt(meanSquare);
        if (!best || meanSquare < best.meanSquare) {
          best = { meanSquare, steps: step, errors, learned: this.#learned(true) };
        }
      }
      yield { loss, validationRmse, regularization: levels[index] };
    }
    return best as Point;
  }

  #biasesAlone(): Candidate {
    const errors = this.#squaredErrors();
    const learned = this.#learned(false);
    const point = { meanSquare: mean(errors), steps: 0, errors, learned };
    return { implicit: false, levels: [], lastSteps: 0, point };
  }

  #learned(factorized: boolean): Learned[] {
    return this.keepsLearned ? this.trainings.map((one) => one.learned(factorized)) : [];
  }

  /** Of all held-out entries, training after training. */
  #squaredErrors(): Float64Array {
    const errors = new Float64Array(this.#heldOut);
    let offset = 0;
    this.trainings.forEach((training, q) => {
      training.squaredErrors(errors, offset);
      offset += this.counts[q];
    });
    return errors;
  }

  #clearlyBetter({ levels, point }: Candidate, biases: Candidate): boolean {
    if (levels.length === 0) return false;
    const differences = biases.point.errors.map((error, i) => error - point.errors[i]);
    const improvement = mean(differences);
    const variance = mean(differences.map((d) => (d - improvement) * (d - improvement)));
    return improvement >= Math.sqrt(variance / differences.length);
  }

  /** Candidates to come in the search, and the refit after it. */
  #expect(fresh: number, warm: number): void {
    const { steps } = this;
    const search = this.trainings.length * (fresh * steps + warm * cycleSteps(steps, 1));
    this.plan.expect(search + steps);
  }
}

function mean(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value, 0) / x.length;
}
