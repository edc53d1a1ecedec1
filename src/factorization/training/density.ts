import type { SVD } from "../../linalg/svd.js";
import type { Binding } from "../problems/problem.js";

/** How densely a problem observes, as seen by the target's top singular pair u, v. */
export interface Density {
  /** u' A*A(u v') v, not below the problem's average p: near p when the observations are spread. */
  readonly top: number;
  /** The greatest density of a single row or column that u or v has a part in. */
  readonly local: number;
}

/** Rows and columns count where their part of u or v is at least this share of the largest. */
const smallestPart = 0.1;

/**
 * Measures it by the difference of two residuals, at value u v' and at zero. Leaves the problem's
 * residual at zero output.
 *
 * @param average - the problem's p.
 * @param top - the target's top singular triplet; its value is the scale at which rounding does not
 *   matter.
 */
export function measureDensity({ job, bound }: Binding, average: number, top: SVD): Density {
  const { U, V } = top;
  const { dtype } = U;
  const squares = bound.squares ?? bound;
  const [value] = top.S;
  // A target of zeros has no top direction: no entry is observed more than densely.
  if (!(value > 0)) return { top: Math.max(average, 1), local: Math.max(average, 1) };
  const mark = job.mark();
  const u = job.put(U.data);
  const v = job.put(V.data);
  const scaled = job.put(U.data.map((x) => value * x));
  const zero = job.allocateZeros(dtype, U.rows);
  const forRows = job.allocate(dtype, U.rows);
  const forCols = job.allocate(dtype, V.rows);
  const images = [scaled, zero].map((left) => {
    squares.residual(1, left, v, forRows);
    squares.multiplyTransposed(1, u, forCols);
    return { rows: job.read(dtype, forRows, U.rows), cols: job.read(dtype, forCols, V.rows) };
  });
  job.release(mark);

  let along = average;
  let local = average;
  for (const [side, vector] of [
    ["rows", U.data],
    ["cols", V.data],
  ] as const) {
    let largest = 0;
    for (const x of vector) largest = Math.max(largest, Math.abs(x));
    let product = 0;
    vector.forEach((x, i) => {
      const image = (images[0][side][i] - images[1][side][i]) / value;
      product += x * image;
      if (Math.abs(x) > smallestPart * largest) local = Math.max(local, image / x);
    });
    along = Math.max(along, product);
  }
  return { top: along, local: Math.max(local, along) };
}
