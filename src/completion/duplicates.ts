/** What happens to several values at one place: the last one wins, their mean, or an error. */
export type DuplicatePolicy = "last" | "mean" | "error";

/** Numbers in model files are places in this list: append only. */
export const duplicatePolicies: readonly DuplicatePolicy[] = ["last", "mean", "error"];

/** What `settleValues` can do: "sum" is for interactions, whose repetitions are counts. */
export type SettlePolicy = DuplicatePolicy | "sum";

/**
 * The one value of a place that has several, given in the order in which they came.
 *
 * @param refuse - what complains where the policy is "error".
 */
export function settleValues(
  values: readonly number[],
  policy: SettlePolicy,
  refuse: () => never,
): number {
  switch (policy) {
    case "last":
      return values[values.length - 1];
    case "mean":
      return sumOf(values) / values.length;
    case "sum":
      return sumOf(values);
    case "error":
      return refuse();
  }
}

/** In increasing order, so that the order in which they came does not matter. */
function sumOf(values: readonly number[]): number {
  const increasing = values.slice().sort((a, b) => a - b);
  return increasing.reduce((sum, value) => sum + value, 0);
}
