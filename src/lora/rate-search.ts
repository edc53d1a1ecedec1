// The learning rate of a run, found by short runs: successive halving over a grid of rates.
//
// A short run is the whole one in small: the same start, the same warm-up and decay, fewer and smaller
// updates. What a whole run reaches in many steps a short one reaches at a greater rate, so one at three
// times a rate stands for the whole run at it. That also keeps a distance from the rates that are just
// stable: they fit the examples fastest in a short run, and in a long one they fail. Between rates that a
// short run cannot tell apart the larger one is therefore taken: it is safe, and at the smaller one many a
// run ends before it has learned.
//
// It is judged by the loss of examples, half of which it was trained on. Those it was not trained on
// alone mislead where they are few: of eight sentences the loss is least when a run hardly moves, and
// the best rate is one at which it learns. Those it was trained on alone do not see what does not
// carry over. They see what is too large, though: beyond the rate that fits them best, updates spoil
// what others have learned, down to a model that gives the same scores for every text, whose loss on
// other texts may well be the least. Only a gap above its standard error counts: fits of a few steps
// are mostly noise.
//
// Everything is counted in texts, never in seconds, so that the same rate is chosen on every machine.

import { DivergenceError } from "../optim/divergence-error.js";

/** A short run at one rate. */
export interface Trial {
  /** One update. @returns the loss before it. */
  step(): number;
  /** What it is judged by. */
  judge(): Judgement;
}

/** Losses after a short run, one for each example. */
export interface Judgement {
  /** Of examples that it was trained on. */
  trained: readonly number[];
  /** Of as many that were kept back. */
  heldOut: readonly number[];
}

/** What a short run is asked to do. */
export interface TrialSettings {
  learningRate: number;
  steps: number;
  /** Texts kept back, which it is judged by with as many that it was trained on. */
  heldOut: number;
  /** From which end of the examples, in their random order, they are taken: each round's own. */
  fold: 0 | 1;
}

/** How large the search is. */
export interface SearchSize {
  /** Texts that all short runs together may go through; one that is only judged counts half. */
  budget: number;
  /** Of the whole run. */
  examples: number;
  /** Texts in an update of a short run. */
  batchSize: number;
  /** Updates of a short run of the first round, and the texts that are kept back. */
  first: RunSize;
}

interface RunSize {
  steps: number;
  heldOut: number;
}

/** How far a run is. The numbers are of the phase. */
export interface FinetuneProgress {
  /** "search": short runs try rates; "training": the run itself. */
  phase: "search" | "training";
  /** From 1. */
  step: number;
  /** How many there will be, of a search as far as is known. */
  totalSteps: number;
  /** Mean over the batch, before the step. */
  loss: number;
  /** The rate of this run at its greatest, or the one that a short run tries. */
  learningRate: number;
}

/** Neighbouring rates of the grid. */
const ratio = 3;
/** Places of the grid by which the rate of a short run is above the one that it stands for. */
const lead = 1;
/** Rates of the first round, as powers of `ratio` times the usual one. */
const powers = [-2, -1, 0, 1, 2];
/**
 * Further rates that are tried at most, each smaller than all before, while the smallest is best. None
 * beyond the largest: a few steps cannot show that so large a rate is stable for a whole run.
 */
const maxExtensions = 2;
/** Rates of the second round. */
const finalists = 2;
/** Share of the run's texts that the search may go through. */
const budgetShare = 1 / 3;
/** An update of a short run takes this share of the texts of the run's. */
const batchShare = 1 / 4;
/** Texts kept back, as a share of those that a short run may go through. */
const heldOutShare = 0.3;
/** With fewer updates the rates of the first round do not part. */
const minSteps = 4;

/** A short run that goes through `texts` at most: half of them is judged by, each counted half. */
function runSize(texts: number, batchSize: number, examples: number): RunSize {
  const heldOut = Math.max(1, Math.min(Math.floor(heldOutShare * texts), Math.floor(examples / 2)));
  return { heldOut, steps: Math.floor((texts - heldOut) / batchSize) };
}

