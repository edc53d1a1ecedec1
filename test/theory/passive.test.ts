import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { passiveScalars, type Rule } from "../../src/theory.js";

interface Case {
  scales: number[];
  rule: Rule;
  steps: number;
  rho: number[];
}
const cases = JSON.parse(
  readFileSync(new URL("../fixtures/passive.json", import.meta.url), "utf8"),
) as Case[];

test.each(cases)(
  "the scalars of $scales under $rule equal 40-digit arithmetic after $steps steps",
  ({ scales, rule, steps, rho }) => {
    const path = passiveScalars(scales, rule, steps);
    expect(path).toHaveLength(steps + 1);
    path[steps].forEach((value, l) => {
      expect(Math.abs(value / rho[l] - 1)).toBeLessThan(1e-12);
    });
  },
);
