// The block form of a square run: in the frames U_l, V_l every factor is the direct sum of a core
// and a multiple of the identity. All deviations are in units of a fitted factor.

import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { checkObservation, type Observation, type Sample } from "./observation.js";
import { block, distance, largest, multiply, times, worstOf } from "./plain.js";
import { yaras } from "./sources.js";
import type { StandardRuns } from "./standard-runs.js";
import { tolerances } from "./tolerance.js";

/** @internal */
export const source = `${yaras}, block form of the factors`;

/** U_l' W_l(t) V_l, cut into its four blocks. */
interface Blocks {
  sample: Sample;
  layer: number;
  core: Matrix;
  passive: Matrix;
  /** The two that the theorem says are zero. */
  off: readonly [Matrix, Matrix];
}

function* blocksOf({ frames, samples }: Observation): Generator<Blocks> {
  const { U, V, active: k } = frames;
  for (const sample of samples) {
    for (const [layer, W] of sample.factors.entries()) {
      const B = matmul(matmul(U[layer], W, { transposeA: true }), V[layer]);
      const d = B.rows;
      const off = [block(B, 0, k, k, d), block(B, k, d, 0, k)] as const;
      yield { sample, layer, core: block(B, 0, k, 0, k), passive: block(B, k, d, k, d), off };
    }
  }
}

/** The largest of a measure over all moments and layers, in units of a fitted factor. */
function worst(observation: Observation, measure: (blocks: Blocks) => number): number {
  const measures = Array.from(blocksOf(observation), measure);
  return worstOf(measures) / observation.unit;
}

/** The largest entry outside the two diagonal blocks, in units of a fitted factor. */
export function offDiagonal(observation: Observation): number {
  return worst(observation, ({ off }) => Math.max(largest(off[0].data), largest(off[1].data)));
}

/** U_l' W_l(t) V_l has no entries between active and passive directions. */
export function blocksVanish(observation: Observation): Verdict {
  checkObservation("blocksVanish", observation);
  const claim = "in its frames every factor stays block diagonal";
  const bound = tolerances[observation.dtype].block;
  return below({ claim, source }, offDiagonal(observation), bound);
}

/** The passive block is ρ I: zero off its diagonal, and the same number along it. */
export function passiveIsScalar(observation: Observation): Verdict {
  checkObservation("passiveIsScalar", observation);
  const claim = "the passive block of every factor stays a multiple of the identity";
  const measured = worst(observation, ({ passive }) =>
    distance(passive, times(meanDiagonal(passive), Matrix.identity(passive.rows))),
  );
  return below({ claim, source }, measured, tolerances[observation.dtype].block);
}

/** That multiple follows ρ_l(t+1) = ρ_l (1 - ηλ - η Π_{k≠l} ρ_k²), or the rule's form of it. */
export function passiveFollowsRecursion(observation: Observation): Verdict {
  checkObservation("passiveFollowsRecursion", observation);
  const claim = "the passive multiple follows the scalar recursion";
  const measured = worst(observation, ({ sample, layer, passive }) =>
    passive.rows === 0 ? 0 : meanDiagonal(passive) - sample.reduced.passive[layer],
  );
  return below({ claim, source }, measured, tolerances[observation.dtype].scalar);
}

/** The active block is what the package's compressed run has, in the basis of the frames. */
export function coreFollowsCompressed(observation: Observation): Verdict {
  checkObservation("coreFollowsCompressed", observation);
  const claim = "the active block equals the separately trained compressed network";
  const { frames, scales } = observation;
  const V = block(frames.V[0], 0, frames.V[0].rows, 0, frames.active);
  const measured = worst(observation, ({ sample, layer, core }) => {
    const { compressed } = sample;
    if (compressed.length !== scales.length + 2) return Number.NaN;
    // Both bases span the same subspace; M takes the compressed run's to the frames'.
    const M = multiply(V, compressed[0].transpose(), "A");
    return distance(core, multiply(multiply(M, compressed[layer + 1]), M, "B"));
  });
  return below({ claim, source }, measured, tolerances[observation.dtype].run);
}

/** The active block is what plain loops make of the small system alone. */
export function coreFollowsReduced(observation: Observation): Verdict {
  checkObservation("coreFollowsReduced", observation);
  const claim = "the active block obeys the closed dynamics of the small cores";
  const measured = worst(observation, ({ sample, layer, core }) =>
    distance(core, sample.reduced.cores[layer]),
  );
  return below({ claim, source }, measured, tolerances[observation.dtype].run);
}

function meanDiagonal(A: Matrix): number {
  let sum = 0;
  for (let i = 0; i < A.rows; i++) sum += A.data[i * A.cols + i];
  return A.rows === 0 ? 0 : sum / A.rows;
}

export function claims({ standard }: StandardRuns): Claim[] {
  return [
    () => blocksVanish(standard()),
    () => passiveIsScalar(standard()),
    () => passiveFollowsRecursion(standard()),
    () => coreFollowsCompressed(standard()),
    () => coreFollowsReduced(standard()),
  ];
}
