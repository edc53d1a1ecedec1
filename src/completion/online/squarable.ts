/** The largest value: factors of it are squared. */
const largestValue = 1e100;

/** Squares and their sums must stay in range. */
export function checkSquarable(name: string, values: ArrayLike<number>): void {
  for (let p = 0; p < values.length; p++) {
    if (!(Math.abs(values[p]) > largestValue)) continue;
    throw new RangeError(
      `${name}: values[${p}] is ${values[p]}: it must be at most ${largestValue} in size`,
    );
  }
}
