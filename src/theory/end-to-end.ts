import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { checkObservation, type Observation, type Sample } from "./observation.js";
import {
  block,
  chain,
  combine,
  distance,
  frobenius,
  largest,
  product,
  times,
  worstOf,
} from "./plain.js";
import { yaras } from "./sources.js";
import type { StandardRuns } from "./standard-runs.js";
import { tolerances } from "./tolerance.js";

/** ‖W_L ... W_1 - U (W~_L ... W~_1) V'‖_F between the wide and the compressed product. @internal */
export function gap({ factors, compressed }: Sample): number {
  return frobenius(combine(chain(factors), chain(compressed), (a, b) => a - b));
}

/** The size of the product: what the gap's rounding errors are relative to. */
function productUnit({ unit, scales }: Observation): number {
  return scales.reduce((result) => result * unit, 1);
}

function passiveDimension({ target, frames }: Observation): number {
  return target.rows - frames.active;
}

/** ‖f - f_C‖_F = sqrt(d - 2r) Π |ρ_l|: the gap is known in closed form. */
export function gapIsClosedForm(observation: Observation): Verdict {
  checkObservation("gapIsClosedForm", observation);
  const claim = "wide and compressed products differ by exactly sqrt(d - 2r) times the scalars";
  const source = `${yaras}, end-to-end identity (derived from the block form)`;
  const m = passiveDimension(observation);
  const deviations = observation.samples.map(
    (sample) => gap(sample) - Math.sqrt(m) * Math.abs(product(sample.reduced.passive)),
  );
  const bound = tolerances[observation.dtype].run * productUnit(observation);
  return below({ claim, source }, worstOf(deviations), bound);
}

/** ‖f - f_C‖_F <= sqrt(d - 2r) Π ε_l at every moment, up to rounding. */
export function gapIsBounded(observation: Observation): Verdict {
  checkObservation("gapIsBounded", observation);
  const claim = "that gap never exceeds sqrt(d - 2r) times the product of the initial scales";
  const source = `${yaras}, end-to-end bound`;
  const rounding = tolerances[observation.dtype].run * productUnit(observation);
  const bound = Math.sqrt(passiveDimension(observation)) * product(observation.scales) + rounding;
  return below({ claim, source }, worstOf(observation.samples.map(gap)), bound);
}

/** V_{l+1} = U_l, orthogonal frames, cores ε I at the start, and Φ in the active directions. */
export function framesChain(observation: Observation): Verdict {
  checkObservation("framesChain", observation);
  const claim = "the frames are orthogonal, chained, and hold all of the target and of the start";
  const source = `${yaras}, construction of the bases`;
  const { frames, initial, scales, target, samples } = observation;
  check.some("framesChain", "observation.samples", samples);
  const { U, V, active: k } = frames;
  const d = target.rows;
  const deviations: number[] = [];
  for (const [l, W] of initial.entries()) {
    deviations.push(orthogonalityError(U[l]), orthogonalityError(V[l]));
    if (l > 0) deviations.push(distance(V[l], U[l - 1]));
    const start = matmul(matmul(U[l], W, { transposeA: true }), V[l]);
    deviations.push(distance(times(1 / scales[l], start), Matrix.identity(d)));
  }
  const [left, right] = [block(U[U.length - 1], 0, d, k, d), block(V[0], 0, d, k, d)];
  const size = productUnit(observation);
  deviations.push(largest(matmul(target, right).data) / size);
  deviations.push(largest(matmul(left, target, { transposeA: true }).data) / size);
  // The package's own left basis is the one that the chain of frames leads to.
  if (observation.dtype === "f64") {
    const { compressed } = samples[0];
    const ours = compressed[compressed.length - 1];
    deviations.push(largest(matmul(left, ours, { transposeA: true }).data));
  }
  return below({ claim, source }, worstOf(deviations), tolerances[observation.dtype].frame);
}

function orthogonalityError(Q: Matrix): number {
  return distance(matmul(Q, Q, { transposeA: true }), Matrix.identity(Q.cols));
}

export function claims({ standard }: StandardRuns): Claim[] {
  return [
    () => gapIsClosedForm(standard()),
    () => gapIsBounded(standard()),
    () => framesChain(standard()),
  ];
}
