// The report's plots: Observable Plot drawing into a document without a browser. Colours are CSS
// variables of the page, so one SVG serves light and dark.
import { median } from "../../metrics/median.js";
import { escapeHtml, Html, html } from "./html.js";
import * as Plot from "./plot-packages.js";

/** One step of a training run. */
interface CurvePoint {
  phase: string;
  step: number;
  loss: number;
  validationRmse?: number | undefined;
}

/** Drawn one to one on a narrow phone, and two beside each other on a desktop. */
const size = { width: 430, height: 280 };
const accent = "var(--accent)";
const second = "var(--second)";
const muted = "var(--muted)";
/** Of the first, second, ... line: the page's classes line-0, line-1, ... */
const lineColors = [accent, second, muted];
/** More points than pixels help nobody and make the page heavy. */
const maxPoints = 400;

/** The loss against the step, one line a phase. */
export function lossPlot(curve: readonly CurvePoint[]): Html {
  const points = thin(curve.filter(({ loss }) => loss > 0));
  const phases = [...new Set(points.map(({ phase }) => phase))];
  const lines = draw(
    "Training loss against the step",
    `The loss falls from ${brief(points[0]?.loss)} to ${brief(points.at(-1)?.loss)}.`,
    {
      x: { label: "step", labelAnchor: "right" },
      y: { type: "log", label: "loss", grid: true, ...logTicks(points.map(({ loss }) => loss)) },
      color: { domain: phases, range: lineColors },
      marks: [Plot.line(points, { x: "step", y: "loss", stroke: "phase", strokeWidth: 2 })],
    },
  );
  return html`${legend(phases)}${lines}`;
}

/** The validation error against the step; the best step is marked. */
export function validationPlot(curve: readonly CurvePoint[]): Html {
  const points = thin(curve.filter(({ validationRmse }) => Number.isFinite(validationRmse)));
  const best = points.reduce((a, b) => (b.validationRmse! < a.validationRmse! ? b : a));
  return draw(
    "Validation error against the step",
    `The error is least at step ${best.step}: ${best.validationRmse!.toFixed(4)}.`,
    {
      x: { label: "step", labelAnchor: "right" },
      y: { label: "validation RMSE", grid: true, nice: true },
      marks: [
        Plot.line(points, {
          x: "step",
          y: "validationRmse",
          stroke: accent,
          strokeWidth: 2,
          z: "phase",
        }),
        Plot.dot([best], { x: "step", y: "validationRmse", r: 4, fill: accent }),
        Plot.text([best], {
          frameAnchor: "top-right",
          dy: -18,
          text: (point: CurvePoint) =>
            `least: ${point.validationRmse!.toFixed(4)} at step ${point.step}`,
        }),
      ],
    },
  );
}

/** Singular values of the learned product, largest first. */
export function spectrumPlot(singularValues: readonly number[]): Html {
  const bars = singularValues.map((value, i) => ({ index: i + 1, value }));
  return draw(
    "Singular values of the learned product",
    `${bars.length} values, the largest ${brief(singularValues[0])}, ` +
      `the smallest ${brief(singularValues.at(-1))}.`,
    {
      x: {
        label: "index",
        type: "linear",
        domain: [0.4, bars.length + 0.6],
        ...wholeTicks(bars.length),
      },
      y: { label: "singular value", grid: true, nice: true },
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

/** How often which error (prediction minus rating) occurs. */
export function errorPlot(errors: ArrayLike<number>): Html {
  const bins = histogram(errors);
  const within = bins.spread;
  return draw(
    "Errors on the ratings held out",
    `Half of the ${errors.length} predictions are within ${brief(within)} of the rating.`,
    {
      x: { label: "prediction − rating" },
      y: { label: "ratings", grid: true, nice: true },
      marks: [
        Plot.rectY(bins.bars, { x1: "from", x2: "to", y: "count", fill: accent, inset: 0.5 }),
        Plot.ruleY([0], { stroke: muted }),
        Plot.ruleX([0], { stroke: second, strokeDasharray: "5 4" }),
      ],
    },
  );
}

/** Errors below it are zero for every reader of a plot. */
const minReach = 1e-300;

interface Histogram {
  bars: { from: number; to: number; count: number }[];
  /** Median of the absolute errors. */
  spread: number;
}

/** Equal bins over the middle 99.8 % of the errors; what is outside counts to the outer bins. */
function histogram(errors: ArrayLike<number>): Histogram {
  const sorted = Float64Array.from(errors).sort();
  const at = (fraction: number) => sorted[Math.floor(fraction * (sorted.length - 1))];
  const count = 41;
  const outermost = Math.max(Math.abs(at(0.001)), Math.abs(at(0.999)));
  // Bins of errors that are nearly zero would be narrower than any number.
  const reach = outermost > minReach ? outermost : 1;
  const width = (2 * reach) / count;
  const bars = Array.from({ length: count }, (_, i) => ({
    from: -reach + i * width,
    to: -reach + (i + 1) * width,
    count: 0,
  }));
  for (const error of sorted) {
    const bin = Math.floor((error + reach) / width);
    bars[Math.max(0, Math.min(count - 1, bin))].count++;
  }
  return { bars, spread: median(sorted.map(Math.abs)) };
}

function draw(title: string, description: string, options: Plot.PlotOptions): Html {
  const { document } = Plot.parseHTML("<html></html>");
  const chart = Plot.plot({
    ...size,
    marginLeft: 48,
    marginBottom: 38,
    marginTop: 26,
    className: "plot",
    style: { fontSize: "13px", background: "none" },
    document,
    ...options,
  }) as unknown as { outerHTML: string };
  const svg = chart.outerHTML
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/^<svg /, `<svg role="img" aria-label="${escapeHtml(title)}" `)
    .replace(/^(<svg [^>]*>)/, (tag) => {
      const spoken = `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>`;
      return tag + spoken;
    });
  return new Html(svg);
}

/** What the colours of the lines mean, when there is more than one line. */
function legend(phases: readonly string[]): Html {
  if (phases.length < 2) return html``;
  return html`<ul class="legend">${phases.map(
    (phase, i) => html`<li class="line-${i % lineColors.length}">${phase}</li>`,
  )}</ul>`;
}

/** Every point when there are few, else every k-th and the last. */
function thin<T>(points: readonly T[]): T[] {
  const stride = Math.ceil(points.length / maxPoints);
  return points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}

/** At most about eight ticks, at whole numbers. */
function wholeTicks(last: number): { ticks: number[]; tickFormat: string } {
  const stride = Math.max(1, Math.round(last / 8));
  const ticks = [];
  for (let tick = stride === 1 ? 1 : stride; tick <= last; tick += stride) ticks.push(tick);
  return { ticks, tickFormat: "d" };
}

/** Within one decade a logarithmic axis has only crowded ticks: ask for few. */
function logTicks(values: readonly number[]): { ticks: number; tickFormat: string } {
  const ratio = Math.max(...values) / Math.min(...values);
  return { ticks: ratio < 100 ? 5 : 6, tickFormat: "~s" };
}

function brief(value: number | undefined): string {
  return value === undefined ? "nothing" : String(Number(value.toPrecision(3)));
}
