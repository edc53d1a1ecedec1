import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { completion, gd, Matrix, momentum, spectralCompress, train } from "../../src/index.js";

interface Trajectory {
  rows: number;
  cols: number;
  depth: number;
  scale: number;
  width: number;
  rate: number;
  ratio: number;
  beta: number;
  observed: number[];
  target: number[];
  losses: number[];
  product: number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL("../fixtures/trajectories.json", import.meta.url), "utf8"),
) as { cases: Trajectory[] };

test.each(cases)(
  "1,000 steps at depth $depth, $rows x $cols, ratio $ratio, beta $beta equal NumPy's",
  (c) => {
    const problem = completion({
      rows: c.rows,
      cols: c.cols,
      rowIndices: c.observed.map((p) => Math.floor(p / c.cols)),
      colIndices: c.observed.map((p) => p % c.cols),
      values: c.observed.map((p) => c.target[p]),
    });
    const { depth, scale, width, rate: learningRate, beta } = c;
    const model = spectralCompress(problem, { rank: width, width, depth, scale });
    const optimizer = beta === 0 ? gd({ learningRate }) : momentum({ learningRate, beta });
    const run = train(model, problem, {
      steps: c.losses.length - 1,
      optimizer,
      outerLearningRateRatio: c.ratio,
    });
    for (const { step, loss } of run) {
      // Relative to the first loss: the last ones are differences of equal numbers.
      expect(Math.abs(loss - c.losses[step]) / c.losses[0]).toBeLessThan(1e-12);
    }
    const product = new Matrix(c.rows, c.cols, Float64Array.from(c.product));
    const difference = model.product().data.map((x, i) => Math.abs(x - product.data[i]));
    expect(Math.max(...difference)).toBeLessThan(1e-12);
  },
);
