import { expect, test } from "vitest";
import { svdInJob } from "../../src/linalg/in-job/golub-kahan.js";
import { orthonormalize } from "../../src/linalg/in-job/orthogonal.js";
import { eighInJob } from "../../src/linalg/in-job/symmetric-eigen.js";
import { Matrix } from "../../src/linalg/matrix.js";
import { Job } from "../../src/wasm/index.js";
import { build, buildSymmetric, type Recipe } from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio, productRatio } from "../helpers/ratios.js";

test("orthonormalize makes a block orthonormal in place and keeps the space of its columns", () => {
  const job = new Job();
  const base: Recipe = { rows: 60, cols: 12, kind: "random", dtype: "f64", seed: 4 };
  for (const kind of ["random", "rankTwo", "zero", "huge", "denormal", "duplicates"]) {
    for (const dtype of ["f64", "f32"] as const) {
      const A = build({ ...base, kind, dtype });
      const a = job.put(A.data);
      const level = job.mark();
      orthonormalize(job, dtype, A.rows, A.cols, a);
      expect(job.mark()).toBe(level);
      const Q = new Matrix(A.rows, A.cols, job.read(dtype, a, A.data.length));
      // Q Q'A = A: nothing of the space is lost.
      const coordinates = Matrix.zeros(A.cols, A.cols, { dtype });
      for (let i = 0; i < A.cols; i++) {
        for (let j = 0; j < A.cols; j++) {
          let sum = 0;
          for (let p = 0; p < A.rows; p++) sum += Q.get(p, i) * A.get(p, j);
          coordinates.set(i, j, sum);
        }
      }
      expectBelow(
        bound,
        { orthogonality: orthogonalityRatio(Q), space: productRatio(A, Q, coordinates) },
        { kind, dtype },
      );
    }
  }
});

test("orthonormalize refuses a block with more columns than rows", () => {
  const job = new Job();
  expect(() => orthonormalize(job, "f64", 2, 3, job.allocate("f64", 6))).toThrow(
    "orthonormalize: the block is 2 x 3: it must have rows >= columns",
  );
});

test("svdInJob and eighInJob keep their operand and hold on to no more than their results", () => {
  const job = new Job();
  const recipe: Recipe = { rows: 90, cols: 40, kind: "random", dtype: "f64", seed: 4 };
  for (const A of [build(recipe), build({ ...recipe, rows: 20 })]) {
    const k = Math.min(A.rows, A.cols);
    const a = job.put(A.data);
    const before = job.mark();
    svdInJob(job, "f64", A.rows, A.cols, a);
    expect(job.mark() - before).toBe(8 * k * (A.rows + A.cols + 1));
    expect(job.read("f64", a, A.data.length)).toEqual(A.data);
  }
  const B = buildSymmetric(recipe);
  const b = job.put(B.data);
  const before = job.mark();
  eighInJob(job, "f64", B.rows, b);
  expect(job.mark() - before).toBe(8 * B.rows * (B.rows + 1));
  expect(job.read("f64", b, B.data.length)).toEqual(B.data);
});
