// npm run bench -- --check: the verdict on every target, from the results that are there.
import { readResults } from "./page.mjs";
import { evaluate } from "./targets.mjs";

/**
 * Prints the targets that are missed, or that lack a reference, and how many are met.
 *
 * @param folder - of the results: a URL that ends in a slash; bench/results unless given.
 * @returns the exit code: 1 where one is missed.
 */
export async function checkTargets(folder) {
  const rows = evaluate(await readResults(folder));
  for (const row of rows.filter(({ verdict }) => verdict !== "met")) console.log(line(row));
  const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
  console.log(
    `${count("met")} met, ${count("missed")} missed, ${count("no reference")} no reference`,
  );
  return count("missed") > 0 ? 1 : 0;
}

function line({ work, runtime, target, measured, bound, atMost, verdict }) {
  const value = measured === null ? "not measured:" : measured.toFixed(2);
  const place = runtime ? `, ${runtime}` : "";
  const relation = atMost ? "at most" : "at least";
  return `${verdict}: ${work}${place}: ${value} ${target}, to be ${relation} ${bound.toFixed(2)}`;
}
