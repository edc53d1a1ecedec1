// How a computation on a shard is taken up again by somebody else. Its course depends on few numbers, which the
// journal holds: who takes it up finds them there, computes nothing, and so comes to the place where its state was
// kept. There the state is put in place, and it goes on. Numbers and states of columns are the same in all
// shards, and those of rows do not depend on who has the rows: so other shards may go on with them.
import type { Sharded } from "./exchange.js";

export type KeptNumbers = Float32Array | Float64Array;

/** Numbers of the rows of a shard, one row after the other: of each as many, or from `starts[row]` on. */
export interface RowNumbers {
  readonly numbers: KeptNumbers;
  readonly starts?: Int32Array;
}

/** What goes on from: arrays, which may be views that the next step changes. */
export interface State {
  /** The same in all shards. */
  readonly shared: readonly KeptNumbers[];
  readonly ofRows: readonly RowNumbers[];
}

export interface Stateful {
  state(): State;
  restore(state: State): void;
}

/** The same, of what must be started before its state is restored. */
export const startedBefore = (of: Stateful, start: () => void): Stateful => ({
  state: () => of.state(),
  restore(state) {
    start();
    of.restore(state);
  },
});

/** A place of a computation. */
export interface Kept {
  /** What its parts had come to by then, in their order. */
  readonly numbers: Float64Array;
  /** Those of constants, in their order, and those of the place. */
  readonly states: readonly State[];
}

/** Who keeps a computation, and takes it up. */
export interface Keeper {
  /** Where to take it up; left out, at its start. */
  readonly from?: Kept | undefined;
  /** The computation is at this place. */
  keep(kept: Kept): void;
}

export class Journal {
  readonly #numbers: number[] = [];
  readonly #constants: State[] = [];
  readonly #keeper: Keeper | undefined;
  /** Where it is taken up, until it is there. */
  #from: Kept | undefined;

  constructor(keeper?: Keeper) {
    this.#keeper = keeper;
    this.#from = keeper?.from;
  }

  /** On its way to where it is taken up: nothing must be computed. */
  get replays(): boolean {
    return this.#from !== undefined;
  }

  /** What a part comes to: so many numbers. On the way to where it is taken up they are known. */
  *numbers<Turn>(
    count: number,
    part: () => Sharded<readonly number[], Turn>,
  ): Sharded<readonly number[], Turn> {
    const before = this.#numbers.length;
    if (this.#from) {
      const known = this.#from.numbers.subarray(before, before + count);
      if (known.length < count) throw new Error("a journal ends where nothing was kept");
      this.#numbers.push(...known);
      return Array.from(known);
    }
    const numbers = yield* part();
    this.#numbers.push(...numbers);
    return numbers;
  }

  *number<Turn>(part: () => Sharded<number, Turn>): Sharded<number, Turn> {
    const [number] = yield* this.numbers(1, function* () {
      return [yield* part()];
    });
    return number;
  }

  /** What is computed once, and belongs to all later places. */
  *constant<Turn>(compute: () => Sharded<State, Turn>): Sharded<State, Turn> {
    const state = this.#from ? this.#from.states[this.#constants.length] : yield* compute();
    this.#constants.push(state);
    return state;
  }

  /** A place where these, beside the constants, are all that the computation goes on from. */
  place(all: readonly Stateful[]): void {
    if (this.#from === undefined) {
      if (this.#keeper === undefined) return;
      const numbers = Float64Array.from(this.#numbers);
      const states = [...this.#constants, ...all.map((one) => one.state())];
      this.#keeper.keep({ numbers, states });
    } else if (this.#numbers.length === this.#from.numbers.length) {
      const { states } = this.#from;
      all.forEach((one, q) => {
        one.restore(states[this.#constants.length + q]);
      });
      this.#from = undefined;
    }
  }
}
