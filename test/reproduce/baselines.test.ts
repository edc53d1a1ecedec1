// What the experiments put beside our functions does what it says.
import { expect, test } from "vitest";
import { completion, deepFactorization, gd, train } from "../../dist/index.js";
import { alternatingMinimisation } from "../../reproduce/harness/alternating.mjs";
import { denseCompletion } from "../../reproduce/harness/dense-completion.mjs";
import { drawMask, gaussianTarget, observe } from "../../reproduce/harness/problems.mjs";
import { halfMeanSquare } from "../../reproduce/harness/ratings.mjs";

const { target } = gaussianTarget(20, 2, 1);
const observed = observe(target, drawMask(20, 0.6, 2));
const all = observe(
  target,
  Uint32Array.from({ length: 400 }, (_, p) => p),
);

test("the dense residual gives the losses of completion", () => {
  const losses = [completion, denseCompletion].map((make) => {
    const model = deepFactorization({ shape: { rows: 20, cols: 20 }, scale: 0.3, seed: 3 });
    const optimizer = gd({ learningRate: 0.01 } as object);
    const losses: number[] = [];
    for (const step of train(model, make(observed), { steps: 50, optimizer })) {
      losses.push((step as { loss: number }).loss);
    }
    return losses;
  });
  losses[0].forEach((loss, step) => {
    expect(Math.abs(losses[1][step] - loss) / losses[0][0]).toBeLessThan(1e-13);
  });
  expect(losses[0][50]).toBeLessThan(losses[0][0]);
});

test("alternating minimisation completes a matrix of its rank", () => {
  let iteration = 0;
  for (const factors of alternatingMinimisation(observed, 2)) {
    if (++iteration < 50) continue;
    expect(halfMeanSquare(factors, all)).toBeLessThan(1e-10);
    break;
  }
});
