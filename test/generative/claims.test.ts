// Every claim of recovery with a generator holds, and falls when its evidence is damaged.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as checkers from "../../src/generative/claims.js";
import { row, testClaims } from "../helpers/sabotage.js";

const verdicts = checkers.claims(1).map((check) => check());

const errors = { squares: 0.3, absolute: 0.2, medianOfMeans: 0.01 };
const sabotage = [
  row(checkers.wrongMeasurementsAreBorne, { ...errors, medianOfMeans: 0.06 }, errors),
  row(checkers.squaresAreSpoilt, { ...errors, squares: 0.09 }, errors),
  row(checkers.absoluteIsEnoughForValues, errors, { ...errors, absolute: 0.01 }),
  row(checkers.leverageIsBorne, { ...errors, absolute: 0.09 }, errors),
  row(checkers.deviationDoesNotGrow, [0.6, 0.7], [0.6, 0.6]),
  row(checkers.constantExpansionSuffices, [1e-6, 0.1, 1e-6, 1e-6], [1e-6, 1e-6, 1e-6, 1e-6]),
  row(checkers.someExpansionIsNecessary, [1e-6, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1]),
];

testClaims(verdicts, sabotage);

test.each(sabotage)("NaN and no evidence do not pass", (check, _, right) => {
  const nothing = Array.isArray(right) ? [Number.NaN, Number.NaN] : { squares: Number.NaN };
  if (check === checkers.someExpansionIsNecessary) return;
  expect(check(nothing).holds).toBe(false);
  if (Array.isArray(right)) expect(check([]).holds).toBe(false);
});

test("docs/reference/generative.md has every claim", () => {
  const page = readFileSync(new URL("../../docs/reference/generative.md", import.meta.url), "utf8");
  for (const { claim } of verdicts) expect(page).toContain(claim);
});
