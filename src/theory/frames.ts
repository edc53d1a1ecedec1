import * as check from "../check/fields.js";
import { checkMatrix } from "../linalg/check.js";
import { beside } from "../linalg/columns.js";
import { matmul } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { qr } from "../linalg/qr.js";
import { block, times } from "./plain.js";

/** The orthogonal bases in which every factor of a wide run is block diagonal, d x d each. */
export interface Frames {
  /** U_1 .. U_L. */
  readonly U: readonly Matrix[];
  /** V_1 .. V_L; V_{l+1} = U_l. */
  readonly V: readonly Matrix[];
  /** Their first columns, so many, are the active ones. */
  readonly active: number;
}

/**
 * The bases that follow from the active part of V_1 and the factors at the start:
 * U_l = W_l(0) V_l / scale_l and V_{l+1} = U_l.
 *
 * @param active - V_{1,1}: orthonormal columns.
 */
export function transportFrames(
  active: Matrix,
  initial: readonly Matrix[],
  scales: readonly number[],
): Frames {
  checkMatrix("transportFrames", "active", active);
  check.list(checkMatrix)("transportFrames", "initial", initial);
  check.list(check.positive)("transportFrames", "scales", scales);
  check.length(initial.length, "one per factor")("transportFrames", "scales", scales);
  const V = [completeBasis(active)];
  for (const [l, factor] of initial.entries()) V.push(times(1 / scales[l], matmul(factor, V[l])));
  return { U: V.slice(1), V: V.slice(0, -1), active: active.cols };
}

/** The columns given, and after them others that complete them to an orthogonal matrix. */
function completeBasis(A: Matrix): Matrix {
  const { rows, cols } = A;
  if (rows === cols) return A;
  const others = Matrix.randomNormal(rows, rows - cols, { seed: 0 });
  const { Q } = qr(beside(A, others));
  return beside(A, block(Q, 0, rows, cols, rows));
}
