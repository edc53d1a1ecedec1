// Observable Plot drawing into a document without a browser. Colours are CSS variables of the page, so
// one SVG serves light and dark.
import { escapeHtml, Html, html } from "./html.js";
import * as Plot from "./plot-packages.js";

/** Drawn one to one on a narrow phone, and two beside each other on a desktop. */
const size = { width: 430, height: 280 };
export const accent = "var(--accent)";
export const second = "var(--second)";
export const muted = "var(--muted)";
/** More points than pixels help nobody and make the page heavy. */
const maxPoints = 400;

/** A chart with what a screen reader says of it. Numbers are written out: 0.3, never 300m. */
export function draw(title: string, description: string, options: Plot.PlotOptions): Html {
  const { document } = Plot.parseHTML("<html></html>");
  const chart = Plot.plot({
    ...size,
    marginLeft: 52,
    marginBottom: 38,
    marginTop: 26,
    className: "plot",
    style: { fontSize: "13px", background: "none" },
    document,
    ...options,
    x: { tickFormat: brief, ...options.x },
    y: { tickFormat: brief, ...options.y },
  }) as unknown as { outerHTML: string };
  const svg = chart.outerHTML
    .replace(/<style>.*?<\/style>/s, "")
    // Groups have no role that may have a label: the style finds the parts of a plot by these.
    .replace(/<g([^>]*) aria-label="/g, '<g$1 data-part="')
    .replace(/^<svg /, `<svg role="img" aria-label="${escapeHtml(title)}" `)
    .replace(/^(<svg [^>]*>)/, (tag) => {
      const spoken = `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>`;
      return tag + spoken;
    });
  return new Html(svg);
}

/** What the colours of the lines mean: the page's classes line-0, line-1, line-2. */
export function legend(names: readonly string[]): Html {
  return html`<ul class="legend">${names.map(
    (name, i) => html`<li class="line-${i}">${name}</li>`,
  )}</ul>`;
}

/** Every point when there are few, else every k-th and the last. */
export function thin<T>(points: readonly T[]): T[] {
  const stride = Math.ceil(points.length / maxPoints);
  return points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}

/** At most about eight ticks, at whole numbers. */
export function wholeTicks(last: number): { ticks: number[] } {
  const stride = Math.max(1, Math.round(last / 8));
  const ticks = [];
  for (let tick = stride === 1 ? 1 : stride; tick <= last; tick += stride) ticks.push(tick);
  return { ticks };
}

/** Within one decade a logarithmic axis has only crowded ticks: ask for few. */
export function logTicks(values: readonly number[]): { ticks: number } {
  const ratio = Math.max(...values) / Math.min(...values);
  return { ticks: ratio < 100 ? 5 : 6 };
}

/** What a plot takes for zero: between smaller numbers there is no room for ticks. */
export const minReach = 1e-300;

/** A number in three digits: 0.3, 1,200; as 1e-9 only where it would be long. */
export function brief(value: number | undefined): string {
  if (value === undefined) return "nothing";
  const rounded = Number(value.toPrecision(3));
  const magnitude = Math.abs(rounded);
  const long = magnitude >= 1e7 || (magnitude > 0 && magnitude < 1e-4);
  return long
    ? rounded.toExponential().replace("+", "")
    : rounded.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
