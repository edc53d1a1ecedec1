// Methods beside each other on the same draws of few examples: runs, table and findings.

import { draw } from "../../lab/glue.mjs";
import { methodRates, methods } from "./adapter-methods.mjs";
import { fewShot } from "./few-shot.mjs";
import { deviation, mean, pairedGaps } from "./paired.mjs";
import { finding } from "./report.mjs";

/**
 * Every method on every draw; draw s is of the s-th seed, which is also that of the adapter.
 *
 * @param names - names of methods.
 * @returns rows { method, samples, rank, seed, value, losses, ranks, ... }.
 */
export function compare(lab, { model, task, names, samples, rank = 8, steps, draws }) {
  const rateOf = methodRates(lab.quick);
  const judged = lab.quick ? task.dev.slice(0, 3) : task.dev;
  // Draw by draw, so that what is done when the time is over is paired.
  return Array.from({ length: draws }, (_, i) => lab.seed + 1 + i).flatMap((seed) => {
    const examples = draw(task.pool, samples, seed);
    return names.map((method) => {
      const learningRate = rateOf(method, rank, model.encoder.config.width);
      const { adapter = method } = methods[method];
      const run = [task.name, samples, `r${rank}`, adapter, learningRate.toExponential(2), steps];
      const result = fewShot(lab, [...run, seed].join("-"), {
        ...{ model, task, examples, judged, method, rank, learningRate, steps, seed },
      });
      return { method, samples, rank, seed, learningRate, ...result };
    });
  });
}

/** Values of one method by draw. */
export function valuesOf(rows, method) {
  return rows.filter((row) => row.method === method).map(({ value }) => value);
}

export function meanAndDeviation(values) {
  return `${mean(values).toFixed(4)} ± ${deviation(values).toFixed(4)}`;
}

/** Columns of the data file. */
export function dataOf(rows, metricName) {
  return rows.map(({ method, samples, rank, seed, learningRate, value, ...rest }) => ({
    ...{ method, samples, rank, seed, learningRate, [metricName]: value },
    ...{ lastLosses: mean(rest.losses.slice(-10)), meanLearnedRank: mean(rest.ranks) },
    secondsPerStep: rest.secondsPerStep,
  }));
}

/**
 * One row for each method's mean and one for each gap to the first of `against`.
 *
 * @param theirs - { [method]: text, gaps: { [against]: text } } of the paper.
 */
export function comparisonFindings(rows, { label, names, gaps, theirs = {} }) {
  return [
    ...names.map((method) =>
      finding({
        quantity: `${label}: ${methods[method].title}`,
        theirs: theirs[method],
        ours: meanAndDeviation(valuesOf(rows, method)),
      }),
    ),
    ...gaps.map(([a, b, published]) => {
      const { wins, probability, count, ...gap } = pairedGaps(valuesOf(rows, a), valuesOf(rows, b));
      return finding({
        quantity: `${label}: ${methods[a].title} less ${methods[b].title}`,
        theirs: published,
        ours:
          `${signed(gap.mean)} ± ${gap.deviation.toFixed(4)} (variance ` +
          `${(gap.deviation ** 2).toExponential(1)}), ${wins} of ${count}`,
        remarks: `p = ${probability.toPrecision(2)}`,
      });
    }),
  ];
}

function signed(value) {
  return `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;
}

/** The training loss over the steps, the mean over the draws. */
export function lossFigure(rows, names, title) {
  return {
    title,
    x: { label: "step" },
    y: { label: "training loss before the step", log: true },
    series: names.map((method) => {
      const runs = rows.filter((row) => row.method === method).map(({ losses }) => losses);
      return {
        name: methods[method].title,
        points: runs[0].map((_, step) => [step + 1, mean(runs.map((losses) => losses[step]))]),
      };
    }),
  };
}
