// The plots about the training of a text model.
import { accent, brief, draw, legend, muted, second, thin } from "./draw.js";
import { type Html, html } from "./html.js";
import * as Plot from "./plot-packages.js";

interface LossPoint {
  step: number;
  loss: number;
}

/** The losses of the batches, and their running mean: those of single batches are mostly noise. */
export function batchLossPlot(losses: readonly LossPoint[]): Html {
  const window = Math.max(1, Math.round(losses.length / 20));
  const smooth = losses.map(({ step }, i) => {
    const some = losses.slice(Math.max(0, i - window + 1), i + 1);
    return { step, loss: some.reduce((sum, { loss }) => sum + loss / some.length, 0) };
  });
  const axes = { x: "step", y: "loss" };
  const names = legend(["mean", "", "single batches"]);
  const plot = draw(
    "Training loss against the step",
    `The mean loss falls from ${brief(smooth[0]?.loss)} to ${brief(smooth.at(-1)?.loss)}.`,
    {
      x: { label: "step", labelAnchor: "right" },
      y: { label: "loss", grid: true, nice: true, zero: true },
      marks: [
        Plot.line(thin(losses), { ...axes, stroke: muted, strokeWidth: 0.75 }),
        Plot.line(thin(smooth), { ...axes, stroke: accent, strokeWidth: 2.5 }),
      ],
    },
  );
  return html`${names}${plot}`;
}

/** The metric on texts held out, against the step; the best value is marked. */
export function metricPlot(
  name: string,
  values: readonly { step: number; value: number }[],
  steps: number,
): Html {
  const best = values.reduce((a, b) => (b.value > a.value ? b : a));
  const axes = { x: "step", y: "value" };
  return draw(
    `${name} on texts held out against the step`,
    `The greatest is ${best.value.toFixed(4)}, at step ${best.step}.`,
    {
      x: { label: "step", labelAnchor: "right", domain: [0, steps] },
      y: { label: name, grid: true, nice: true },
      marks: [
        Plot.line(values, { ...axes, stroke: second, strokeWidth: 2 }),
        Plot.dot(values, { ...axes, r: 3, fill: second }),
        Plot.text([best], {
          frameAnchor: "top-right",
          dy: -18,
          text: () => `greatest: ${best.value.toFixed(4)} at step ${best.step}`,
        }),
      ],
    },
  );
}

/** What was predicted against what is true, a dot a text: on the line they are equal. */
export function scatterPlot(truth: readonly number[], predicted: readonly number[]): Html {
  const dots = thin(truth.map((value, i) => ({ truth: value, predicted: predicted[i] })));
  const ends = [Math.min(...truth), Math.max(...truth)];
  const line = ends.map((value) => ({ truth: value, predicted: value }));
  const axes = { x: "truth", y: "predicted" };
  return draw(
    "Predictions against the labels",
    `${truth.length} texts; their labels go from ${brief(ends[0])} to ${brief(ends[1])}.`,
    {
      x: { label: "label" },
      y: { label: "prediction", grid: true },
      marks: [
        Plot.line(line, { ...axes, stroke: second, strokeDasharray: "5 4" }),
        Plot.dot(dots, { ...axes, r: 2.5, fill: accent, fillOpacity: 0.6 }),
      ],
    },
  );
}
