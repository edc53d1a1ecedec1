// Five ways to the invariant subspace, of which `compress` takes the cheapest.

import * as check from "../check/fields.js";
import { below, type Claim, type Verdict } from "../claims/verdict.js";
import { compress } from "../factorization/models/compress.js";
import { deepFactorization } from "../factorization/models/deep-factorization.js";
import { factorization } from "../factorization/problems/factorization.js";
import { checkMatrix } from "../linalg/check.js";
import { beside } from "../linalg/columns.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { qr } from "../linalg/qr.js";
import { svd } from "../linalg/svd.js";
import { block, chain, distance, product, times, worstOf } from "./plain.js";
import { coreGradients } from "./reduced.js";
import { yaras } from "./sources.js";
import { rank, type StandardRuns, scales } from "./standard-runs.js";
import { finiteSquare } from "./target.js";

/** Orthonormal bases of the active input directions V_{1,1}, d x 2r each. */
export type Bases = check.Checked<typeof allBases>;

const allBases = {
  /** The package's: a QR factorization of [V_r, Q'U_r] from the target's singular vectors. */
  compress: checkMatrix,
  /** As the authors' code has it: three full SVDs of the first layer's gradient. */
  intersection: checkMatrix,
  /** Top right singular vectors of G_1 and of G_1'W_1(0), orthonormalised. */
  joined: checkMatrix,
  /** Top right singular vectors of [G_1; G_1'W_1(0)]. */
  stacked: checkMatrix,
  /** The complement of the theorem's null space: Φ v = 0 and Φ'W_{L:1}(0) v = 0. */
  nullSpace: checkMatrix,
};

const basesSetting = {
  target: finiteSquare,
  rank: check.integer(1),
  scales: check.finiteNumbers,
  seed: check.seed,
};

export type BasesSetting = check.Checked<typeof basesSetting>;

/**
 * All five, for a square target of the given rank. The four that are not ours look at the
 * gradient at the start, which has a flat tail: they need σ_r well above Π_{l≥2} ε_l.
 */
export function findBases(setting: BasesSetting): Bases {
  const read = check.setting("findBases", "setting", setting, basesSetting);
  const { target, rank, scales, seed } = read;
  const d = target.rows;
  const model = deepFactorization({
    shape: target,
    depth: scales.length,
    scale: scales,
    initialization: "haar",
    seed,
  });
  const initial = model.factors();
  const G = coreGradients(initial, target)[0];
  const GW = matmul(G, initial[0], { transposeA: true });
  const last = 2 * rank;
  const { U, V } = svd(G);
  const first = (A: Matrix, count: number) => block(A, 0, d, 0, count);

  // Complements of Q'U_r and of V_r; a null vector (x, y) of [A, -B] has A x = B y in both.
  const A = times(1 / scales[0], matmul(initial[0], block(U, 0, d, rank, d), { transposeA: true }));
  const B = block(V, 0, d, rank, d);
  const both = svd(padded(beside(A, times(-1, B)), 2 * (d - rank))).V;
  const N = block(both, 0, d - rank, d, 2 * (d - rank));
  const passive = svd(padded(matmul(A, N), d)).U;

  const conditions = svd(
    stack(target, matmul(target, times(1 / product(scales), chain(initial)), { transposeA: true })),
  );
  return {
    compress: compress(model, factorization(target), { rank }).factors()[0].transpose(),
    intersection: block(passive, 0, d, d - last, d),
    joined: qr(beside(first(V, rank), first(svd(GW).V, rank))).Q,
    stacked: first(svd(stack(G, GW)).V, last),
    nullSpace: first(conditions.V, last),
  };
}

/** The projectors on the subspaces are the same. */
export function basesAgree(bases: Bases): Verdict {
  check.fields("basesAgree", "bases", bases, allBases);
  const claim = "one SVD of the target gives the subspace of the authors' three of the gradient";
  const source = `${yaras}, construction of the bases and published code`;
  const projector = (V: Matrix) => matmul(V, V, { transposeB: true });
  const { compress: ours, ...others } = bases;
  const P = projector(ours);
  const distances = Object.values(others).map((V) => distance(P, projector(V)));
  return below({ claim, source }, worstOf(distances), 1e-10);
}

/** A over B. */
function stack(A: Matrix, B: Matrix): Matrix {
  return beside(A.transpose(), B.transpose()).transpose();
}

/** A square matrix of the size given with A in its corner and zeros elsewhere. */
function padded(A: Matrix, size: number): Matrix {
  const result = Matrix.zeros(size, size);
  for (let i = 0; i < A.rows; i++) result.row(i).set(A.row(i));
  return result;
}

export function claims({ seed, target }: StandardRuns): Claim[] {
  return [() => basesAgree(findBases({ target: target(), rank, scales, seed }))];
}
