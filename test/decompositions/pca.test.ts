// Principal components against scikit-learn's, and by their laws.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  center,
  Matrix,
  mapEntries,
  matmul,
  norm,
  Pca,
  type PcaOptions,
  pca,
  SparseMatrix,
  StreamingPca,
  subtract,
  svd,
  variances,
  viewRows,
} from "../../src/index.js";
import cases from "../fixtures/pca.json" with { type: "json" };
import { anyRecipe, build, sparseOf } from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio } from "../helpers/ratios.js";

/** The model of all rows, seen in blocks by two streams that are merged. */
function streamed(X: Matrix, options: Omit<PcaOptions, "seed" | "center">): Pca {
  const parts = [0, 1].map(() => new StreamingPca({ ...options, cols: X.cols, dtype: X.dtype }));
  for (let first = 0, turn = 0; first < X.rows; first += 1 + turn, turn++) {
    parts[turn % 2].append(viewRows(X, first, Math.min(first + 1 + turn, X.rows)));
  }
  parts[0].merge(parts[1]);
  return parts[0].pca();
}

const names = Object.keys(cases) as (keyof typeof cases)[];
describe.each(["f64", "f32"] as const)("in %s", (dtype) => {
  const tolerance = dtype === "f64" ? 1e-9 : 2e-4;
  const expectClose = (what: string, found: ArrayLike<number>, wanted: number[]) => {
    expect([what, found.length]).toEqual([what, wanted.length]);
    const largest = Math.max(1, ...wanted.map(Math.abs));
    wanted.forEach((value, i) => {
      expect(Math.abs(found[i] - value), `${what} ${i}`).toBeLessThan(tolerance * largest);
    });
  };

  test.each(names)("%s is scikit-learn's: dense, sparse and streamed", (name) => {
    const wanted = cases[name];
    const { k, variance, scale, whiten } = wanted;
    const X = Matrix.from(wanted.X, { dtype });
    const size = variance === null ? { components: k as number } : { variance };
    const options = { ...size, scale, whiten };
    for (const [data, model] of [
      [X, pca(X, options)],
      [sparseOf(X), pca(sparseOf(X), options)],
      [X, streamed(X, options)],
    ] as const) {
      expect(model.components.dtype).toBe(dtype);
      expectClose("means", model.means, wanted.means);
      expectClose("variance", model.explainedVariance, wanted.explainedVariance);
      expectClose("ratio", model.explainedVarianceRatio, wanted.explainedVarianceRatio);
      expectClose("values", model.singularValues, wanted.singularValues);
      expectClose("components", model.components.data, wanted.components.flat());
      expectClose("transformed", model.transform(data).data, wanted.transformed.flat());
      // Of a sparse matrix from a difference of squares.
      const errors = model.reconstructionErrors(data);
      const square = (x: number) => x * x;
      expectClose("errors", errors.map(square), wanted.errors.map(square));
    }
  });
});

