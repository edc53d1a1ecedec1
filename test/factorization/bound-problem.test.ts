import { expect, test } from "vitest";
import { boundIn } from "../../src/factorization/problems/problem.js";
import {
  completion,
  compress,
  deepFactorization,
  Matrix,
  type Problem,
  spectralCompress,
  train,
} from "../../src/index.js";
import { Job } from "../../src/wasm/index.js";
import { uniform } from "../helpers/random.js";
import { expectBelow } from "../helpers/ratios.js";
import { lowRankTarget, observedEntries } from "./problems.js";

/** A problem that counts how often its data were bound and its residual evaluated. */
function counted(problem: Problem) {
  const counts = { bindings: 0, evaluations: 0 };
  const counting: Problem = {
    ...problem,
    bind(job, dtype, kernels) {
      counts.bindings++;
      const bound = problem.bind(job, dtype, kernels);
      return {
        ...bound,
        residual(...args) {
          counts.evaluations++;
          return bound.residual(...args);
        },
      };
    },
  };
  return { counts, counting };
}

const observed = () => completion(observedEntries(lowRankTarget(12, 10, 2, 1), 0.7, 1));

test("a step evaluates the residual once, and the start is evaluated once", () => {
  const evaluations = [0, 1, 7].map((steps) => {
    const { counts, counting } = counted(observed());
    const model = spectralCompress(counting, { rank: 2 });
    for (const _ of train(model, counting, { steps }));
    return counts.evaluations;
  });
  expect(evaluations.map((count) => count - evaluations[0])).toEqual([0, 1, 7]);
});

test("the data of a problem are copied once for compression and training together", () => {
  for (const make of [
    (problem: Problem) => spectralCompress(problem, { rank: 2 }),
    (problem: Problem) => {
      const shape = { rows: 12, cols: 10 };
      return compress(deepFactorization({ shape, depth: 3, scale: 0.1, seed: 0 }), problem, {
        rank: 2,
      });
    },
  ]) {
    const { counts, counting } = counted(observed());
    const model = make(counting);
    const losses = [...train(model, counting, { steps: 5 })].map(({ loss }) => loss);
    expect(counts.bindings).toBe(1);
    // A second run cannot share the first one's memory; and nothing of the first shows in it.
    const again = [...train(make(counting), counting, { steps: 5 })].map(({ loss }) => loss);
    expect(counts.bindings).toBe(2);
    expect(again).toEqual(losses);
  }
});

test("two runs of one problem at a time do not disturb each other", () => {
  const problem = observed();
  const make = () => spectralCompress(problem, { rank: 2, scale: 0.1 });
  const alone = [...train(make(), problem, { steps: 6 })].map(({ loss }) => loss);
  const [first, second] = [make(), make()].map((model) => train(model, problem, { steps: 6 }));
  const seen: number[][] = [[], []];
  for (let i = 0; i < 7; i++) {
    for (const [r, run] of [first, second].entries()) {
      const { value } = run.next();
      seen[r].push(value?.loss ?? Number.NaN);
    }
  }
  expect(seen).toEqual([alone, alone]);
});

test.each([
  [3, 9000],
  [9000, 3],
])("a %i x %i problem, whose long factor is gathered by blocks, has the naive R", (rows, cols) => {
  const next = uniform(1);
  const below = (size: number) => Math.min(size - 1, Math.floor(((next() + 1) / 2) * size));
  const count = 4000;
  const rowIndices = Array.from({ length: count }, () => below(rows));
  const colIndices = Array.from({ length: count }, () => below(cols));
  const values = Array.from({ length: count }, next);
  const problem = completion({ rows, cols, rowIndices, colIndices, values });
  const width = 5;
  const left = Matrix.randomNormal(rows, width, { seed: 1 });
  const right = Matrix.randomNormal(cols, width, { seed: 2 });
  const expected = {
    loss: 0,
    left: new Float64Array(rows * width),
    right: new Float64Array(cols * width),
  };
  rowIndices.forEach((i, p) => {
    const j = colIndices[p];
    let error = -values[p];
    for (let q = 0; q < width; q++) error += left.get(i, q) * right.get(j, q);
    expected.loss += 0.5 * error * error;
    for (let q = 0; q < width; q++) {
      expected.left[i * width + q] += error * right.get(j, q);
      expected.right[j * width + q] += error * left.get(i, q);
    }
  });
  const job = new Job();
  const bound = boundIn(job, problem, "f64");
  const [l, r] = [job.put(left.data), job.put(right.data)];
  const [forLeft, again] = [rows, rows].map((n) => job.allocate("f64", n * width));
  const forRight = job.allocate("f64", cols * width);
  const loss = bound.residual(width, l, r, forLeft);
  bound.multiply(width, r, again);
  bound.multiplyTransposed(width, l, forRight);
  expectBelow(1e-13, { loss: Math.abs(loss / expected.loss - 1) });
  const gradient = job.read("f64", forLeft, rows * width);
  expect(job.read("f64", again, rows * width)).toEqual(gradient);
  const difference = (a: Float64Array, b: Float64Array) =>
    a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0) / Math.sqrt(count);
  expectBelow(1e-12, {
    left: difference(gradient, expected.left),
    right: difference(job.read("f64", forRight, cols * width), expected.right),
  });
});