/**
 * The size of the search before a run.
 *
 * @returns undefined where a third of the run is too little to tell rates apart.
 */
export function searchSize(
  steps: number,
  batchSize: number,
  examples: number,
): SearchSize | undefined {
  const textsPerStep = Math.min(batchSize, examples);
  const budget = Math.floor(budgetShare * steps * textsPerStep);
  const size = Math.max(1, Math.floor(batchShare * textsPerStep));
  // Half of the budget is for the first round, half for the second and rates beyond the grid.
  const first = runSize(budget / 2 / powers.length, size, examples);
  if (examples < 2 || first.steps < minSteps) return undefined;
  return { budget, examples, batchSize: size, first };
}

interface Tried {
  readonly power: number;
  /** Of each example that it is judged by; of none where it diverged. */
  readonly losses: readonly number[];
  /** Their mean; Infinity where it diverged. */
  readonly loss: number;
  /** Of those among them that it was trained on, and their mean. */
  readonly fit: readonly number[];
  readonly trained: number;
}

const diverged = {
  ...{ losses: [], loss: Number.POSITIVE_INFINITY },
  ...{ fit: [], trained: Number.POSITIVE_INFINITY },
};

/** A short run, and the rate that it stands for. */
export interface PlannedTrial extends TrialSettings {
  stands: number;
}

/** Short runs that may run at the same time, for none depends on another. */
export interface SearchRound {
  readonly trials: readonly PlannedTrial[];
  /** Updates of the rounds after it, as far as is known. */
  readonly after: number;
}

/** What has come of a short run: undefined where it diverged. */
export interface Outcome {
  /** Updates that it made. */
  readonly steps: number;
  readonly judgement?: Judgement | undefined;
}

/**
 * Finds a rate by short runs, each at three times the rate that it tries: five rates around the usual
 * one, smaller ones while the smallest is best, then longer runs of the best two. Of these it takes the
 * larger one unless the smaller one is better, or fits the trained examples better, by more than the
 * standard error. A rate beyond the one that fits these best, by as much, is too large, and one that
 * diverges worse than any that does not.
 *
 * Yields rounds, and is given what has come of their runs, in their order.
 *
 * @param usual - the middle of the grid.
 * @returns the rate.
 * @throws DivergenceError when every rate diverges.
 */
export function* searchRounds(
  usual: number,
  size: SearchSize,
): Generator<SearchRound, number, readonly Outcome[]> {
  const { budget, batchSize, examples, first } = size;
  const textsOf = ({ steps, heldOut }: RunSize) => steps * batchSize + heldOut;
  let texts = 0;
  let done = 0;
  /** A run of the second round, when so many more of the first come before it. */
  const finalSize = (ahead: number) =>
    runSize((budget - texts - ahead * textsOf(first)) / finalists, batchSize, examples);

  function* attempt(
    powers: readonly number[],
    run: RunSize,
    fold: 0 | 1,
  ): Generator<SearchRound, Tried[], readonly Outcome[]> {
    const trials = powers.map((power) => ({
      ...{ stands: rateAt(usual, power), learningRate: rateAt(usual, power + lead) },
      ...{ ...run, fold },
    }));
    const after = fold === 0 ? finalists * finalSize(powers.length).steps : 0;
    texts += powers.length * textsOf(run);
    const outcomes = yield { trials, after };
    return powers.map((power, i) => {
      const { steps, judgement } = outcomes[i];
      done += steps;
      return { power, ...(judgement ? triedOf(judgement) : diverged) };
    });
  }

  let tried = yield* attempt(powers, first, 0);
  for (let i = 0; i < maxExtensions; i++) {
    // A second round must remain, with longer runs than the first.
    if (finalSize(1).steps <= first.steps) break;
    const best = ranked(tried)[0].power;
    if (best > tried[0].power) break;
    tried = [...(yield* attempt([best - 1], first, 0)), ...tried];
  }
  const chosen = ranked(tried).slice(0, finalists);
  const last = yield* attempt(
    chosen.map(({ power }) => power),
    finalSize(0),
    1,
  );
  const [best, other] = ranked(last);
  if (best.loss === Number.POSITIVE_INFINITY) {
    // Both diverge in longer runs: a smaller rate, which has held in a short one.
    const lowest = Math.min(...last.map(({ power }) => power));
    const next = ranked(tried).find(({ power, loss }) => power < lowest && loss < best.loss);
    if (next) return rateAt(usual, next.power);
  }
  if (best.loss < Number.POSITIVE_INFINITY) {
    const larger = other.power > best.power && asGood(other, best);
    return rateAt(usual, larger ? other.power : best.power);
  }
  throw new DivergenceError("finetune", done, best.loss, rateAt(usual, best.power));
}

