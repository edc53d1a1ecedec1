// Ratings that look like mistakes, as text.
import { byDistance, type Outlier } from "../completion/outliers.js";
import { amount, print } from "./format.js";
import { csvField } from "./recommendations.js";
import { shown, type Titles } from "./titles.js";

/** How many are shown on the screen. */
const shownOutliers = 3;

/** Those of the training and of the test, the furthest off first. */
export function allOutliers(
  learnt: readonly Outlier[],
  tested: readonly Outlier[] | undefined,
): Outlier[] {
  return [...learnt, ...(tested ?? [])].sort(byDistance);
}

/** A line per rating: user, item, rating and what is expected instead. */
export function outliersAsCsv(outliers: readonly Outlier[]): Uint8Array {
  const lines = outliers.map(({ rowId, colId, value, expected }) =>
    [csvField(rowId), csvField(colId), value, Number(expected.toPrecision(6))].join(","),
  );
  return new TextEncoder().encode(`${["user,item,rating,expected", ...lines].join("\n")}\n`);
}

/** Says how many there are, and shows the worst of them. */
export function printOutliers(
  found: { training: number; test: number } | undefined,
  all: readonly Outlier[],
  titles: Titles,
): void {
  if (!found) return;
  const { training, test } = found;
  print("");
  if (training > 0) print(`  ${amount(training, "rating")} look like mistakes and were not learnt`);
  if (test > 0)
    print(`  ${amount(test, "rating")} of the test look so too: the errors leave them out`);
  for (const { rowId, colId, value, expected } of all.slice(0, shownOutliers)) {
    const item = shown(titles, colId);
    print(`    ${value} where ${expected.toFixed(1)} is expected: user ${rowId}, ${item}`);
  }
}
