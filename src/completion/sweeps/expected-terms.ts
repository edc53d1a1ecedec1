// How large the terms of the sums of a sweep will be: those of the same sum in the sweep before, changed as those of
// the sum before this one have. So a sum need not wait until all shards know the largest one.
import { largestTerm } from "./rounded-sums.js";

/** The first sweeps from a start change them by more than `reserve`. */
const firstSweeps = 2;
/** Terms may be larger than it seems by this factor. */
const reserve = 32;
/** And smaller than the bound by this one, at which a grid of 2^30 steps still has 2^21 for them. */
const excess = 512;

export class ExpectedTerms {
  /** The largest term of each sum of a sweep, in their order, and of those that follow it. */
  #largest: number[] = [];
  #sweeps = 0;
  #next = 0;
  /** What the last sum's largest term was, over that of the sweep before. */
  #change = 1;

  /** Factors are new: nothing is known of their terms. */
  start(): void {
    this.state = [0, 0];
  }

  beginSweep(): void {
    this.#sweeps += 1;
    this.#next = 0;
    this.#change = 1;
  }

  /** What the terms of the next sum will hardly reach; 0 where nothing is known. */
  get bound(): number {
    const before = this.#sweeps > firstSweeps ? this.#largest[this.#next] : 0;
    const expected = reserve * this.#change * before;
    return expected <= largestTerm ? expected : 0;
  }

  /** The bound to sum by: the expected one where the terms are such, otherwise the largest. */
  boundFor(largest: number): number {
    const { bound } = this;
    return largest <= bound && bound <= excess * largest ? bound : largest;
  }

  /** The next sum is done. */
  done(largest: number): void {
    const before = this.#largest[this.#next];
    this.#change = largest > 0 && before > 0 ? largest / before : 1;
    this.#largest[this.#next++] = largest;
  }

  get state(): Float64Array {
    return Float64Array.of(this.#sweeps, this.#next, ...this.#largest);
  }

  set state(state: ArrayLike<number>) {
    [this.#sweeps, this.#next, ...this.#largest] = Array.from(state);
  }
}
