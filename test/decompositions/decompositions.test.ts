// The other decompositions against scikit-learn's and SciPy's, and by their laws.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as core from "../../src/index.js";
import { add, Matrix, matmul, norm, SparseMatrix, subtract } from "../../src/index.js";
import reference from "../fixtures/decompositions.json" with { type: "json" };
import { sparseOf } from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";

const largestDifference = (A: Matrix, B: Matrix) => norm(subtract(A, B), "max");

describe.each([
  ["f64", 1e-10],
  ["f32", 1e-4],
] as const)("in %s", (dtype, tolerance) => {
  const given = (rows: number[][]) => Matrix.from(rows, { dtype });

  test("procrustes is SciPy's orthogonal_procrustes", () => {
    const { A, B, R, scale } = reference.procrustes;
    const found = core.procrustes(given(A), given(B));
    expect(largestDifference(found.R, given(R))).toBeLessThan(tolerance);
    expect(Math.abs(found.scale - scale)).toBeLessThan(10 * tolerance);
    const left = subtract(matmul(given(A), found.R), given(B));
    expect(Math.abs(found.residual - norm(left))).toBeLessThan(tolerance);
  });

  test("interpolative is SciPy's interp_decomp without random numbers", () => {
    const { A, columns, projection, order } = reference.interpolative;
    const found = core.interpolative(given(A), { rank: 3 });
    expect([...found.columns]).toEqual(columns);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 8; j++) {
        const wanted = j < 3 ? Number(i === j) : projection[i][j - 3];
        expect(Math.abs(found.coefficients.get(i, order[j]) - wanted)).toBeLessThan(tolerance);
      }
    }
  });

  test("nystrom is C W⁺ C' of NumPy", () => {
    const { kernel, landmarks, approximation } = reference.nystrom;
    const { features } = core.nystrom(given(kernel), { landmarks });
    const found = matmul(features, features, { transposeB: true });
    expect(largestDifference(found, given(approximation))).toBeLessThan(10 * tolerance);
  });

  test("tfidf and truncatedSvd are scikit-learn's", () => {
    const { counts, idf, weights } = reference.tfidf;
    const found = core.tfidf(sparseOf(given(counts)));
    idf.forEach((weight, j) => {
      expect(Math.abs(found.idf[j] - weight)).toBeLessThan(1e-14);
    });
    expect(largestDifference(found.weights.toDense(), given(weights))).toBeLessThan(tolerance);
    const again = core.tfidf(sparseOf(given(counts)), { idf: found.idf });
    expect(again.weights.values).toEqual(found.weights.values);
    const { values, components } = reference.truncatedSvd;
    const lsa = core.truncatedSvd(found.weights, { components: 3 });
    values.forEach((s, i) => {
      expect(Math.abs(lsa.singularValues[i] - s)).toBeLessThan(10 * tolerance);
      const wanted = Matrix.from([components[i]], { dtype });
      const mine = core.viewRows(lsa.components, i, i + 1);
      const sign = core.innerProduct(mine, wanted) < 0 ? -1 : 1;
      expect(largestDifference(mine, core.scale(wanted, sign))).toBeLessThan(100 * tolerance);
    });
  });

  test("nmf ends where scikit-learn does, dense and sparse", () => {
    const { X, error, H } = reference.nmf;
    for (const data of [given(X), sparseOf(given(X))]) {
      const found = core.nmf(data, { components: 3 });
      expect(found.error).toBeLessThan(1.001 * error);
      const residual = norm(subtract(given(X), matmul(found.W, found.H)));
      expect(Math.abs(found.error - residual)).toBeLessThan(100 * tolerance);
      for (const factor of [found.W, found.H]) expect(factor.data.every((x) => x >= 0)).toBe(true);
      if (dtype === "f64") expect(largestDifference(found.H, given(H))).toBeLessThan(1e-6);
    }
  });

  test("robustPca takes few gross errors apart from the low rank, exactly", () => {
    const { lowRank, sparse } = reference.robustPca;
    const found = core.robustPca(add(given(lowRank), given(sparse)));
    expect([found.rank, found.converged]).toEqual([2, true]);
    const accuracy = dtype === "f64" ? 1e-4 : 1e-2;
    expect(largestDifference(found.lowRank, given(lowRank))).toBeLessThan(accuracy);
    expect(largestDifference(found.sparse, given(sparse))).toBeLessThan(accuracy);
  });
});

const sizes = fc.record({
  m: fc.integer({ min: 1, max: 14 }),
  n: fc.integer({ min: 1, max: 14 }),
  seed: fc.nat(99),
});

test("procrustes finds the rotation that was applied", () => {
  fc.assert(
    fc.property(sizes, ({ m, n, seed }) => {
      const A = Matrix.randomNormal(m + n, n, { seed });
      const Q = core.qr(Matrix.randomNormal(n, n, { seed: seed + 1 })).Q;
      const { R, residual } = core.procrustes(A, matmul(A, Q));
      expectBelow(bound, { orthogonality: orthogonalityRatio(R) }, { m, n, seed });
      expect(largestDifference(R, Q)).toBeLessThan(1e-8);
      expect(residual).toBeLessThan(1e-10);
    }),
  );
});

