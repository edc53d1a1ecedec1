/** The mean of numbers that come one by one, and its standard error. */
export class RunningMean {
  count = 0;
  #sum = 0;
  #squares = 0;

  add(value: number): void {
    this.count++;
    this.#sum += value;
    this.#squares += value * value;
  }

  /** NaN of no number. */
  get mean(): number {
    return this.#sum / this.count;
  }

  /** Standard deviation of the numbers over the root of their count; NaN of fewer than two. */
  get standardError(): number {
    const { count, mean } = this;
    if (count < 2) return Number.NaN;
    const variance = (this.#squares - count * mean * mean) / (count - 1);
    return Math.sqrt(Math.max(variance, 0) / count);
  }
}
