// Targets and masks of the papers' experiments, from a seed: the same on every machine.
import { Matrix, matmul, svd } from "../../dist/index.js";

/** Seeds of the parts of one problem, apart from each other and from those of other problems. */
export function seeds(seed) {
  const base = 1000 * (seed + 1);
  return { target: base, mask: base + 1, model: base + 2, data: base + 3 };
}

/**
 * A d x d matrix of exact rank from the singular triples of a Gaussian one.
 *
 * @param spectrum - `top`: its largest ones, nearly equal (Yaras et al.); `spread`: those at
 * floor(i d / (2 rank)), i = 0 .. rank - 1, from the upper half of the spectrum (Kwon et al.).
 * @returns the target and its factors U diag(S), V (d x rank).
 */
export function gaussianTarget(d, rank, seed, spectrum = "top") {
  const { U, S, V } = svd(Matrix.randomNormal(d, d, { seed }));
  const chosen = Array.from({ length: rank }, (_, i) =>
    spectrum === "top" ? i : Math.floor((i * d) / (2 * rank)),
  );
  const left = columns(U, chosen);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < rank; k++) left.data[i * rank + k] *= S[chosen[k]];
  }
  const right = columns(V, chosen);
  const target = matmul(left, right, { transposeB: true });
  return { target, left, right, singularValues: chosen.map((k) => S[k]) };
}

function columns(A, indices) {
  const result = Matrix.zeros(A.rows, indices.length);
  for (let i = 0; i < A.rows; i++) {
    for (let k = 0; k < indices.length; k++) result.set(i, k, A.get(i, indices[k]));
  }
  return result;
}

/** Exactly floor(share d²) positions, without replacement, in ascending order. */
export function drawMask(d, share, seed) {
  const draw = Matrix.randomNormal(d, d, { seed }).data;
  const count = Math.floor(share * d * d);
  const threshold = draw.slice().sort()[count];
  const positions = new Uint32Array(count);
  let taken = 0;
  for (let p = 0; p < draw.length; p++) if (draw[p] < threshold) positions[taken++] = p;
  return positions;
}

/** The entries of the target at the positions, as triplets for `completion`. */
export function observe(target, positions) {
  const { rows, cols } = target;
  return {
    rows,
    cols,
    rowIndices: Int32Array.from(positions, (p) => Math.floor(p / cols)),
    colIndices: Int32Array.from(positions, (p) => p % cols),
    values: Float64Array.from(positions, (p) => target.data[p]),
  };
}

/** Half the sum of squares of X - target over the entries that are not observed. */
export function unseenLoss(X, target, positions) {
  let all = 0;
  for (let p = 0; p < X.data.length; p++) all += (X.data[p] - target.data[p]) ** 2;
  let seen = 0;
  for (const p of positions) seen += (X.data[p] - target.data[p]) ** 2;
  return (all - seen) / 2;
}