test("all components say everything: the inverse of the transform is the data", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      fc.nat(99),
      (rows, cols, scale, seed) => {
        const X = mapEntries(
          Matrix.randomNormal(rows, cols, { seed }),
          (x, _, j) => 3 * x * (j + 1) + j,
        );
        for (const model of [
          pca(X, { scale }),
          pca(sparseOf(X), { scale }),
          streamed(X, { scale }),
        ]) {
          expectBelow(
            bound,
            { basis: orthogonalityRatio(model.components.transpose()) },
            { rows, cols },
          );
          const back = model.inverse(model.transform(X));
          expect(norm(subtract(back, X), "max")).toBeLessThan(1e-10);
          for (const error of model.reconstructionErrors(X)) expect(error).toBeLessThan(1e-10);
          const sum = [...model.explainedVarianceRatio].reduce((a, b) => a + b, 0);
          expect(sum).toBeCloseTo(rows > 1 ? 1 : 0, 10);
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("whitened coordinates have variance 1, and of components without variance 0", () => {
  const X = matmul(Matrix.randomNormal(50, 2, { seed: 1 }), Matrix.randomNormal(2, 4, { seed: 2 }));
  for (const model of [pca(X, { whiten: true }), streamed(X, { whiten: true })]) {
    const found = [...variances(model.transform(X), "columns", { ddof: 1 })];
    expect(found.slice(0, 2).every((v) => Math.abs(v - 1) < 1e-10)).toBe(true);
    expect(found.slice(2)).toEqual([0, 0]);
    expect(norm(subtract(model.inverse(model.transform(X)), X), "max")).toBeLessThan(1e-10);
  }
});

test("without the means it is the SVD of the data", () => {
  const X = mapEntries(Matrix.randomNormal(9, 5, { seed: 3 }), (x) => x + 2);
  const { S } = svd(X);
  for (const data of [X, sparseOf(X)]) {
    const model = pca(data, { center: false });
    model.singularValues.forEach((s, i) => {
      expect(s).toBeCloseTo(S[i], 8);
    });
    expect([...model.means]).toEqual([0, 0, 0, 0, 0]);
    expect([...model.explainedVarianceRatio].reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
  }
});

test("whatever the matrix: constant columns, low rank, huge and tiny entries", () => {
  fc.assert(
    fc.property(anyRecipe(30), (recipe) => {
      const X = build(recipe);
      const call = () => pca(X);
      if (X.rows < 2 || X.cols < 1) {
        expect(call).toThrow("pca: X is");
        return;
      }
      if (["huge", "wideRange"].includes(recipe.kind)) {
        // Squares of them are out of range.
        const stream = new StreamingPca({ cols: X.cols, dtype: X.dtype });
        expect(call).toThrow(`pca: the variance overflows ${X.dtype}`);
        expect(() => stream.append(X)).toThrow(`append: the variance overflows ${X.dtype}`);
        return;
      }
      const { components, explainedVariance, explainedVarianceRatio } = call();
      expectBelow(bound, { basis: orthogonalityRatio(components.transpose()) }, recipe);
      for (const numbers of [explainedVariance, explainedVarianceRatio]) {
        expect(numbers.every((x, i) => x >= 0 && !(x > numbers[i - 1]))).toBe(true);
      }
    }),
  );
});

test("a model comes back from JSON to the same bits, and nothing else is taken for one", () => {
  for (const dtype of ["f64", "f32"] as const) {
    const X = Matrix.randomNormal(30, 4, { seed: 6, dtype });
    const model = pca(X, { components: 2, scale: true, whiten: true });
    const there = Pca.from(JSON.parse(JSON.stringify(model)));
    expect(there.transform(X)).toEqual(model.transform(X));
    expect(there.explainedVarianceRatio).toEqual(model.explainedVarianceRatio);
    expect(Pca.from(structuredClone(model.toJSON())).inverse(model.transform(X))).toEqual(
      model.inverse(model.transform(X)),
    );
  }
  const good = pca(Matrix.randomNormal(9, 3)).toJSON();
  const refusals: [object, string][] = [
    [{ means: [1] }, "Pca.from: means has 1 entries and components is 3 x 3: it must have 3"],
    [{ scales: [1, 0, 1] }, "Pca.from: scales[1] is 0"],
    [{ rows: 1 }, "Pca.from: rows is 1"],
    [{ total: undefined }, "Pca.from: total is undefined"],
    [{ mean: [1] }, 'there is no option "mean": did you mean means?'],
    [
      { components: { rows: 3, cols: 3, data: new Array(9).fill(Number.NaN) } },
      "components[0, 0] is NaN",
    ],
  ];
  for (const [wrong, message] of refusals) {
    expect(() => Pca.from({ ...good, ...wrong } as never)).toThrow(message);
  }
});

test("in f32, where the first rows are far from the others, or all from zero", () => {
  const shape = { rows: 800, cols: 6 };
  fc.assert(
    fc.property(
      fc.nat(1e6),
      fc.integer({ min: 1, max: 799 }),
      fc.constantFrom(0, 1, 30, 1000),
      fc.constantFrom(0, 1000),
      (seed, head, apart, offset) => {
        const X = mapEntries(
          Matrix.randomNormal(shape.rows, shape.cols, { seed, dtype: "f32" }),
          (x, i) => offset + x + (i < head ? 0 : apart),
        );
        const [found, wanted] = [X, X.astype("f64")].map((each) => pca(each).explainedVariance);
        for (const [i, variance] of wanted.entries()) {
          expectBelow(1e-5 * wanted[0], { [`component ${i + 1}`]: Math.abs(found[i] - variance) });
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("a row unlike the others is told by its reconstruction error", () => {
  const X = matmul(
    Matrix.randomNormal(200, 2, { seed: 1 }),
    Matrix.randomNormal(2, 8, { seed: 2 }),
  );
  for (const j of [0, 3, 5]) X.set(117, j, X.get(117, j) + 4);
  const errors = pca(X, { components: 2 }).reconstructionErrors(X);
  expect(errors.indexOf(Math.max(...errors))).toBe(117);
});

test("a sparse matrix is never densified, and gives the components of the dense one", () => {
  // 20000 x 30000 f64 would be 4.8 GB.
  const [rows, cols, count] = [20_000, 30_000, 20_000];
  const random = Matrix.randomNormal(3, count, { seed: 5 });
  const at = (i: number, size: number) => Math.floor(Math.abs(random.data[i] * 1e6)) % size;
  const X = SparseMatrix.fromTriplets({
    ...{ rows, cols },
    rowIndices: Int32Array.from({ length: count }, (_, i) => at(i, rows)),
    colIndices: Int32Array.from({ length: count }, (_, i) => at(count + i, i % 2 === 0 ? 5 : cols)),
    values: random.data.subarray(2 * count),
  });
  const model = pca(X, { components: 2 });
  expect(model.components.cols).toBe(cols);
  expect(variances(model.transform(X), "columns", { ddof: 1 })[0]).toBeCloseTo(
    model.explainedVariance[0],
    8,
  );
});

test("a stream of parts is the whole to rounding, whatever the blocks, and merging does not change the other", () => {
  const X = mapEntries(
    Matrix.randomNormal(300, 6, { seed: 4 }),
    (x, i, j) => x * (j + 1) + 1e4 + i,
  );
  const whole = pca(X);
  const stream = streamed(X, {});
  expect(norm(subtract(stream.components, whole.components), "max")).toBeLessThan(1e-9);
  const [a, b] = [new StreamingPca({ cols: 6 }), new StreamingPca({ cols: 6 })];
  a.append(viewRows(X, 0, 5));
  b.append(viewRows(X, 5));
  const before = b.pca().components.copy();
  a.merge(b);
  a.append(Matrix.zeros(0, 6));
  expect([a.rows, b.rows, b.pca().components.equals(before)]).toEqual([300, 295, true]);
  expect(center(X).means[0]).toBeCloseTo(a.pca().means[0], 9);
});

test("what does not fit is refused by name", () => {
  const X = Matrix.randomNormal(5, 3);
  const bad = Matrix.from([
    [1, 2],
    [Number.NaN, 3],
  ]);
  const model = pca(X, { components: 2 });
  const stream = new StreamingPca({ cols: 3 });
  const refusals: [() => unknown, string][] = [
    [() => pca(bad), "pca: X[1, 0] is NaN: every entry must be finite"],
    [() => pca([[1]] as never), "pca: X is Array: it must be a Matrix"],
    [() => pca(Matrix.zeros(1, 3)), "pca: X is 1 x 3: it must have two rows or more"],
    [() => pca(X, { components: 4 }), "pca: components is 4: it must be an integer in 1 .. 3"],
    [() => pca(X, { variance: 0 }), "pca: variance is 0: it must be a number in (0, 1]"],
    [() => pca(X, { variance: 0.5, components: 1 }), "only one may be given"],
    [
      () => pca(X, { n_components: 2 } as never),
      'there is no option "n_components": did you mean components?',
    ],
    [() => model.transform(Matrix.zeros(1, 2)), "Pca.transform: X is 1 x 2 f64: it must have 3"],
    [() => model.transform(X.astype("f32")), "Pca.transform: X is 5 x 3 f32"],
    [() => model.transform(sparseOf(X.astype("f32"))), "Pca.transform: X is"],
    [() => model.inverse(X), "Pca.inverse: Z is 5 x 3 f64: it must have 2"],
    [() => model.reconstructionErrors(Matrix.from([[1, 2, Infinity]])), "X[0, 2] is Infinity"],
    [() => new StreamingPca({ cols: 3, components: 4 }), "StreamingPca: components is 4"],
    [() => new StreamingPca({} as never), "StreamingPca: cols is undefined"],
    [() => stream.append(Matrix.zeros(2, 2)), "StreamingPca.append: block is 2 x 2"],
    [() => stream.merge(new StreamingPca({ cols: 2 })), "StreamingPca.merge: other has 2 columns"],
    [
      () => stream.merge(X as never),
      "StreamingPca.merge: other is Object: it must be a StreamingPca",
    ],
    [() => stream.pca(), "StreamingPca.pca: rows is 0: it must be two or more"],
  ];
  for (const [call, message] of refusals) expect(call).toThrow(message);
});
