import { checkPairs } from "./check-pairs.js";

/**
 * How often each class was taken for each: entry [i][j] counts the examples of class i of which class j
 * was predicted. O(n + classes²).
 *
 * @param classes - how many there are: truth and predictions are numbers from 0 on below it.
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  checkPairs("confusionMatrix", truth, predicted);
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) counts[truth[i]][predicted[i]]++;
  return counts;
}
