// Question: how do the steps fall as the outer factors learn faster than the inner ones?
import { median } from "../../lab/statistics.mjs";
import { finding, format, spread } from "../harness/report.mjs";
import { spectralCompletion } from "../harness/spectral-problems.mjs";
import { trace } from "../harness/trace.mjs";

/** Steps of their figure by the ratio of the rates; read off, in hundreds. */
const theirs = { 0.5: 130, 0.75: 100, 1: 83, 1.25: 72, 1.5: 63, 1.75: 57, 2: 52, 5: 28, 9.75: 18 };
const theirWide = 9300;

export default {
  name: "discrepant-rates",
  title: "Discrepant learning rates",
  source: "EC, ablation of the outer rate (fig_ablation_dlr_mc)",
  run(lab) {
    const alphas = lab.quick
      ? [1, 5]
      : Object.keys(theirs)
          .map(Number)
          .sort((a, b) => a - b);
    const [d, rank, share, step] = lab.quick ? [30, 2, 0.5, 5] : [100, 5, 0.2, 10];
    const seeds = Array.from({ length: lab.quick ? 1 : 5 }, (_, i) => lab.seed + i);
    const rows = seeds.flatMap((seed) => {
      const { problem, observed, optimizer, wide, compressed } = spectralCompletion({
        ...{ d, rank, share, step, seed },
      });
      const common = { problem, optimizer, every: 5000, steps: 60_000 };
      const stepsOf = (name, options) =>
        trace(lab, `${name}-${seed}`, { ...common, tolerance: 1e-10 * observed, ...options }).steps;
      const wideSteps = stepsOf("wide", { model: wide() });
      return alphas.map((alpha) => ({
        ...{ seed, alpha, wideSteps },
        steps: stepsOf(`ratio-${alpha}`, { model: compressed(), outerLearningRateRatio: alpha }),
      }));
    });
    const of = (alpha) => rows.filter((row) => row.alpha === alpha);
    const decreasing = seeds.every((seed) =>
      rows
        .filter((row) => row.seed === seed)
        .every((row, i, all) => i === 0 || row.steps < all[i - 1].steps),
    );
    const ours = alphas.map((alpha) => median(of(alpha).map(({ steps }) => steps)));
    const wide = median(rows.map(({ wideSteps }) => wideSteps));
    return {
      setting:
        `d = ${d}, rank ${rank}, width ${2 * rank}, ${100 * share} % observed, depth 3, scale ` +
        `1e-2, step ${step}, to the loss 1e-10, ${seeds.length} seeds from ${lab.seed}.`,
      tables: { "": rows },
      figures: {
        "": {
          title: "Steps to the loss 1e-10 over the ratio of outer and inner rate",
          x: { label: "outer rate over inner rate" },
          y: { label: "steps", log: true },
          series: [
            { name: "ours, median", dots: true, points: alphas.map((a, i) => [a, ours[i]]) },
            {
              ...{ name: "theirs (read off)", dots: true, dashed: true },
              points: alphas.map((a) => [a, 100 * theirs[a]]),
            },
            { name: "ours, wide", dashed: true, points: alphas.map((a) => [a, wide]) },
          ],
          references: [{ y: theirWide, label: "theirs, wide: ~9,300" }],
        },
      },
      findings: [
        finding({
          quantity: "the steps fall with every larger ratio, for every seed",
          theirs: "yes",
          ours: decreasing ? "yes" : "no",
          holds: decreasing,
        }),
        ...alphas
          .filter((alpha) => [1, 5, 9.75].includes(alpha))
          .map((alpha) =>
            finding({
              quantity: `steps, wide over ratio ${alpha}, median (least - greatest)`,
              theirs: `~${format(theirWide / (100 * theirs[alpha]))}`,
              ours: spread(of(alpha).map(({ wideSteps, steps }) => wideSteps / steps)),
              ratio:
                median(of(alpha).map(({ wideSteps, steps }) => wideSteps / steps)) /
                (theirWide / (100 * theirs[alpha])),
            }),
          ),
      ],
    };
  },
};
