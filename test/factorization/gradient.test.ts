import { expect, test } from "vitest";
import { gd, Matrix, matmul, train } from "../../src/index.js";
import { lowRankTarget, models, problems } from "./problems.js";

const shapes = [
  { rows: 7, cols: 7 },
  { rows: 6, cols: 9 },
  { rows: 9, cols: 6 },
];

for (const problemCase of problems) {
  for (const model of models) {
    test(`gradient of ${problemCase.name} with a ${model.name} network equals finite differences`, () => {
      for (const { rows, cols } of shapes) {
        for (const depth of [2, 3, 4]) {
          const target = lowRankTarget(rows, cols, 2, 5);
          const { problem, loss } = problemCase.make(target, 11);
          const network = model.make(problem, depth);
          const before = network.factors();
          const product = (factors: Matrix[]) => factors.reduceRight((P, W) => matmul(P, W));
          const rate = 1e-3;
          const run = train(network, problem, {
            steps: 1,
            optimizer: gd({ learningRate: rate }),
            outerLearningRateRatio: 0.5,
          });
          const first = run.next();
          expect(first.value?.loss).toBeCloseTo(loss(product(before)), 10);
          for (const _ of run);
          const after = network.factors();
          const outer = (l: number) =>
            /compressed|spectral/.test(model.name) && (l === 0 || l === before.length - 1);
          before.forEach((factor, l) => {
            const ratio = outer(l) ? 0.5 : 1;
            const probe = Matrix.randomNormal(factor.rows, factor.cols, { seed: 100 + l });
            const h = 1e-5;
            const shifted = (sign: number) => {
              const moved = before.map((W) => W.copy());
              probe.data.forEach((value, i) => {
                moved[l].data[i] += sign * h * value;
              });
              return loss(product(moved));
            };
            const numeric = (shifted(1) - shifted(-1)) / (2 * h);
            const analytic = [...probe.data].reduce(
              (sum, value, i) =>
                sum + (value * (factor.data[i] - after[l].data[i])) / (rate * ratio),
              0,
            );
            expect(Math.abs(numeric - analytic)).toBeLessThan(1e-6 * (1 + Math.abs(numeric)));
          });
        }
      }
    });
  }
}
