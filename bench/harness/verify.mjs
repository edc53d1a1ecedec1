// Checks a contender's result before it is timed, in f64 and without any contender's code.
// A product or a factorization is applied to random vectors (Freivalds 1977), which costs O(n^2):
// an entry that is wrong by more than rounding shows in every such vector.
import { normals } from "../../lab/random.mjs";

/** @throws Error that says which relation fails, and by how much. */
export function verify(work, inputs, output) {
  const check = checks[work.operation];
  if (!check) throw new Error(`verify: there is no check of ${work.operation}`);
  check(work, inputs, output);
}

const checks = {
  matmul({ dtype }, { A, B }, C) {
    const x = normals(B.cols, 7);
    const product = { rows: A.rows, cols: B.cols, data: C };
    near("C x = A (B x)", apply(product, x), apply(A, apply(B, x)), tolerance(dtype, A.cols));
  },

  qr({ dtype }, { A }, { Q, R }) {
    const k = Math.min(A.rows, A.cols);
    const left = { rows: A.rows, cols: k, data: Q };
    const right = { rows: k, cols: A.cols, data: R };
    const x = normals(A.cols, 7);
    const bound = tolerance(dtype, A.rows);
    near("Q (R x) = A x", apply(left, apply(right, x)), apply(A, x), bound);
    orthonormal("Q", left, bound);
  },

  svd({ dtype }, { A }, { U, S, V, Vt }) {
    const k = Math.min(A.rows, A.cols);
    const left = { rows: A.rows, cols: k, data: U };
    const right = { rows: A.cols, cols: k, data: V ?? transposed(k, A.cols, Vt) };
    const x = normals(A.cols, 7);
    const bound = tolerance(dtype, Math.max(A.rows, A.cols));
    const scaled = applyTransposed(right, x).map((value, i) => value * S[i]);
    near("U S V'x = A x", apply(left, scaled), apply(A, x), bound);
    orthonormal("U", left, bound);
    orthonormal("V", right, bound);
  },

  eigh({ dtype }, { A }, { values, vectors }) {
    const V = { rows: A.rows, cols: A.cols, data: vectors };
    const x = normals(A.cols, 7);
    const bound = tolerance(dtype, A.rows);
    const scaled = applyTransposed(V, x).map((value, i) => value * values[i]);
    near("V D V'x = A x", apply(V, scaled), apply(A, x), bound);
    orthonormal("V", V, bound);
  },

  /** The residual is at most 1 % above that of the best approximation of this rank. */
  randomizedSvd({ parameters: { rank, bestResidual } }, { A }, { U, S, V }) {
    let sum = 0;
    for (let i = 0; i < A.rows; i++) {
      const row = A.data.slice(i * A.cols, (i + 1) * A.cols);
      for (let p = 0; p < rank; p++) {
        const weight = U[i * rank + p] * S[p];
        for (let j = 0; j < A.cols; j++) row[j] -= weight * V[j * rank + p];
      }
      for (const value of row) sum += value * value;
    }
    const ratio = Math.sqrt(sum) / bestResidual;
    if (!(ratio < 1.01)) throw new Error(`the residual is ${ratio} times the best of its rank`);
  },

  gd({ dtype, parameters: { rate } }, { x, g }, out) {
    const expected = x.data.map((value, i) => value - rate * g.data[i]);
    near("x = x - rate g", out, expected, tolerance(dtype, 1));
  },

  momentum(work, inputs, out) {
    checks.gd(work, inputs, out); // in the first step, v = g
  },

  adam({ dtype, parameters: { rate } }, { x, g }, out) {
    const expected = x.data.map((value, i) => value - rate * Math.sign(g.data[i]));
    near("x = x - rate m / sqrt(v)", out, expected, dtype === "f32" ? 1e-4 : 1e-6);
  },
};

/** Generous: some peers stop their iterations early, and what is sought here is a wrong result. */
function tolerance(dtype, terms) {
  return dtype === "f32" ? 2 ** -23 * (100 + 10 * terms) : 1e-9;
}

function near(relation, actual, expected, bound) {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  const ratio = Math.sqrt(difference / (size || 1));
  if (!(ratio < bound)) {
    throw new Error(`${relation} fails: relative error ${ratio.toExponential(1)}`);
  }
}

function orthonormal(name, Q, bound) {
  const x = normals(Q.cols, 9);
  near(`${name}'${name} = I`, applyTransposed(Q, apply(Q, x)), x, bound);
}

function apply({ rows, cols, data }, x) {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += data[i * cols + j] * x[j];
    return sum;
  });
}

function applyTransposed({ rows, cols, data }, x) {
  const y = new Float64Array(cols);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) y[j] += data[i * cols + j] * x[i];
  }
  return y;
}

function transposed(rows, cols, data) {
  return Float64Array.from({ length: rows * cols }, (_, p) => {
    const i = Math.floor(p / rows);
    return data[(p - i * rows) * cols + i];
  });
}
