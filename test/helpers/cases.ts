// Properties over random recipes, as many as LOWRANK_CASES says, with a counter-example to read.
import fc from "fast-check";

/** How many cases a property gets: a share of LOWRANK_CASES, or `usual` without it. */
export function caseCount(usual: number, share = 1): number {
  const wanted = process.env.LOWRANK_CASES;
  return wanted === undefined ? usual : Math.ceil(Number(wanted) * share);
}

/**
 * Checks that no case breaks the property; a property breaks by what it returns, a list of
 * complaints. The error names the seed and the smallest case that was found.
 */
export function forAllCases<Case>(
  cases: fc.Arbitrary<Case>,
  complaints: (recipe: Case) => string[],
  numRuns: number,
): void {
  const seed = process.env.LOWRANK_SEED;
  const property = fc.property(cases, (recipe) => {
    const found = complaints(recipe);
    if (found.length > 0) throw new Error(found.join("\n"));
  });
  const parameters = { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) };
  const result = fc.check(property, parameters);
  if (!result.failed) return;
  const [smallest] = result.counterexample as [Case];
  throw new Error(
    [
      `case ${result.numRuns} of ${numRuns} fails, seed ${result.seed}. Smallest case:`,
      JSON.stringify(smallest),
      (result.errorInstance as Error).message,
      `LOWRANK_SEED=${result.seed} LOWRANK_CASES=... runs it again.`,
    ].join("\n"),
  );
}
