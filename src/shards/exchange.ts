// What shards of a matrix tell each other. A computation on a shard is a generator: where it needs sums
// over all shards it hands out an `Exchange`, and goes on when they are in place. All shards run the same
// computation and hand out the same exchanges in the same order. Whoever drives them may be a loop, threads
// or machines; the bits are the same, since all that is added are integers, or zeros beside one number.

/** Some of the numbers of an exchange. */
export interface NumberRange {
  readonly first: number;
  readonly count: number;
}

/** Numbers that become their sums over all shards, in place, place by place. */
export class Exchange {
  /**
   * @param own - where the shard's own numbers are, which all other shards have zeros for, as it has for theirs: who
   * shares memory copies them, and adds nothing. Every number is some shard's own.
   * @param adding - adds the numbers of others to those from a place on, faster than a loop of JavaScript.
   */
  constructor(
    readonly numbers: Int32Array | Float64Array,
    readonly own?: NumberRange,
    readonly adding?: (others: Int32Array | Float64Array, at: number) => void,
  ) {}
}

/** Adds the numbers of another shard to those of an exchange from `at` on. */
export function addOthers(
  { numbers, adding }: Exchange,
  others: Int32Array | Float64Array,
  at: number,
): void {
  if (adding) adding(others, at);
  else addNumbers(numbers.subarray(at, at + others.length), others);
}

/** Adds other numbers of the same kind, place by place. */
export function addNumbers(
  sums: Int32Array | Float64Array,
  others: Int32Array | Float64Array,
): void {
  if (sums instanceof Int32Array) addIntegers(sums, others as Int32Array);
  else for (let q = 0; q < sums.length; q++) sums[q] += others[q];
}

/** A loop that meets one kind of array only: compiled for it, it takes a fifth of the time. */
function addIntegers(sums: Int32Array, others: Int32Array): void {
  for (let q = 0; q < sums.length; q++) sums[q] += others[q];
}

/** A computation on a shard, with `Turn`s of its own between the exchanges. */
export type Sharded<Result, Turn = never> = Generator<Exchange | Turn, Result>;

/** The computation where one shard is all there is: its numbers are the sums. */
export function* alone<Result, Turn>(steps: Sharded<Result, Turn>): Generator<Turn, Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (!(value instanceof Exchange)) yield value;
  }
}

/** The result of a computation without turns, where one shard is all there is. */
export function runAlone<Result>(steps: Sharded<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * The same computation, whose frame is let go once it has ended. Engines keep the frame of a generator that has ended
 * as it was at its last turn, with all arrays that it held, for as long as the frame that asked for it lives.
 */
export function* lettingGo<Result, Turn>(
  begin: () => Sharded<Result, Turn>,
): Sharded<Result, Turn> {
  // An object, for the variables of this frame would be kept as well.
  const held: { steps?: Sharded<Result, Turn> | undefined } = { steps: begin() };
  for (;;) {
    const next = held.steps?.next();
    if (next?.done) {
      held.steps = undefined;
      return next.value;
    }
    if (next) yield next.value;
  }
}
