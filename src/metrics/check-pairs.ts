import * as check from "../check/fields.js";
import { checkList } from "../check/values.js";

/** The common length of two lists. @throws RangeError when there is none, or it is 0. */
export function checkPairs(
  name: string,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
): number {
  checkList(name, "truth", truth);
  checkList(name, "predicted", predicted);
  if (truth.length !== predicted.length || truth.length === 0) {
    throw new RangeError(
      `${name}: ${truth.length} true and ${predicted.length} predicted values: ` +
        "there must be as many of both, and at least one",
    );
  }
  return truth.length;
}

/** The common length of two lists of finite numbers. @throws RangeError or TypeError otherwise. */
export function checkFinitePairs(
  name: string,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
): number {
  const count = checkPairs(name, truth, predicted);
  check.list(check.finite)(name, "truth", truth);
  check.list(check.finite)(name, "predicted", predicted);
  return count;
}
