// Factorizations of large matrices with spectra that are hard for divide and conquer, known from how
// they are made. The sizes stay moderate so that the suite stays quick; LOWRANK_LARGE=1 runs every
// kind at n = 1500.
import { expect, test } from "vitest";
import { type DType, eigh, Matrix, matmul, qr, svd } from "../../src/index.js";
import { bound, eps, expectBelow, valuesRatio } from "../helpers/ratios.js";
import { withSpectrum } from "../helpers/spectra.js";

const thorough = Boolean(process.env.LOWRANK_LARGE);

/** Singular values by number i of n, largest first. */
const spectra: Record<string, (i: number, n: number) => number> = {
  "equally spaced": (i, n) => 1 - i / n,
  "geometric to 1e-16": (i, n) => 10 ** ((-16 * i) / (n - 1)),
  "one large, the rest clustered at eps": (i) => (i === 0 ? 1 : 2 ** -52),
  "all but one clustered at 1": (i, n) => (i < n - 1 ? 1 : 2 ** -52),
  "two clusters": (i, n) => (i < n / 2 ? 1 + 1e-14 * (n - i) : 1e-8),
  "half of them zero": (i, n) => (i < n / 2 ? 1 - i / n : 0),
};

/** ||D||_F / (n eps size): sums of squares of everything, so never below the spectral norm's. */
function ratio(D: Matrix, size: number, dtype: DType): number {
  let sum = 0;
  for (const entry of D.data) sum += entry * entry;
  return Math.sqrt(sum) / (Math.max(D.rows, D.cols) * eps[dtype] * size);
}

function minus(A: Matrix, B: Matrix): Matrix {
  return new Matrix(
    A.rows,
    A.cols,
    Float64Array.from(A.data, (entry, i) => entry - B.data[i]),
  );
}

const timesDiagonal = (U: Matrix, S: ArrayLike<number>) =>
  new Matrix(
    U.rows,
    U.cols,
    Float64Array.from(U.data, (entry, i) => entry * S[i % U.cols]),
  );

/** Products in f64: they are off by less than f32 can show, and by a few units of f64. */
const doubles = (...matrices: Matrix[]) => matrices.map((A) => A.astype("f64"));

const orthonormality = (Q: Matrix, dtype: DType) =>
  ratio(minus(matmul(Q, Q, { transposeA: true }), Matrix.identity(Q.cols)), 1, dtype);

function checkSvd(A: Matrix, known: ArrayLike<number>, context: object): void {
  const { dtype } = A;
  const { U, S, V } = svd(A);
  const [a, u, v] = doubles(A, U, V);
  const product = matmul(timesDiagonal(u, S), v, { transposeB: true });
  expectBelow(
    bound,
    {
      residual: ratio(minus(a, product), S[0], dtype),
      orthogonalityU: orthonormality(u, dtype),
      orthogonalityV: orthonormality(v, dtype),
      values: valuesRatio(S, known, dtype, A.rows),
      valuesOnly: valuesRatio(svd(A, { vectors: false }).S, S, dtype, A.rows),
    },
    context,
  );
}

function checkEigh(A: Matrix, context: object, known?: ArrayLike<number>): void {
  const { dtype } = A;
  const { values, vectors } = eigh(A);
  const largest = Math.max(...values.map(Math.abs));
  const [a, v] = doubles(A, vectors);
  const difference = minus(matmul(a, v), timesDiagonal(v, values));
  expectBelow(
    bound,
    {
      residual: ratio(difference, largest, dtype),
      orthogonality: orthonormality(v, dtype),
      valuesOnly: valuesRatio(eigh(A, { vectors: false }).values, values, dtype, A.rows),
      ...(known ? { values: valuesRatio(values, known, dtype, A.rows) } : {}),
    },
    context,
  );
}

const sizes = (usual: number) => (thorough ? [usual, 1500] : [usual]);