function triedOf({ trained, heldOut }: Judgement): Omit<Tried, "power"> {
  const losses = [...trained, ...heldOut];
  return { losses, loss: mean(losses), fit: trained, trained: mean(trained) };
}

/** Makes a short run, and judges it; yields the loss before each update. */
export function* tryOut(
  trial: TrialSettings,
  start: (trial: TrialSettings) => Trial,
): Generator<number, Outcome> {
  let steps = 0;
  try {
    const run = start(trial);
    for (; steps < trial.steps; steps++) yield run.step();
    const judgement = run.judge();
    const { trained, heldOut } = judgement;
    return { steps, ...(Number.isFinite(mean([...trained, ...heldOut])) && { judgement }) };
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    return { steps };
  }
}

/**
 * `searchRounds`, one short run after another.
 *
 * @param start - starts a short run; only the last one is alive.
 */
export function* searchRate(
  usual: number,
  size: SearchSize,
  start: (trial: TrialSettings) => Trial,
): Generator<FinetuneProgress, number> {
  const rounds = searchRounds(usual, size);
  let step = 0;
  let next = rounds.next([]);
  while (!next.done) {
    const { trials, after } = next.value;
    const outcomes: Outcome[] = [];
    for (const [i, trial] of trials.entries()) {
      const { stands: learningRate } = trial;
      const totalSteps = step + after + (trials.length - i) * trial.steps;
      const run = tryOut(trial, start);
      let at = run.next();
      for (; !at.done; at = run.next()) {
        step += 1;
        yield { phase: "search", step, totalSteps, loss: at.value, learningRate };
      }
      outcomes.push(at.value);
    }
    next = rounds.next(outcomes);
  }
  return next.value;
}

/** The rate `power` places above the usual one in the grid, or below it. */
function rateAt(usual: number, power: number): number {
  // Step by step: what a power of the host rounds to is its own affair.
  let rate = usual;
  for (let i = 0; i < Math.abs(power); i++) rate = power > 0 ? rate * ratio : rate / ratio;
  return rate;
}

/** Whether the mean gap between losses of the same examples is larger than its standard error. */
function clearlyBetter(a: readonly number[], b: readonly number[]): boolean {
  if (b.length === 0) return true;
  const gaps = a.map((loss, i) => b[i] - loss);
  const center = mean(gaps);
  const square = (x: number) => x * x;
  const spread = gaps.reduce((sum, gap) => sum + square(gap - center), 0);
  const variance = spread / Math.max(1, gaps.length - 1);
  return center > Math.sqrt(variance / gaps.length);
}

/** Whether one is not clearly worse than the other. */
function asGood(a: Tried, b: Tried): boolean {
  return !clearlyBetter(b.losses, a.losses) && !clearlyBetter(b.fit, a.fit);
}

/** The mean of one number or more. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The best first, of equals the smaller rate; those that are too large last. */
function ranked(tried: readonly Tried[]): Tried[] {
  const fits = tried.reduce((a, b) =>
    b.trained < a.trained || (b.trained === a.trained && b.power < a.power) ? b : a,
  );
  const excess = ({ power, fit }: Tried) =>
    power > fits.power && clearlyBetter(fits.fit, fit) ? power - fits.power : 0;
  return [...tried].sort((a, b) => excess(a) - excess(b) || a.loss - b.loss || a.power - b.power);
}
