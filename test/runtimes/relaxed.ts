// lowrank/relaxed on every runtime: whether it runs, and how far its results are from exact ones.
import { eigh, Matrix, matmul, qr, supportsRelaxedSimd, svd } from "lowrank/relaxed";

/** |X - Y| over eps |Y|, with the largest entry as the norm. */
function distance(X: Matrix, Y: Matrix): number {
  const eps = X.dtype === "f32" ? 2 ** -24 : 2 ** -53;
  let [difference, norm] = [0, 0];
  for (let i = 0; i < X.data.length; i++) {
    // Written so that NaN stays: no comparison drops it.
    difference = Math.max(difference, Math.abs(X.data[i] - Y.data[i]));
    norm = Math.max(norm, Math.abs(Y.data[i]));
  }
  return difference / (eps * norm);
}

/** U diag(S) V'. */
function compose(U: Matrix, S: ArrayLike<number>, V: Matrix): Matrix {
  const scaled = U.copy();
  scaled.data.forEach((entry, i) => {
    scaled.data[i] = entry * S[i % U.cols];
  });
  return matmul(scaled, V, { transposeB: true });
}

export function answer() {
  const supported = supportsRelaxedSimd();
  try {
    const distances = (["f32", "f64"] as const).flatMap((dtype) => {
      const A = Matrix.randomNormal(60, 45, { seed: 1, dtype });
      const { Q, R } = qr(A);
      const { U, S, V } = svd(A);
      const gram = matmul(A, A, { transposeA: true });
      const { values, vectors } = eigh(gram);
      return [
        distance(matmul(Q, R), A),
        distance(compose(U, S, V), A),
        distance(compose(vectors, values, vectors), gram),
        distance(gram, gram.transpose()),
      ];
    });
    return { supported, distances };
  } catch (error) {
    return { supported, refused: `${(error as Error).name}: ${(error as Error).message}` };
  }
}
