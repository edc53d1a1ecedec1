// Values of a shard's entries of which few are others than before: where they are, among the entries of all
// shards, and what they are.
import type { RowNumbers } from "../shards/journal.js";
import type { Shard } from "../shards/shard.js";

/** Of each changed entry its place and its value. */
export function changesOf(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  { matrix: { rows, rowStart }, firstEntry }: Shard,
): RowNumbers {
  const numbers: number[] = [];
  const starts = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    for (let p = rowStart[row]; p < rowStart[row + 1]; p++) {
      if (!Object.is(before[p], after[p])) numbers.push(firstEntry + p, after[p]);
    }
    starts[row + 1] = numbers.length;
  }
  return { numbers: Float64Array.from(numbers), starts };
}

/** Makes the changes. */
export function change(
  values: Float32Array | Float64Array,
  { numbers }: RowNumbers,
  { firstEntry }: Pick<Shard, "firstEntry">,
): void {
  for (let i = 0; i < numbers.length; i += 2) values[numbers[i] - firstEntry] = numbers[i + 1];
}
