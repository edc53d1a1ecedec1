// The scalar recursion alone: golden values, and what it does in the long run.
import { invalidValue } from "../check/describe.js";
import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { type PassiveRecursion, passiveScalars } from "./passive.js";
import { worstOf } from "./plain.js";
import type { Rule } from "./rule.js";
import { parsimony, yaras } from "./sources.js";

interface Golden {
  scales: readonly number[];
  rule: Rule;
  steps: number;
  rho: readonly number[];
}

/** Computed with 40 digits (test/fixtures/passive.py). */
const golden: readonly Golden[] = [
  { scales: [1, 1, 1], rule: { learningRate: 1 / 900 }, steps: 50, rho: [0.9509611221098712] },
  { scales: [1, 1, 1], rule: { learningRate: 1 / 900 }, steps: 5000, rho: [0.4554945567898553] },
  {
    scales: [0.1, 0.1, 0.1],
    rule: { learningRate: 1e-3, weightDecay: 1e-2 },
    steps: 5000,
    rho: [0.0950798590115114],
  },
  { scales: [0.1, 0.1, 0.1], rule: { learningRate: 1e-3 }, steps: 5000, rho: [0.0999500623939457] },
  {
    scales: [0.3, 0.05, 0.7],
    rule: { learningRate: 1e-3, weightDecay: 1e-3 },
    steps: 3000,
    rho: [0.2981423445916693, 0.0437298324520318, 0.6974926822665295],
  },
];

/** The recursion reaches known values. */
export function recursionHasGoldenValues(recursion: PassiveRecursion): Verdict {
  const path = pathOf("recursionHasGoldenValues", recursion);
  const claim = "the scalar recursion reaches its known values after up to 5,000 steps";
  const source = `${yaras}, recursion of the passive scalars`;
  const deviations = golden.flatMap(({ scales, rule, steps, rho }) => {
    const reached = path(scales, rule, steps)[steps];
    return rho.map((value, l) => reached[l] - value);
  });
  return below({ claim, source }, worstOf(deviations), 1e-12);
}

/** While ηλ + ηΠρ² stays in [0, 1] no scalar grows. */
export function scalarsNeverGrow(recursion: PassiveRecursion): Verdict {
  const path = pathOf("scalarsNeverGrow", recursion);
  const claim = "the passive scalars never grow";
  const source = `${yaras}, recursion of the passive scalars`;
  let growth = Number.NEGATIVE_INFINITY;
  for (const { scales, rule, steps } of golden) {
    const rhos = path(scales, rule, steps);
    for (let t = 1; t < rhos.length; t++) {
      for (const [l, rho] of rhos[t].entries()) growth = Math.max(growth, rho / rhos[t - 1][l] - 1);
    }
  }
  return below({ claim, source }, growth, 0);
}

/** With weight decay the scalars vanish at the rate 1 - ηλ once they are small. */
export function decayIsGeometric(recursion: PassiveRecursion): Verdict {
  const path = pathOf("decayIsGeometric", recursion);
  const claim = "with weight decay the passive scalars vanish like (1 - ηλ)^t";
  const source = `${parsimony}, recursion of the passive scalars`;
  const rule = { learningRate: 0.05, weightDecay: 0.1 };
  const rhos = path([0.3, 0.3, 0.3], rule, 2000);
  const factor = 1 - rule.learningRate * rule.weightDecay;
  const [late, last] = [rhos[1999][0], rhos[2000][0]];
  return below({ claim, source }, Math.abs(last / late / factor - 1), 1e-12);
}

/** The recursion, held to what its type promises. */
function pathOf(name: string, recursion: PassiveRecursion): PassiveRecursion {
  if (typeof recursion !== "function") {
    throw invalidValue(name, "recursion", recursion, "a function", TypeError);
  }
  return (scales, rule, steps) => {
    const path = recursion(scales, rule, steps);
    check.list(check.list(check.number))(name, "the path", path);
    if (path.length !== steps + 1) {
      throw new RangeError(
        `${name}: the path has ${path.length} states after ${steps} steps: it must have ${steps + 1}`,
      );
    }
    return path;
  };
}

export function claims(): Claim[] {
  return [
    () => recursionHasGoldenValues(passiveScalars),
    () => scalarsNeverGrow(passiveScalars),
    () => decayIsGeometric(passiveScalars),
  ];
}
