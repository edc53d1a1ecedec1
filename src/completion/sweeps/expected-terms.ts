// How large the terms of the sums of a sweep will be: about as large as those of the same sum in the sweep before. So a
// sum need not wait until all shards know the largest one.

/** The first sweeps from a start change them by more than `reserve`. */
const firstSweeps = 2;
/** Terms may be larger than those of the sweep before by this factor. */
const reserve = 32;
/** And smaller than expected by this one, at which a grid of 2^30 steps still has 2^21 for them. */
const excess = 512;

export class ExpectedTerms {
  /** A bound for each sum of a sweep, in their order, and for those that follow it. */
  #bounds: number[] = [];
  #sweeps = 0;
  #next = 0;

  /** Factors are new: nothing is known of their terms. */
  start(): void {
    this.state = [0, 0];
  }

  beginSweep(): void {
    this.#sweeps += 1;
    this.#next = 0;
  }

  /** What the terms of the next sum will hardly reach; 0 where nothing is known. */
  get bound(): number {
    return (this.#sweeps > firstSweeps && this.#bounds[this.#next]) || 0;
  }

  /** The bound to sum by: the expected one where the terms are such, otherwise the largest. */
  boundFor(largest: number): number {
    const { bound } = this;
    return largest <= bound && bound <= excess * largest ? bound : largest;
  }

  /** The next sum is done. */
  done(largest: number): void {
    this.#bounds[this.#next++] = reserve * largest;
  }

  get state(): Float64Array {
    return Float64Array.of(this.#sweeps, this.#next, ...this.#bounds);
  }

  set state(state: ArrayLike<number>) {
    [this.#sweeps, this.#next, ...this.#bounds] = Array.from(state);
  }
}
