import { expect, test } from "vitest";
import { svdInJob } from "../../src/linalg/in-job/golub-kahan.js";
import { orthonormalize } from "../../src/linalg/in-job/orthogonal.js";
import { eighInJob } from "../../src/linalg/in-job/symmetric-eigen.js";
import { Matrix, readMatrix } from "../../src/linalg/matrix.js";
import { Block, Job } from "../../src/wasm/index.js";
import { build, buildSymmetric, type Recipe } from "../helpers/matrices.js";
import { bound, expectBelow, orthogonalityRatio, productRatio } from "../helpers/ratios.js";

test("orthonormalize makes a block orthonormal in place and keeps the space of its columns", () => {
  const job = new Job();
  const base: Recipe = { rows: 60, cols: 12, kind: "random", dtype: "f64", seed: 4 };
  for (const kind of ["random", "rankTwo", "zero", "huge", "denormal", "duplicates"]) {
    for (const dtype of ["f64", "f32"] as const) {
      const A = build({ ...base, kind, dtype });
      const a = Block.put(job, A);
      const level = job.mark();
      orthonormalize(a);
      expect(job.mark()).toBe(level);
      const Q = readMatrix(a);
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
  expect(() => orthonormalize(Block.zeros(job, "f64", 2, 3))).toThrow(
    "orthonormalize: the block is 2 x 3: it must have rows >= columns",
  );
});

test("svdInJob and eighInJob keep their operand and hold on to no more than their results", () => {
  const job = new Job();
  const recipe: Recipe = { rows: 90, cols: 40, kind: "random", dtype: "f64", seed: 4 };
  for (const A of [build(recipe), build({ ...recipe, rows: 20 })]) {
    const k = Math.min(A.rows, A.cols);
    const a = Block.put(job, A);
    const before = job.mark();
    svdInJob(a);
    expect(job.mark() - before).toBe(8 * k * (A.rows + A.cols + 1));
    expect(a.read()).toEqual(A.data);
  }
  const B = buildSymmetric(recipe);
  const b = Block.put(job, B);
  const before = job.mark();
  eighInJob(b);
  expect(job.mark() - before).toBe(8 * B.rows * (B.rows + 1));
  expect(b.read()).toEqual(B.data);
});
