// Against NumPy and SciPy: test/fixtures/solvers.py.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  cholesky,
  cond,
  type DType,
  det,
  logDet,
  lstsq,
  Matrix,
  matmul,
  pinv,
  rank,
  solve,
} from "../../src/index.js";
import { eps } from "../helpers/ratios.js";

type Rows = number[][];
interface Fixtures {
  square: {
    n: number;
    X: Rows;
    sign: number;
    logAbs: number;
    cond: { spectral: number; one: number; infinity: number };
    L: Rows;
  }[];
  leastSquares: {
    rows: number;
    cols: number;
    rank: number;
    found: number;
    X: Rows;
    residualNorms: number[];
    S: number[];
    pinv: Rows;
  }[];
}
const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/solvers.json", import.meta.url), "utf8"),
);

function whole(rows: number, cols: number, shift = 0, dtype: DType = "f64"): Matrix {
  const A = Matrix.zeros(rows, cols, { dtype });
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < cols; j++) {
      const i = r + shift;
      A.set(r, j, ((3 * i * i + 5 * j * j + 7 * i * j + i * i * j + i + 2 * j) % 101) - 50);
    }
  }
  return A;
}

/** Fails unless the largest difference is below `slack` times the largest reference. */
function expectClose(A: Matrix | ArrayLike<number>, reference: number[], slack: number): void {
  const values = A instanceof Matrix ? A.data : A;
  expect(values.length).toBe(reference.length);
  const largest = Math.max(...reference.map(Math.abs));
  const worst = Math.max(...reference.map((x, i) => Math.abs(values[i] - x)));
  expect(worst <= slack * largest, `${worst / largest} <= ${slack}`).toBe(true);
}

describe.each(["f64", "f32"] as const)("in %s", (dtype) => {
  test.each(fixtures.square)("square systems of size $n agree with NumPy", (reference) => {
    const { n } = reference;
    const A = whole(n, n, 0, dtype);
    const slack = 10 * n * eps[dtype] * reference.cond.one;
    expectClose(solve(A, whole(n, 2, 9, dtype)), reference.X.flat(), slack);
    const { sign, logAbs } = logDet(A);
    expect(sign).toBe(reference.sign);
    expect(Math.abs(logAbs - reference.logAbs)).toBeLessThan(slack);
    expectClose([det(A)], [sign * Math.exp(reference.logAbs)], slack + 1e-12);
    for (const kind of ["spectral", "one", "infinity"] as const) {
      expect(Math.abs(cond(A, kind) / reference.cond[kind] - 1)).toBeLessThan(1e-9);
    }
    const G = matmul(A, A, { transposeA: true });
    for (let i = 0; i < n; i++) G.set(i, i, G.get(i, i) + 1);
    // Exact only in f64; the condition is that of A, squared at most.
    if (dtype === "f64") expectClose(cholesky(G), reference.L.flat(), 1e-6);
  });

  test.each(fixtures.leastSquares)("$rows x $cols of rank $rank agrees with SciPy", (reference) => {
    const { rows, cols } = reference;
    const A =
      reference.rank === Math.min(rows, cols)
        ? whole(rows, cols, 0, dtype)
        : matmul(whole(rows, reference.rank, 3, dtype), whole(reference.rank, cols, 5, dtype));
    const { X, residualNorms, rank: found, S } = lstsq(A, whole(rows, 2, 9, dtype));
    expect([found, rank(A)]).toEqual([reference.found, reference.found]);
    const condition = reference.S[0] / reference.S[reference.found - 1];
    const slack = 100 * eps[dtype] * condition * condition;
    expectClose(X, reference.X.flat(), slack);
    expectClose(pinv(A), reference.pinv.flat(), slack);
    expectClose(S, reference.S, 100 * eps[dtype]);
    const size = Math.max(...reference.residualNorms, 100);
    residualNorms.forEach((norm, j) => {
      expect(Math.abs(norm - reference.residualNorms[j])).toBeLessThan(slack * size);
    });
  });
});
