// Seeded low-rank targets and masks for the benches.
import { Matrix, matmul, qr } from "../dist/index.js";

/** rows x cols of exact rank with nearly equal singular values around 2 (rows cols)^(1/4). */
export function lowRankTarget(rows, cols, rank, seed) {
  const U = qr(Matrix.randomNormal(rows, rank, { seed })).Q;
  const V = qr(Matrix.randomNormal(cols, rank, { seed: seed + 1 })).Q;
  const top = 2 * Math.sqrt(Math.sqrt(rows * cols));
  for (let i = 0; i < U.data.length; i++) U.data[i] *= top * (1 - 0.02 * (i % rank));
  return matmul(U, V, { transposeB: true });
}

/** rows x cols with these singular values, times 2 (rows cols)^(1/4). */
export function spectrumTarget(rows, cols, values, seed) {
  const rank = values.length;
  const U = qr(Matrix.randomNormal(rows, rank, { seed })).Q;
  const V = qr(Matrix.randomNormal(cols, rank, { seed: seed + 1 })).Q;
  const top = 2 * Math.sqrt(Math.sqrt(rows * cols));
  for (let i = 0; i < U.data.length; i++) U.data[i] *= top * values[i % rank];
  return matmul(U, V, { transposeB: true });
}

/** From 1 down to 1 / condition, in equal ratios. */
export function geometric(rank, condition) {
  return Array.from({ length: rank }, (_, i) => condition ** (-i / Math.max(1, rank - 1)));
}

/** Exactly floor(share rows cols) entries, without replacement, and the others. */
export function splitEntries(target, share, seed) {
  const count = target.data.length;
  const draw = Matrix.randomNormal(1, count, { seed }).data;
  const order = Array.from({ length: count }, (_, p) => p).sort((p, q) => draw[p] - draw[q]);
  const observed = order.slice(0, Math.floor(share * count));
  const { rows, cols } = target;
  return {
    unseen: order.slice(observed.length),
    data: {
      rows,
      cols,
      rowIndices: observed.map((p) => Math.floor(p / cols)),
      colIndices: observed.map((p) => p % cols),
      values: observed.map((p) => target.data[p]),
    },
  };
}

/** |X - target| / |target| over the entries at `positions`. */
export function relativeErrorAt(X, target, positions) {
  let difference = 0;
  let total = 0;
  for (const p of positions) {
    difference += (X.data[p] - target.data[p]) ** 2;
    total += target.data[p] ** 2;
  }
  return Math.sqrt(difference / total);
}
