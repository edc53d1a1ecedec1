import { solveDefinite } from "../linalg/solve-definite.js";
import { gramOf, type RowSystem } from "./row-solver.js";

/** Solves for a row without the kernels of linear systems, which a model that only recommends need not load. */
export function solveByScript({ gram, observed, ridge }: RowSystem, b: Float64Array): Float64Array {
  const n = b.length;
  const A = gramOf(observed, n);
  for (let p = 0; p < A.length; p++) A[p] += gram[p];
  for (let c = 0; c < n; c++) A[c * n + c] += ridge;
  return solveDefinite(A, b);
}
