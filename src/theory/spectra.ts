// What the block form says without any basis: ranks and repeated singular values.

import { below, type Claim, type Verdict } from "../claims/verdict.js";
import type { Matrix } from "../linalg/matrix.js";
import { svd } from "../linalg/svd.js";
import type { FloatArray } from "../wasm/index.js";
import { checkObservation, type Observation } from "./observation.js";
import { chain, combine, product, worstOf } from "./plain.js";
import { yaras } from "./sources.js";
import type { StandardRuns } from "./standard-runs.js";
import { tolerances } from "./tolerance.js";

const source = `${yaras}, rank form (derived from the block form)`;

/** Singular values in descending order; NaN where A has an entry that is not finite. @internal */
export function singularValues(A: Matrix): FloatArray {
  if (!A.data.every(Number.isFinite)) return new Float64Array(A.rows).fill(Number.NaN);
  return svd(A, { vectors: false }).S;
}

/** rank(W_l(t) - (ρ_l(t) / ε_l) W_l(0)) <= 2r. */
export function changeHasLowRank(observation: Observation): Verdict {
  checkObservation("changeHasLowRank", observation);
  const claim = "every factor is a multiple of its start plus a matrix of rank 2r";
  const { samples, initial, scales, frames, unit, dtype } = observation;
  const tails = samples.flatMap(({ factors, reduced }) =>
    factors.map((W, l) => {
      const kept = reduced.passive[l] / scales[l];
      return tail(
        combine(W, initial[l], (w, w0) => w - kept * w0),
        frames.active,
      );
    }),
  );
  return below({ claim, source }, worstOf(tails) / unit, tolerances[dtype].spectrum);
}

/** rank(W_L ... W_1(t) - Π (ρ_l(t) / ε_l) W_L ... W_1(0)) <= 2r. */
export function productChangeHasLowRank(observation: Observation): Verdict {
  checkObservation("productChangeHasLowRank", observation);
  const claim = "the product is a multiple of its start plus a matrix of rank 2r";
  const { samples, initial, scales, frames, unit, dtype } = observation;
  const start = chain(initial);
  const tails = samples.map(({ factors, reduced }) => {
    const kept = product(reduced.passive.map((rho, l) => rho / scales[l]));
    return tail(
      combine(chain(factors), start, (w, w0) => w - kept * w0),
      frames.active,
    );
  });
  const size = scales.reduce((result) => result * unit, 1);
  return below({ claim, source }, worstOf(tails) / size, tolerances[dtype].spectrum);
}

/** d - 2r singular values of W_l(t) equal ρ_l(t). */
export function singularValuesRepeat(observation: Observation): Verdict {
  checkObservation("singularValuesRepeat", observation);
  const claim = "d - 2r singular values of every factor equal its passive scalar";
  const { samples, frames, unit, dtype } = observation;
  const deviations = samples.flatMap(({ factors, reduced }) =>
    factors.map((W, l) => {
      const expected = Math.abs(reduced.passive[l]);
      const distances = Array.from(singularValues(W), (s) => Math.abs(s - expected));
      distances.sort((a, b) => a - b);
      return distances[W.rows - frames.active - 1] ?? 0;
    }),
  );
  return below({ claim, source }, worstOf(deviations) / unit, tolerances[dtype].spectrum);
}

/** The largest singular value after the first `rank`. */
function tail(A: Matrix, rank: number): number {
  return rank < A.rows ? singularValues(A)[rank] : 0;
}

export function claims({ standard }: StandardRuns): Claim[] {
  return [
    () => changeHasLowRank(standard()),
    () => productChangeHasLowRank(standard()),
    () => singularValuesRepeat(standard()),
  ];
}
