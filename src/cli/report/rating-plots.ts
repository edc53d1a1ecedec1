// The plots about ratings and about the training of a model of them.
import type { CalibrationBin } from "../../metrics/calibration.js";
import {
  accent,
  brief,
  draw,
  legend,
  logTicks,
  minReach,
  muted,
  second,
  thin,
  wholeTicks,
} from "./draw.js";
import type { Histogram } from "./histogram.js";
import { type Html, html } from "./html.js";
import * as Plot from "./plot-packages.js";

/** One step of a training run. */
export interface TrainingPoint {
  step: number;
  loss: number;
  validationRmse?: number | undefined;
}

/** The loss of the final training against its step. */
export function lossPlot(curve: readonly TrainingPoint[]): Html {
  const points = thin(curve.filter(({ loss }) => loss > 0));
  return draw(
    "Training loss against the step",
    `The loss falls from ${brief(points[0]?.loss)} to ${brief(points.at(-1)?.loss)}.`,
    {
      x: { label: "step", labelAnchor: "right" },
      y: { type: "log", label: "loss", grid: true, ...logTicks(points.map(({ loss }) => loss)) },
      marks: [Plot.line(points, { x: "step", y: "loss", stroke: accent, strokeWidth: 2 })],
    },
  );
}

/** The error of each candidate on ratings held out, against its own steps; the best one stands out. */
export function candidatesPlot(candidates: readonly (readonly TrainingPoint[])[]): Html {
  const lines = candidates.map((points, candidate) =>
    points.flatMap(({ step, validationRmse: error }) =>
      error !== undefined && Number.isFinite(error)
        ? [{ candidate, step: step - points[0].step + 1, error }]
        : [],
    ),
  );
  const all = lines.flat();
  const best = all.reduce((a, b) => (b.error < a.error ? b : a));
  const axes = { x: "step", y: "error", z: "candidate" };
  const plot = draw(
    "Error of the candidates against the step",
    `The error is least at step ${best.step} of candidate ${best.candidate + 1} of ` +
      `${candidates.length}: ${best.error.toFixed(4)}.`,
    {
      x: { label: "step of the candidate", labelAnchor: "right" },
      y: { label: "error (RMSE)", grid: true, nice: true },
      marks: [
        Plot.line(all, { ...axes, stroke: muted, strokeWidth: 1.25 }),
        Plot.line(lines[best.candidate], { ...axes, stroke: accent, strokeWidth: 2.5 }),
        Plot.dot([best], { x: "step", y: "error", r: 4, fill: accent }),
        Plot.text([best], {
          frameAnchor: "top-right",
          dy: -18,
          text: () => `least: ${best.error.toFixed(4)}`,
        }),
      ],
    },
  );
  const names = candidates.length > 1 ? legend(["chosen", "", "others"]) : html``;
  return html`${names}${plot}`;
}

/** Singular values of the learned product, largest first. */
export function spectrumPlot(singularValues: readonly number[]): Html {
  const bars = singularValues.map((value, i) => ({ index: i + 1, value }));
  return draw(
    "Strength of the directions of taste",
    `${bars.length} singular values, the largest ${brief(singularValues[0])}, ` +
      `the smallest ${brief(singularValues.at(-1))}.`,
    {
      x: {
        label: "direction",
        type: "linear",
        domain: [0.4, bars.length + 0.6],
        ...wholeTicks(bars.length),
      },
      y: { label: "strength (singular value)", grid: true, nice: true },
      marks: [
        Plot.rectY(bars, {
          x1: (bar) => bar.index - 0.4,
          x2: (bar) => bar.index + 0.4,
          y: "value",
          fill: accent,
        }),
        Plot.ruleY([0], { stroke: muted }),
      ],
    },
  );
}

/** Mean ratings against mean predictions: on the line, predictions are right on average. */
export function calibrationPlot(given: readonly CalibrationBin[]): Html {
  const visible = (value: number) => (Math.abs(value) > minReach ? value : 0);
  const bins = given.map(({ predicted, observed }) => ({
    predicted: visible(predicted),
    observed: visible(observed),
  }));
  const numbers = bins.flatMap(({ predicted, observed }) => [predicted, observed]);
  const ends = [Math.min(...numbers), Math.max(...numbers)];
  const line = ends.map((value) => ({ predicted: value, observed: value }));
  const axes = { x: "predicted", y: "observed" };
  const [first, last] = [bins[0], bins[bins.length - 1]];
  return draw(
    "Mean rating against mean prediction",
    `Ratings predicted as ${brief(first?.predicted)} were ${brief(first?.observed)} on average, those ` +
      `predicted as ${brief(last?.predicted)} were ${brief(last?.observed)}.`,
    {
      x: { label: "predicted, on average", nice: true },
      y: { label: "rated, on average", grid: true, nice: true },
      marks: [
        Plot.line(line, { ...axes, stroke: second, strokeDasharray: "5 4" }),
        Plot.line(bins, { ...axes, stroke: accent, strokeWidth: 2 }),
        Plot.dot(bins, { ...axes, r: 4, fill: accent }),
      ],
    },
  );
}

/** How often which error (prediction minus rating) occurs. */
export function errorPlot({ bars, spread, beyond, count }: Histogram): Html {
  return draw(
    "Errors on the ratings held out",
    `Half of the ${count} predictions are within ${brief(spread)} of the rating. ` +
      `${beyond} are further off than what is drawn.`,
    {
      x: { label: "prediction − rating" },
      y: { label: "ratings", grid: true, nice: true },
      marks: [
        Plot.rectY(bars, { x1: "from", x2: "to", y: "count", fill: accent, inset: 0.5 }),
        Plot.ruleY([0], { stroke: muted }),
        Plot.ruleX([0], { stroke: second, strokeDasharray: "5 4" }),
      ],
    },
  );
}