test.each(Object.keys(spectra))("svd of a large matrix: %s", (name) => {
  for (const n of sizes(260)) {
    for (const dtype of ["f64", "f32"] as const) {
      const value = (i: number) => spectra[name](i, n);
      const { A, S } = withSpectrum({ rows: n, cols: n, value, dtype, seed: n });
      checkSvd(A, S, { name, n, dtype });
    }
  }
});

test.each([
  ["near overflow", 1000],
  ["near underflow", -1000],
])("svd of a large matrix %s", (_, exponent) => {
  const value = (i: number) => 2 ** exponent / (1 + i);
  const n = 200;
  const half = withSpectrum({ rows: n, cols: n, value: (i) => 1 / (1 + i), seed: 3 });
  const A = new Matrix(
    n,
    n,
    half.A.data.map((entry) => entry * 2 ** exponent),
  );
  const { U, S, V } = svd(A);
  const scaled = S.map((value) => value * 2 ** -exponent);
  const product = matmul(timesDiagonal(U, scaled), V, { transposeB: true });
  expectBelow(bound, {
    residual: ratio(minus(half.A, product), 1, "f64"),
    orthogonality: orthonormality(U, "f64"),
    values: valuesRatio(
      S,
      Float64Array.from({ length: n }, (_, i) => value(i)),
      "f64",
      n,
    ),
  });
});

/** Symmetric tridiagonal, d on the diagonal and e beside it. */
function tridiagonal(n: number, d: (i: number) => number, e: (i: number) => number): Matrix {
  const A = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    A.set(i, i, d(i));
    if (i + 1 < n) {
      A.set(i, i + 1, e(i));
      A.set(i + 1, i, e(i));
    }
  }
  return A;
}

const wilkinson = (n: number) =>
  tridiagonal(
    n,
    (i) => Math.abs(i - (n - 1) / 2),
    () => 1,
  );
const gluedWilkinson = (n: number) =>
  tridiagonal(
    n,
    (i) => Math.abs((i % 21) - 10),
    (i) => (i % 21 === 20 ? 1e-8 : 1),
  );
/** The second difference, whose eigenvalues are known: 2 - 2 cos(k pi / (n + 1)). */
const secondDifference = (n: number) =>
  tridiagonal(
    n,
    () => 2,
    () => -1,
  );

test.each([
  ["Wilkinson's matrix", wilkinson],
  ["glued Wilkinson matrices", gluedWilkinson],
])("eigh of %s, as it is and rotated", (name, make) => {
  for (const n of sizes(273)) {
    const A = make(n);
    checkEigh(A, { name, n });
    const { Q } = qr(Matrix.randomNormal(n, n, { seed: n }));
    const rotated = matmul(matmul(Q, A), Q, { transposeB: true });
    const symmetric = rotated.transpose();
    for (let i = 0; i < symmetric.data.length; i++) {
      symmetric.data[i] = (symmetric.data[i] + rotated.data[i]) / 2;
    }
    checkEigh(symmetric, { name, n, rotated: true }, eigh(A).values);
  }
});

test("eigh of the second difference has the eigenvalues that are known", () => {
  for (const n of sizes(400)) {
    const known = Float64Array.from(
      { length: n },
      (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)),
    );
    checkEigh(secondDifference(n), { n }, known);
  }
});

test.each(Object.keys(spectra))("qr of a large matrix: %s", (name) => {
  for (const [m, n] of thorough ? [[1500, 1500]] : [[300, 200]]) {
    const value = (i: number) => spectra[name](i, n);
    const { A } = withSpectrum({ rows: m, cols: n, value, seed: n });
    for (const { Q, R } of [qr(A), qr(A.astype("f32"))]) {
      const { dtype } = Q;
      const [q, r] = doubles(Q, R);
      const known = dtype === "f32" ? A.astype("f32").astype("f64") : A;
      expectBelow(bound, {
        residual: ratio(minus(known, matmul(q, r)), Math.sqrt(n), dtype),
        orthogonality: orthonormality(q, dtype),
      });
    }
    expect(qr(A).R.get(1, 0)).toBe(0);
  }
});
