// Question: does the compressed network follow the wide one, fully observed, and at what cost?
import { compress, deepFactorization, factorization, gd, matmul } from "../../dist/index.js";
import { gaussianTarget, seeds } from "../harness/problems.mjs";
import { finding, format } from "../harness/report.mjs";
import { plainMatrix, reviveMatrix, stepMilliseconds, trace } from "../harness/trace.mjs";

const depth = 3;

export default {
  name: "equivalence",
  title: "Equivalent trajectories under full observation",
  source: "CD, figure of the compressed trajectory (fig_equiv_traj_L2)",
  run(lab) {
    const d = lab.quick ? 60 : 1000;
    const [rank, steps, every] = [lab.quick ? 3 : 10, lab.quick ? 40 : 200, lab.quick ? 10 : 50];
    // Their step 1e3 for the mean at d = 1000; other sizes by the same S (rate s^(4/3)).
    const learningRate = 1e-3 * (1000 / d) ** (2 / 3);
    const part = seeds(lab.seed);
    const problem = factorization(gaussianTarget(d, rank, part.target).target);
    const wide = (scale) =>
      deepFactorization({ shape: { rows: d, cols: d }, depth, scale, seed: part.model });
    const compressed = (scale) => compress(wide(scale), problem, { rank });
    const options = { optimizer: gd({ learningRate }), outerLearningRateRatio: 0 };

    const times = lab.part("times", () => ({
      compressed: stepMilliseconds(compressed(0.1), problem, options, lab.quick ? 5 : 200),
      wide: stepMilliseconds(wide(0.1), problem, options, lab.quick ? 5 : 20),
    }));
    const narrow = trace(lab, "compressed", {
      ...{ model: compressed(0.1), problem, steps, every, ...options },
      measure: (model) => ({ ends: ends(model) }),
    });
    const products = new Map(narrow.rows.map((row) => [row.step, row]));
    const rho = passiveScales(0.1, learningRate, steps);
    const full = trace(lab, "wide", {
      ...{ model: wide(0.1), problem, steps, every, ...options },
      measure: (model, step) => ({ gap: gap(model.product(), products.get(step).ends) }),
    });
    const curve = full.rows.map(({ step, loss, gap }) => ({
      step,
      wideLoss: loss / d ** 2,
      compressedLoss: products.get(step).loss / d ** 2,
      gap,
      closedForm: Math.sqrt(d - 2 * rank) * rho[step] ** depth,
    }));
    const worst = Math.max(...curve.map(({ gap, closedForm }) => Math.abs(gap - closedForm)));
    const ratio = times.wide / times.compressed;
    return {
      setting:
        `d = ${d}, rank ${rank}, depth ${depth}, scale 0.1, outer factors frozen, step ` +
        `${format(learningRate * d * d)} (mean loss), ${steps} steps. (Their scale is 1e-3, where the ` +
        "first 15,000 steps change nothing.)",
      tables: {
        "": curve,
      },
      figures: {
        "": {
          title: `Loss and distance of the wide and the compressed network, d = ${d}`,
          x: { label: "step" },
          y: { label: "half the mean square; |f - f_C|", log: true },
          series: [
            { name: "wide, loss", points: curve.map((r) => [r.step, r.wideLoss]) },
            {
              ...{ name: "compressed, loss", dashed: true },
              points: narrow.rows.map((r) => [r.step, r.loss / d ** 2]),
            },
            { name: "distance", points: curve.map((r) => [r.step, r.gap]), dots: true },
            {
              ...{ name: "distance, closed form", dashed: true },
              points: curve.map((r) => [r.step, r.closedForm]),
            },
          ],
        },
      },
      findings: [
        finding({
          quantity: "distance |f - f_C| less sqrt(d - 2r) rho(t)³, the closed form, at its worst",
          theirs: "0 (theorem)",
          ours: format(worst),
          holds: worst < 1e-10,
          asked: "within 1e-10",
          remarks: `the distance itself is ${format(curve[0].gap)} at first`,
        }),
        finding({
          quantity: "time a step, wide over compressed, the same kernels",
          theirs: "~10",
          ours: `${format(ratio)} (${format(times.wide)} ms, ${format(times.compressed)} ms)`,
          ratio: ratio / 10,
          ...(lab.quick ? {} : { holds: ratio >= 50, asked: "at least 50" }),
        }),
      ],
    };
  },
};

/** The two sides of the product: rows x width and width x cols. */
function ends(model) {
  const [right, ...rest] = model.factors();
  return [plainMatrix(rest.reduceRight((left, W) => matmul(left, W))), plainMatrix(right)];
}

/** |f - left right|, in Frobenius norm. */
function gap(f, sides) {
  const [left, right] = sides.map(reviveMatrix);
  const other = matmul(left, right).data;
  return Math.sqrt(f.data.reduce((sum, x, p) => sum + (x - other[p]) ** 2, 0));
}

/** rho(t) of the theorem, the same in all factors, without weight decay. */
function passiveScales(scale, rate, steps) {
  const scales = [scale];
  for (let t = 0; t < steps; t++) {
    scales.push(scales[t] * (1 - rate * scales[t] ** (2 * depth - 2)));
  }
  return scales;
}
