// Every claim of recovery with a generator holds, and falls when its evidence is damaged.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Verdict } from "../../src/claims/verdict.js";
import * as checkers from "../../src/generative/claims.js";

const verdicts = checkers.claims(1).map((check) => check());

test.each(verdicts)("$claim", ({ claim, measured, bound, holds }) => {
  expect(holds, `${claim}: ${measured} against ${bound}`).toBe(true);
});

const errors = { squares: 0.3, absolute: 0.2, medianOfMeans: 0.01 };
/** A checker, evidence that is a little wrong, and evidence that is right in its place. */
const row = <E>(check: (evidence: E) => Verdict, wrong: E, right: E) =>
  [check as (evidence: unknown) => Verdict, wrong, right] as const;
const sabotage = [
  row(checkers.wrongMeasurementsAreBorne, { ...errors, medianOfMeans: 0.06 }, errors),
  row(checkers.squaresAreSpoilt, { ...errors, squares: 0.09 }, errors),
  row(checkers.absoluteIsEnoughForValues, errors, { ...errors, absolute: 0.01 }),
  row(checkers.leverageIsBorne, { ...errors, absolute: 0.09 }, errors),
  row(checkers.deviationDoesNotGrow, [0.6, 0.7], [0.6, 0.6]),
  row(checkers.constantExpansionSuffices, [1e-6, 0.1, 1e-6, 1e-6], [1e-6, 1e-6, 1e-6, 1e-6]),
  row(checkers.someExpansionIsNecessary, [1e-6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1]),
];

test("every claim has its sabotage", () => {
  const sabotaged = sabotage.map(([check, , right]) => check(right).claim);
  expect(new Set(sabotaged)).toEqual(new Set(verdicts.map(({ claim }) => claim)));
});

test.each(
  sabotage.map(([check, wrong, right]) => ({ claim: check(right).claim, check, wrong, right })),
)("sabotage is seen, the same without it is not: $claim", ({ check, wrong, right }) => {
  expect(check(right)).toMatchObject({ holds: true });
  expect(check(wrong)).toMatchObject({ holds: false });
});

test.each(sabotage)("NaN and no evidence do not pass", (check, _, right) => {
  const nothing = Array.isArray(right) ? [Number.NaN, Number.NaN] : { squares: Number.NaN };
  if (check === checkers.someExpansionIsNecessary) return;
  expect(check(nothing).holds).toBe(false);
  if (Array.isArray(right)) expect(check([]).holds).toBe(false);
});

test("docs/generative.md has every claim", () => {
  const page = readFileSync(new URL("../../docs/generative.md", import.meta.url), "utf8");
  for (const { claim } of verdicts) expect(page).toContain(claim);
});
