import { seed } from "../../check/fields.js";
import { checkedOptions, type OptionChecks } from "../../check/options.js";
import { checkPositive } from "../../check/values.js";
import { randomPermutation } from "../../linalg/random.js";
import * as streams from "../../linalg/streams.js";
import { readTriplets, type Triplets } from "../../linalg/triplets.js";

export interface HoldOutOptions {
  /** Share of the observations to hold out, in (0, 1). @defaultValue 0.1 */
  share?: number;
  /** @defaultValue 0 */
  seed?: number;
}

const checks: OptionChecks<HoldOutOptions> = { share: checkPositive, seed };

/**
 * Splits observations at random: some to train on, the others to tell when to stop.
 *
 * @returns two sets that have all observations between them, in their order; neither is empty.
 * @throws RangeError when the share is not in (0, 1) or there are fewer than two observations.
 * @example
 * ```ts
 * const data = { rows: 2, cols: 2, rowIndices: [0, 0, 1], colIndices: [0, 1, 0], values: [1, 2, 2] };
 * const { training, validation } = holdOut(data, { share: 0.3 });
 * [training.values.length, validation.values.length]; // [2, 1]
 * ```
 */
export function holdOut(
  data: Triplets,
  options: HoldOutOptions = {},
): { training: Triplets; validation: Triplets } {
  const { rows, cols, rowIndices, colIndices, values } = readTriplets("holdOut", data);
  const { share = 0.1, seed = 0 } = checkedOptions("holdOut", options, checks);
  const count = values.length;
  if (share >= 1) throw new RangeError(`holdOut: share is ${share}: it must be less than 1`);
  if (count < 2) {
    throw new RangeError(`holdOut: there are ${count} observations: there must be at least 2`);
  }
  const heldOutCount = Math.min(count - 1, Math.max(1, Math.round(share * count)));
  const place = randomPermutation(count, seed, streams.heldOut.first);
  const part = (wanted: boolean): Triplets => {
    const chosen: number[] = [];
    for (let p = 0; p < count; p++) if (place[p] < heldOutCount === wanted) chosen.push(p);
    return {
      rows,
      cols,
      rowIndices: Int32Array.from(chosen, (p) => rowIndices[p]),
      colIndices: Int32Array.from(chosen, (p) => colIndices[p]),
      values: Float64Array.from(chosen, (p) => values[p]),
    };
  };
  return { training: part(false), validation: part(true) };
}
