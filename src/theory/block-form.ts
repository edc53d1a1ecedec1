// The block form as a whole, under every update and in every setting that the theorem covers.
import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { source } from "./blocks.js";
import { checkObservation, type Observation } from "./observation.js";
import { chain, distance, product, times, worstOf } from "./plain.js";
import { checkRule, describeRule, type Rule } from "./rule.js";
import { rank, type StandardRuns, scales, size } from "./standard-runs.js";
import { alignedTarget } from "./target.js";
import { tolerances } from "./tolerance.js";

/**
 * The theorem in one: W_l(t) = U_l diag(W~_l(t), ρ_l(t) I) V_l' for every factor at every moment.
 *
 * @param about - what is special about the run, for the sentence.
 */
export function blockForm(observation: Observation, about: string): Verdict {
  checkObservation("blockForm", observation);
  check.text("blockForm", "about", about);
  const claim = `${about}: the wide run is the small system, in fixed frames`;
  const { frames, samples, unit, dtype } = observation;
  const { U, V, active: k } = frames;
  const distances = samples.flatMap(({ factors, reduced }) =>
    factors.map((W, l) => {
      const B = times(reduced.passive[l], Matrix.identity(W.rows));
      for (let i = 0; i < k; i++) B.row(i).set(reduced.cores[l].row(i));
      return distance(W, matmul(matmul(U[l], B), V[l], { transposeB: true }));
    }),
  );
  return below({ claim, source }, worstOf(distances) / unit, tolerances[dtype].run);
}

/** The theorem under an update of its own. */
export function blockFormUnder(rule: Rule, observation: Observation): Verdict {
  checkRule("blockFormUnder", "rule", rule);
  return blockForm(observation, `under ${describeRule(rule)}`);
}

/** Rules that the theorem covers beyond plain descent. */
export const rules: readonly Rule[] = [
  { learningRate: 0.1, weightDecay: 1e-2 },
  { learningRate: 0.02, beta: 0.9 },
  { learningRate: 0.02, beta: 0.9, nesterov: true, weightDecay: 1e-3 },
  { learningRate: 0.1, ratios: [1, 0.5, 1.5] },
  { learningRate: 0.1, maxNorm: 0.5 },
  { learningRate: 0.02, beta: 0.9, nesterov: true, ratios: [1, 0.5, 1.5], maxNorm: 0.5 },
];

export function claims({ square, seed }: StandardRuns): Claim[] {
  const restless = { rule: { learningRate: 0.3 }, steps: 400 };
  return [
    ...rules.map((rule) => () => blockFormUnder(rule, square({ rule }))),
    () => blockForm(square({ rank: 5 }), "told a rank above the target's"),
    () => blockForm(square({ target: targetOnStart(seed) }), "with a start aligned to the target"),
    () => blockForm(square(restless), "at S = 2.3, never settling"),
    () => blockForm(square({ dtype: "f32" }), "in single precision"),
  ];
}

/** A target that is placed the same way to both sides of the wide network's start. */
function targetOnStart(seed: number): Matrix {
  const model = deepFactorization({
    shape: { rows: size, cols: size },
    depth: scales.length,
    scale: scales,
    initialization: "haar",
    seed,
  });
  const Q = times(1 / product(scales), chain(model.factors()));
  return alignedTarget(Q, { rows: size, cols: size, rank, seed });
}
