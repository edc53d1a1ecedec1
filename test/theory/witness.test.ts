import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  compress,
  type DeepLinearNetwork,
  deepFactorization,
  factorization,
  Matrix,
  train,
} from "../../src/index.js";
import { optimizerOf } from "../../src/theory/rule.js";
import type { Rule } from "../../src/theory.js";

interface Trajectory {
  losses: number[];
  samples: { step: number; factors?: number[][]; product: number[] }[];
}
interface Case {
  name: string;
  rule: Rule;
  rows: number;
  cols: number;
  wide: Trajectory;
  narrow: Trajectory;
}
interface Fixture {
  seed: number;
  scales: number[];
  starts: number[][];
  steps: number;
  every: number;
  targets: { rows: number; cols: number; entries: number[] }[];
  cases: Case[];
}

const { seed, scales, starts, steps, every, targets, cases } = JSON.parse(
  readFileSync(new URL("../fixtures/theory.json", import.meta.url), "utf8"),
) as Fixture;

/** Relative to the largest of the reference's numbers. */
function deviation(ours: ArrayLike<number>, reference: readonly number[]): number {
  const size = Math.max(...reference.map(Math.abs));
  return Math.max(...reference.map((value, i) => Math.abs(ours[i] - value))) / size;
}

function wideModel({ rows, cols }: { rows: number; cols: number }) {
  return deepFactorization({ shape: { rows, cols }, depth: 3, scale: scales, seed });
}

test("the witness starts where the package does", () => {
  wideModel({ rows: 12, cols: 12 })
    .factors()
    .forEach((W, l) => {
      const signed = W.toArray().map((row) => {
        const j = row.findIndex((x) => x !== 0);
        return Math.sign(row[j]) * (j + 1);
      });
      expect(signed).toEqual(starts[l]);
    });
});

/** Our run's losses and states, beside those of the witness. */
function follow(
  model: DeepLinearNetwork,
  c: Case,
  witness: Trajectory,
  ratios: readonly number[],
): void {
  const target = targets.find(({ rows, cols }) => rows === c.rows && cols === c.cols)!;
  const problem = factorization(
    new Matrix(target.rows, target.cols, Float64Array.from(target.entries)),
  );
  const options = { steps, optimizer: optimizerOf(c.rule), learningRateRatios: ratios };
  for (const { step, loss } of train(model, problem, options)) {
    if (step % every === 0) {
      // Relative to the first loss: the last ones are differences of equal numbers.
      const difference = Math.abs(loss - witness.losses[step / every]);
      expect(difference / witness.losses[0]).toBeLessThan(1e-12);
    }
    const sample = witness.samples.find((s) => s.step === step);
    if (!sample) continue;
    const product = model.product();
    expect(deviation(product.row(product.rows - 1), sample.product)).toBeLessThan(1e-12);
    sample.factors?.forEach((row, l) => {
      const W = model.factors()[l];
      const own = W.row(step % W.rows);
      // An empty row of the start may stay one.
      if (row.some((x) => x !== 0)) expect(deviation(own, row)).toBeLessThan(1e-12);
      else expect(own.every((x) => x === 0)).toBe(true);
    });
  }
}

test.each(cases)("wide, $rows x $cols, $name: 1,000 steps equal NumPy's", (c) => {
  follow(wideModel(c), c, c.wide, c.rule.ratios ?? [1, 1, 1]);
});

test.each(cases)("compressed, $rows x $cols, $name: 1,000 steps equal NumPy's", (c) => {
  const { entries } = targets.find(({ rows, cols }) => rows === c.rows && cols === c.cols)!;
  const problem = factorization(new Matrix(c.rows, c.cols, Float64Array.from(entries)));
  const model = compress(wideModel(c), problem, { rank: 2, exact: true });
  follow(model, c, c.narrow, [0, ...(c.rule.ratios ?? [1, 1, 1]), 0]);
});
