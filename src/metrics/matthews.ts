import { checkPairs } from "./check-pairs.js";

/**
 * Matthews' correlation of true and predicted classes, in -1 .. 1, of two classes or more
 * (Gorodkin 2004): (n c - sum_k t_k p_k) / sqrt((n² - sum p_k²)(n² - sum t_k²)), with c right ones
 * of n, t_k true and p_k predicted members of class k. O(n).
 *
 * @returns 0 where all truths or all predictions are one class.
 * @throws RangeError when the lengths differ or are 0.
 */
export function matthews(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const count = checkPairs("matthews", truth, predicted);
  const members = new Map<number, [number, number]>();
  const membersOf = (one: number) => {
    const found = members.get(one) ?? [0, 0];
    members.set(one, found);
    return found;
  };
  let right = 0;
  for (let i = 0; i < count; i++) {
    membersOf(truth[i])[0]++;
    membersOf(predicted[i])[1]++;
    if (truth[i] === predicted[i]) right++;
  }
  let [both, ofTruth, ofPredicted] = [0, 0, 0];
  for (const [t, p] of members.values()) {
    both += t * p;
    ofTruth += t * t;
    ofPredicted += p * p;
  }
  const square = count * count;
  const spread = Math.sqrt(square - ofPredicted) * Math.sqrt(square - ofTruth);
  return spread === 0 ? 0 : (count * right - both) / spread;
}
