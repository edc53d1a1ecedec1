import { describe } from "../../linalg/describe.js";

/** The common length of two lists. @throws RangeError when there is none, or it is 0. */
export function checkPairs(
  name: string,
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
): number {
  for (const [what, values] of Object.entries({ truth, predicted })) {
    if (typeof Object(values).length === "number") continue;
    throw new TypeError(`${name}: ${what} is ${describe(values)}: it must be a list of numbers`);
  }
  if (truth.length !== predicted.length || truth.length === 0) {
    throw new RangeError(
      `${name}: ${truth.length} true and ${predicted.length} predicted values: ` +
        "there must be as many of both, and at least one",
    );
  }
  return truth.length;
}
