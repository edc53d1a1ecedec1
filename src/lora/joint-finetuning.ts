// A fine-tuning run that several compute together, each of whom has the whole of it: in a round each does
// its share of some work, and what has come of all shares takes everybody on, to the same bits.
import { RateSearch } from "./choose-rate.js";
import { Finetuning, makeRun, runOf } from "./finetune.js";
import { type Example, type FinetuneOptions, readFinetuneOptions } from "./finetune-options.js";
import { addParts, partsOf, type Sharer, shareOf } from "./parts.js";
import {
  type FinetuneProgress,
  type Outcome,
  type SearchRound,
  searchRounds,
  tryOut,
} from "./rate-search.js";
import type { PartOfStep, Replica } from "./replica.js";
import type { TextModel } from "./text-model.js";

/** What has come of a share: short runs, by their number in the round, or parts of a step in their order. */
export type Work =
  | { readonly outcomes: readonly (readonly [number, Outcome])[] }
  | { readonly parts: readonly PartOfStep[] };

/** Shares side by side, in the order of their owners. */
export function joinWork(shares: readonly Work[]): Work {
  // Of a round of few short runs some shares are empty.
  if (shares.some((share) => "outcomes" in share)) {
    return { outcomes: shares.flatMap((share) => ("outcomes" in share ? share.outcomes : [])) };
  }
  return { parts: shares.flatMap((share) => ("parts" in share ? share.parts : [])) };
}

/** What has come of all shares: the parts of a step are one. */
export function workOfAll(shares: readonly Work[]): Work {
  const work = joinWork(shares);
  return "outcomes" in work ? work : { parts: [addParts(work.parts)] };
}

/** What another one needs to join a run: it can be cloned. */
export interface JointStart {
  readonly replica: Replica;
  /** The rate is to be searched; the replica has the usual one. */
  readonly searched: boolean;
}

/** The search of the rate, on its way. */
class Searching {
  readonly #rounds: Generator<SearchRound, number, readonly Outcome[]>;
  #round: SearchRound;
  /** Updates of the rounds before. */
  #before = 0;

  constructor(readonly search: RateSearch) {
    this.#rounds = searchRounds(search.settings.method.learningRate, search.size);
    this.#round = this.#rounds.next([]).value as SearchRound;
  }

  get #updates(): number {
    return this.#round.trials.reduce((sum, { steps }) => sum + steps, 0);
  }

  share(sharer: Sharer, report: (progress: FinetuneProgress) => void): Work {
    let step = this.#before;
    const totalSteps = step + this.#updates + this.#round.after;
    const { trials } = this.#round;
    const { first, end } = shareOf(sharer, trials.length);
    const own = [...trials.entries()].slice(first, end);
    const outcomes = own.map(([i, trial]) => {
      const run = tryOut(trial, (settings) => this.search.start(settings));
      let at = run.next();
      for (; !at.done; at = run.next()) {
        step += 1;
        const { stands: learningRate } = trial;
        report({ phase: "search", step, totalSteps, loss: at.value, learningRate });
      }
      return [i, at.value] as const;
    });
    return { outcomes };
  }

  /** @returns the rate, once it is found. @throws DivergenceError when every rate diverges. */
  goOn(outcomes: readonly (readonly [number, Outcome])[]): number | undefined {
    this.#before += this.#updates;
    const inOrder = [...outcomes].sort(([a], [b]) => a - b).map(([, outcome]) => outcome);
    try {
      const next = this.#rounds.next(inOrder);
      if (next.done) return next.value;
      this.#round = next.value;
      return undefined;
    } finally {
      this.search.restore();
    }
  }
}

export class JointFinetuning {
  #run: Finetuning;
  #searching: Searching | undefined;

  private constructor(
    readonly model: TextModel,
    readonly examples: readonly Example[],
    run: Finetuning,
    search: RateSearch | undefined,
  ) {
    this.#run = run;
    this.#searching = search && new Searching(search);
  }

  /** Plans the additions. @throws as `Finetuning`. */
  static begin(
    model: TextModel,
    examples: readonly Example[],
    options: FinetuneOptions,
  ): JointFinetuning {
    const { settings, resume, searched } = readFinetuneOptions(options, examples);
    const make = makeRun(model);
    const search = searched ? RateSearch.prepare(model, examples, settings, make) : {};
    const run = search.layers
      ? make(examples, settings, search.layers)
      : new Finetuning(model, examples, { ...settings, ...(resume && { resume }) });
    const searching = search instanceof RateSearch ? search : undefined;
    return new JointFinetuning(model, examples, run, searching);
  }

  static join(
    model: TextModel,
    examples: readonly Example[],
    { replica, searched }: JointStart,
  ): JointFinetuning {
    const run = runOf(model, examples, replica);
    const search = searched ? RateSearch.again(model, examples, run, makeRun(model)) : undefined;
    return new JointFinetuning(model, examples, run, search);
  }

  /** For others, before the first round. */
  start(): JointStart {
    return { replica: this.#run.replica(), searched: this.searches };
  }

  /** The run itself: while its rate is searched, one at the usual rate. */
  get run(): Finetuning {
    return this.#run;
  }

  get searches(): boolean {
    return this.#searching !== undefined;
  }

  get done(): boolean {
    return !this.searches && this.#run.stepCount >= this.#run.options.steps;
  }

  /** Pieces that the work of a step has: more sharers have nothing to do. */
  get pieces(): number {
    return partsOf(this.#run);
  }

  /**
   * A sharer's work in this round.
   *
   * @param report - called with how far a search is.
   */
  share(sharer: Sharer, report: (progress: FinetuneProgress) => void = () => {}): Work {
    if (this.#searching) return this.#searching.share(sharer, report);
    const { first, end } = shareOf(sharer, this.pieces);
    return { parts: this.#run.partsOfStep(first, end, this.pieces) };
  }

  /**
   * Goes on to the next round, by the work of all.
   *
   * @returns what is reported of a step.
   * @throws DivergenceError as `Finetuning.step`, and where every rate diverges.
   */
  goOn(work: Work): FinetuneProgress | undefined {
    if ("parts" in work) {
      const [{ loss, gradients }] = work.parts;
      this.#run.checkLoss(loss);
      this.#run.finishStep(gradients);
      return this.#run.progress(loss);
    }
    const { search } = this.#searching as Searching;
    const learningRate = this.#searching?.goOn(work.outcomes);
    if (learningRate === undefined) return undefined;
    const settings = { ...search.settings, learningRate };
    this.#run = makeRun(this.model)(this.examples, settings, search.layers);
    this.#searching = undefined;
    return undefined;
  }
}
