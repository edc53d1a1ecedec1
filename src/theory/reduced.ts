import * as check from "../check/fields.js";
import { Matrix } from "../linalg/matrix.js";
import { type PassiveState, passiveGradient, passiveStart, passiveStep } from "./passive.js";
import { combine, frobenius, multiply, times } from "./plain.js";
import { checkRule } from "./rule.js";
import { finiteSquare } from "./target.js";

/** The small system that the theorem says a wide run is: cores and scalars. */
export interface ReducedState {
  /** 2r x 2r, W_1's first. */
  readonly cores: readonly Matrix[];
  readonly passive: readonly number[];
}

const reducedProblem = {
  /** U_{L,1}' Φ V_{1,1}. */
  target: finiteSquare,
  scales: check.finiteNumbers,
  /** How many directions share the passive scalars. */
  passiveDimension: check.integer(0),
  rule: checkRule,
};

export type ReducedProblem = check.Checked<typeof reducedProblem>;

/**
 * The reduced system from its start, a state a step, by plain loops in f64: W~_l(0) = scale_l I and
 * gradient descent on 1/2 ‖W~_L ... W~_1 - Φ~‖², beside it the scalar recursion. Clipping couples the
 * two: its norm counts the passive directions too.
 */
export function* reducedRun(problem: ReducedProblem): Generator<ReducedState, never> {
  const read = check.setting("reducedRun", "problem", problem, reducedProblem);
  const { target, scales, passiveDimension, rule } = read;
  const { learningRate, ratios, beta = 0, nesterov = false, weightDecay = 0, maxNorm } = rule;
  let cores = scales.map((scale) => times(scale, Matrix.identity(target.rows)));
  let velocity = cores.map(({ rows, cols }) => Matrix.zeros(rows, cols));
  let passive: PassiveState = passiveStart(scales);
  for (;;) {
    yield { cores, passive: passive.rho };
    const gradients = coreGradients(cores, target);
    let squares = 0;
    for (const gradient of gradients) squares += frobenius(gradient) * frobenius(gradient);
    for (const g of passiveGradient(passive.rho)) squares += passiveDimension * g * g;
    const clip = maxNorm === undefined ? 1 : Math.min(1, maxNorm / Math.sqrt(squares));
    const d = gradients.map((G, l) => combine(G, cores[l], (g, w) => clip * g + weightDecay * w));
    velocity = velocity.map((V, l) => combine(V, d[l], (v, g) => beta * v + g));
    cores = cores.map((W, l) => {
      const direction = nesterov ? combine(d[l], velocity[l], (g, v) => g + beta * v) : velocity[l];
      const rate = learningRate * (ratios?.[l] ?? 1);
      return combine(W, direction, (w, x) => w - rate * x);
    });
    passive = passiveStep(passive, rule, clip);
  }
}

/** ∇_l = W_{L:l+1}' (W_{L:1} - Φ) W_{l-1:1}'. */
export function coreGradients(factors: readonly Matrix[], target: Matrix): Matrix[] {
  const before: Matrix[] = [];
  let P = factors[0];
  for (let l = 1; l < factors.length; l++) {
    before[l] = P;
    P = multiply(factors[l], P);
  }
  let back = combine(P, target, (p, phi) => p - phi);
  const gradients: Matrix[] = [];
  for (let l = factors.length - 1; l >= 0; l--) {
    gradients[l] = l === 0 ? back : multiply(back, before[l], "B");
    back = multiply(factors[l], back, "A");
  }
  return gradients;
}
