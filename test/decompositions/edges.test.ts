// What data at the edge gives: constant columns, one row, more components than the rank, empty columns, NaN.
import { describe, expect, test } from "vitest";
import {
  cur,
  interpolative,
  Matrix,
  nmf,
  nystrom,
  pca,
  procrustes,
  randomizedSvd,
  robustPca,
  SparseMatrix,
  StreamingPca,
  tfidf,
  truncatedSvd,
} from "../../src/index.js";

type Numbers = ArrayLike<number>;

/** All numbers of what each decomposition gives for three components. */
const ofDense: Record<string, (X: Matrix) => Numbers[]> = {
  pca: (X) => ofModel(pca(X, { components: 3 }), X),
  "pca, scaled and whitened": (X) =>
    ofModel(pca(X, { components: 3, scale: true, whiten: true }), X),
  StreamingPca: (X) => {
    const stream = new StreamingPca({ cols: X.cols, components: 3 });
    stream.append(X);
    return ofModel(stream.pca(), X);
  },
  truncatedSvd: (X) => ofModel(truncatedSvd(X, { components: 3 }), X),
  randomizedSvd: (X) => {
    const { U, S, V } = randomizedSvd(X, { rank: 3 });
    return [U.data, S, V.data];
  },
  nmf: (X) => {
    const { W, H } = nmf(X, { components: 3 });
    return [W.data, H.data];
  },
  robustPca: (X) => {
    const { lowRank, sparse } = robustPca(X);
    return [lowRank.data, sparse.data];
  },
  procrustes: (X) => {
    const { R, scale, residual } = procrustes(X, X);
    return [R.data, [scale, residual]];
  },
};

const ofModel = (model: ReturnType<typeof pca>, X: Matrix | SparseMatrix): Numbers[] => [
  ...[model.components.data, model.explainedVariance, model.explainedVarianceRatio],
  model.transform(X).data,
];

const expectFinite = (parts: Numbers[]) => {
  for (const part of parts) expect(Array.from(part).every(Number.isFinite)).toBe(true);
};

const rows = (count: number, row: (i: number) => number[]) =>
  Matrix.from(Array.from({ length: count }, (_, i) => row(i)));

describe.each(Object.entries(ofDense))("%s", (_, decompose) => {
  test.each<[string, Matrix]>([
    ["constant columns", rows(8, (i) => [5, 7, 1, i % 2 ? 2 : 3])],
    ["constant columns only", rows(6, () => [5, 7, 1, 2])],
    ["rank 1", rows(6, (i) => [1, 2, 3, 4].map((x) => x * (i + 1)))],
    ["zeros", Matrix.zeros(5, 4)],
  ])("is finite for %s", (_, X) => {
    expectFinite(decompose(X));
  });

  test("refuses NaN by its place", () => {
    const X = rows(6, (i) => [1, i === 4 ? Number.NaN : 2, 3, i]);
    expect(() => decompose(X)).toThrow(/\[4, 1\] is NaN/);
  });

  test("takes one row, or says how many there must be", () => {
    const one = Matrix.from([[1, 2, 3, 4]]);
    try {
      expectFinite(decompose(one));
    } catch (error) {
      expect(String(error)).toMatch(/RangeError: .*(two rows or more|must be two|in [01] \.\. 1)/);
    }
  });
});

test("components beyond the rank have no variance, and are orthonormal all the same", () => {
  const X = rows(6, (i) => [1, 2, 3, 4].map((x) => x * (i + 1)));
  const { components, explainedVariance, explainedVarianceRatio } = pca(X, { components: 4 });
  expect(explainedVarianceRatio[0]).toBeCloseTo(1, 12);
  for (const variance of explainedVariance.slice(1)) expect(variance).toBeLessThan(1e-12);
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b < 4; b++) {
      const dot = Array.from(components.row(a), (x, j) => x * components.get(b, j)).reduce(
        (sum, x) => sum + x,
      );
      expect(dot).toBeCloseTo(a === b ? 1 : 0, 12);
    }
  }
});

test("columns and rows are not chosen beyond the rank: the message says what it is", () => {
  const X = rows(6, (i) => [1, 2, 3, 4].map((x) => x * (i + 1)));
  for (const choose of [interpolative, cur]) {
    expect(() => choose(X, { rank: 3 })).toThrow("rank is 3 and that of A is 1");
    expect(() =>
      choose(
        rows(6, (i) => [1, i && 2, i === 4 ? Number.NaN : 2]),
        { rank: 1 },
      ),
    ).toThrow("A[4, 2] is NaN");
  }
  expect(() =>
    nystrom(
      Matrix.from([
        [1, Number.NaN],
        [Number.NaN, 1],
      ]),
      { landmarks: 1 },
    ),
  ).toThrow(/columns\(landmarks\)\[\d, 0\] is NaN/);
});

test.each([
  ["empty columns", [0, 1, 2, 3, 4, 5, 0, 1], [1, 1, 1, 4, 4, 4, 4, 4], [1, 2, 3, 4, 5, 6, 7, 8]],
  ["no entry at all", [], [], []],
])("a sparse matrix with %s gives what the dense one does", (_, rowIndices, colIndices, values) => {
  const sparse = SparseMatrix.fromTriplets({ rows: 6, cols: 7, rowIndices, colIndices, values });
  const dense = Matrix.zeros(6, 7);
  for (const [p, value] of values.entries()) dense.set(rowIndices[p], colIndices[p], value);
  for (const decompose of [pca, truncatedSvd]) {
    const [ours, theirs] = [
      decompose(sparse, { components: 2 }),
      decompose(dense, { components: 2 }),
    ];
    expectFinite(ofModel(ours, sparse));
    for (const [c, variance] of theirs.explainedVariance.entries()) {
      expect(ours.explainedVariance[c]).toBeCloseTo(variance, 10);
    }
  }
  const { W, H } = nmf(sparse, { components: 2 });
  const { U, S, V } = randomizedSvd(sparse, { rank: 2 });
  const { idf } = tfidf(sparse);
  expectFinite([W.data, H.data, U.data, S, V.data, idf]);
});
