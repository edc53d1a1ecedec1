// How large the terms of the sums of a sweep will be: about as in the sweep before. So a sum need not wait until all
// shards know the largest one.

/** Sums of a sweep, at most. */
const most = 32;
/** In its first sweeps a cycle changes them by more than `reserve`. */
const firstSweeps = 2;
/** Terms may be larger than those of the sweep before by this factor. */
const reserve = 8;
/** And smaller than expected by this one, at which a grid of 2^30 steps is not coarser than f32. */
const excess = 128;

export class ExpectedTerms {
  /** Of each sum of the last sweep, what the next one expects; at last the sweeps of this cycle. */
  #bounds = new Float64Array(most + 1);
  /** Which sum is next; between sweeps none. */
  #next: number | undefined;

  beginCycle(): void {
    this.#bounds.fill(0);
  }

  beginSweep(): void {
    this.#next = 0;
  }

  endSweep(): void {
    this.#next = undefined;
    this.#bounds[most] += 1;
  }

  /** A bound that the terms of the next sum will hardly reach; 0 where nothing is known. */
  get bound(): number {
    const known = this.#next !== undefined && this.#bounds[most] >= firstSweeps;
    return known ? this.#bounds[this.#next as number] : 0;
  }

  /** The bound to sum by: the expected one where the terms are such, otherwise the largest. */
  boundFor(largest: number): number {
    const { bound } = this;
    return largest <= bound && bound <= excess * largest ? bound : largest;
  }

  /** The next sum is done. */
  done(largest: number): void {
    if (this.#next !== undefined) this.#bounds[this.#next++] = reserve * largest;
  }

  /** Between two sweeps. */
  get state(): Float64Array {
    return this.#bounds.slice();
  }

  set state(bounds: ArrayLike<number>) {
    this.#bounds.set(bounds);
  }
}