test("a matrix of low rank is its own columns and rows", () => {
  fc.assert(
    fc.property(sizes, ({ m, n, seed }) => {
      const rank = Math.min(m, n, 3);
      const A = matmul(
        Matrix.randomNormal(m, rank, { seed }),
        Matrix.randomNormal(rank, n, { seed: seed + 1 }),
      );
      const { columns, coefficients } = core.interpolative(A, { rank });
      const kept = Matrix.fromColumns(Array.from(columns, (j) => A.column(j)));
      const scale = 1 + norm(coefficients, "max");
      expect(largestDifference(matmul(kept, coefficients), A)).toBeLessThan(1e-10 * scale);
      const { C, U, R, rows, columns: chosen } = core.cur(A, { rank });
      expect([C.cols, U.rows, U.cols, R.rows]).toEqual([rank, rank, rank, rank]);
      expect([...C.column(0)]).toEqual([...A.column(chosen[0])]);
      expect([...R.row(0)]).toEqual([...A.row(rows[0])]);
      expect(largestDifference(matmul(matmul(C, U), R), A)).toBeLessThan(1e-7);
    }),
  );
});

test("with all samples for landmarks nystrom is the kernel, and a seed chooses the same ones", () => {
  const X = Matrix.randomNormal(20, 3, { seed: 1 });
  const K = matmul(X, X, { transposeB: true });
  const asked: number[][] = [];
  const columns = (samples: Int32Array) => {
    asked.push([...samples]);
    return Matrix.fromColumns(Array.from(samples, (j) => K.column(j)));
  };
  for (const landmarks of [20, 5]) {
    const { features } = core.nystrom({ size: 20, columns }, { landmarks });
    expect(features.cols).toBe(3);
    const found = matmul(features, features, { transposeB: true });
    expect(largestDifference(found, K)).toBeLessThan(1e-10);
  }
  expect(asked[0]).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(new Set(asked[1]).size).toBe(5);
  expect([...core.nystrom(K, { landmarks: 5, seed: 0 }).landmarks]).toEqual(asked[1]);
});

test("the error of nmf does not rise with more sweeps or components", () => {
  const X = core.mapEntries(Matrix.randomNormal(15, 11, { seed: 2 }), Math.abs);
  const errorOf = (components: number, maxIterations: number) =>
    core.nmf(X, { components, maxIterations, tolerance: 0 }).error;
  const bySweeps = [1, 2, 5, 20, 100].map((sweeps) => errorOf(4, sweeps));
  const byComponents = [1, 3, 6, 11].map((k) => errorOf(k, 100));
  for (const errors of [bySweeps, byComponents]) {
    errors.slice(1).forEach((error, i) => {
      expect(error).toBeLessThanOrEqual(errors[i] + 1e-9);
    });
  }
});

test("what does not fit is refused by name", () => {
  const A = Matrix.from([
    [1, 2],
    [2, 4],
    [3, 6],
  ]);
  const counts = SparseMatrix.fromTriplets({
    ...{ rows: 1, cols: 2, rowIndices: [0], colIndices: [1], values: [-1] },
  });
  const refusals: [() => unknown, string][] = [
    [() => core.procrustes(A, A.transpose()), "procrustes: A is 3 x 2 and B is 2 x 3"],
    [() => core.interpolative(A, { rank: 2 }), "interpolative: rank is 2 and that of A is 1"],
    [
      () => core.interpolative(A, { rank: 3 }),
      "interpolative: rank is 3: it must be an integer in 1 .. 2",
    ],
    [() => core.cur(A, {} as never), "cur: rank is undefined"],
    [() => core.nystrom(A, { landmarks: 1 }), "nystrom: K is 3 x 2: it must be square"],
    [
      () => core.nystrom({} as never, { landmarks: 1 }),
      "nystrom: K is Object: it must be a Matrix or",
    ],
    [() => core.nystrom(Matrix.identity(2), { landmarks: 3 }), "nystrom: landmarks is 3"],
    [() => core.nystrom(Matrix.identity(2), { landmarks: [2] }), "nystrom: landmarks[0] is 2"],
    [
      () => core.nystrom({ size: 3, columns: () => A }, { landmarks: 1 }),
      "nystrom: K.columns gave 3 x 2: it must be 3 x 1",
    ],
    [() => core.tfidf(counts), "tfidf: counts.values[0] is -1"],
    [() => core.tfidf(A as never), "tfidf: counts is Object: it must be a SparseMatrix"],
    [() => core.tfidf(counts, { idf: [1] }), "tfidf: idf has 1 entries and counts is 1 x 2"],
    [() => core.truncatedSvd(A, { components: 3 }), "truncatedSvd: components is 3"],
    [() => core.nmf(core.scale(A, -1), { components: 1 }), "nmf: entry 0 of X is -1"],
    [() => core.nmf(A, { components: 3 }), "nmf: components is 3"],
    [() => core.robustPca(A, { lambda: 0 }), "robustPca: lambda is 0"],
  ];
  for (const [call, message] of refusals) expect(call).toThrow(message);
});
