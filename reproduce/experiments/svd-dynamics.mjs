// Question: do the wide factors move in 2r directions only, and the others shrink all alike?
import {
  compress,
  deepFactorization,
  factorization,
  gd,
  Matrix,
  matmul,
  svd,
} from "../../dist/index.js";
import { gaussianTarget, seeds } from "../harness/problems.mjs";
import { finding, format } from "../harness/report.mjs";
import { trace } from "../harness/trace.mjs";

/** rho(t), the scale of the passive part of each factor: depth 3, scale 1, no weight decay. */
function passiveScales(rate, steps) {
  const scales = [1];
  for (let t = 0; t < steps; t++) scales.push(scales[t] * (1 - rate * scales[t] ** 4));
  return scales;
}

/** W_l minus rho times its start, seen from the passive subspace of its input: 0 by the theory. */
function departure(W, start, frame, rho) {
  const difference = new Matrix(
    W.rows,
    W.cols,
    W.data.map((w, p) => w - rho * start.data[p]),
  );
  const active = matmul(matmul(difference, frame), frame, { transposeB: true });
  return Math.max(...difference.data.map((x, p) => Math.abs(x - active.data[p])));
}

export default {
  name: "svd-dynamics",
  title: "Singular values of a wide factor during training",
  source: "CD, figure of the SVD dynamics (fig_thm)",
  run(lab) {
    const [d, rank, steps] = [30, 3, lab.quick ? 10 : 50];
    const learningRate = 1 / d ** 2;
    const part = seeds(lab.seed);
    const problem = factorization(gaussianTarget(d, rank, part.target).target);
    const wide = () =>
      deepFactorization({
        shape: { rows: d, cols: d },
        ...{ scale: 1, seed: part.model, initialization: "haar" },
      });
    const start = wide().factors();
    // The frame of each factor's input: V, and its images under the first factors.
    const V = compress(wide(), problem, { rank }).factors()[0].transpose();
    const frames = [V, matmul(start[0], V), matmul(start[1], matmul(start[0], V))];
    const rho = passiveScales(learningRate, steps);
    const { rows } = trace(lab, "wide", {
      ...{ model: wide(), problem, steps, every: 1, optimizer: gd({ learningRate }) },
      measure(model, step) {
        const factors = model.factors();
        const departures = factors.map((W, l) => departure(W, start[l], frames[l], rho[step]));
        return { singularValues: svd(factors[0]).S, departure: Math.max(...departures) };
      },
    });
    const curve = rows.map(({ step, singularValues, departure }) => ({
      step,
      rho: rho[step],
      spread: singularValues[rank] - singularValues[d - rank - 1],
      departure,
      ...Object.fromEntries(Array.from(singularValues, (s, i) => [`s${i + 1}`, s])),
    }));
    const last = curve.at(-1);
    const worst = (column) => Math.max(...curve.map((row) => row[column]));
    const middle = last[`s${d / 2}`];
    return {
      setting: `d = ${d}, rank ${rank}, depth 3, scale 1, mean loss with step 1, ${steps} steps.`,
      tables: { "": curve },
      figures: {
        "": {
          title: `The ${d} singular values of W_1 over the steps: 2r move, ${d - 2 * rank} are one`,
          x: { label: "step" },
          y: { label: "singular value" },
          series: [
            ...[1, rank, rank + 1, d - rank, d - rank + 1, d].map((i) => ({
              name: `number ${i}`,
              points: curve.map((row) => [row.step, row[`s${i}`]]),
            })),
            { name: "rho(t), theory", dashed: true, points: curve.map((r) => [r.step, r.rho]) },
          ],
        },
      },
      findings: [
        finding({
          quantity: `the middle singular values after ${steps} steps`,
          theirs: `${format(rho[steps])} (theory)`,
          ours: middle.toFixed(8),
          ratio: middle / rho[steps],
          holds: Math.abs(middle - rho[steps]) < 1e-12,
          asked: "within 1e-12",
        }),
        finding({
          quantity: "distance between the largest and the smallest of them",
          theirs: "equal",
          ours: format(worst("spread")),
          holds: worst("spread") < 1e-12,
          asked: "below 1e-12",
        }),
        finding({
          quantity: "departure of all factors from rho(t) W(0) on the passive subspace",
          theirs: "none",
          ours: format(worst("departure")),
          holds: worst("departure") < 1e-12,
          asked: "below 1e-12",
        }),
      ],
    };
  },
};
