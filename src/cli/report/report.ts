// The page that `complete --report` leaves: one HTML file without scripts or anything to load.
import { amount, duration, improvement, percent } from "../format.js";
import type { SampleRow } from "../sample-rows.js";
import { type Html, html, isolated } from "./html.js";
import { renderPage } from "./page.js";
import { type CurvePoint, errorPlot, lossPlot, spectrumPlot, validationPlot } from "./plots.js";

/** A line of the table of wide against compressed; cells are ready to print. */
export interface ComparisonLine {
  what: string;
  wide: string;
  compressed: string;
  ratio: string;
}

export interface ReportData {
  /** The file, as the user named it. */
  source: string;
  rows: number;
  cols: number;
  observed: number;
  trainRmse: number;
  /** Null when nothing was held out; then there is no histogram either. */
  testRmse: number | null;
  baselineRmse: number | null;
  milliseconds: number;
  steps: number;
  rank: number;
  curve: readonly CurvePoint[];
  singularValues: readonly number[];
  /** Prediction minus rating, for each rating that was held out. */
  errors: ArrayLike<number>;
  samples: readonly SampleRow[];
  comparison: readonly ComparisonLine[];
  /** The command that remakes the page. */
  command: string;
  version: string;
}

/** The whole page. Everything that comes from the user's file is escaped. */
export function renderReport(data: ReportData): string {
  const { source, observed, rows, cols, command, version } = data;
  return renderPage({
    ...{ heading: "Matrix completion report", source, command, version },
    lead: html`${isolated(source)}: ${amount(observed, "rating")} in ${amount(rows, "row")} and
${amount(cols, "column")}; ${percent(observed / (rows * cols))} of the cells are known.`,
    body: html`${tiles(data)}
${plotSection(plots(data))}
${sampleSection(data.samples)}
${comparisonSection(data.comparison)}`,
  });
}

function tiles({ testRmse, baselineRmse, trainRmse, milliseconds, steps, rank }: ReportData): Html {
  const verdict =
    testRmse === null || baselineRmse === null ? undefined : improvement(testRmse, baselineRmse);
  const comparison = verdict
    ? html`<span class="${verdict.better ? "good" : ""}">${verdict.text}</span> than biases alone`
    : html`RMSE`;
  const test =
    testRmse === null
      ? html``
      : html`<div class="tile"><dt>Error on ratings held out</dt>
<dd>${testRmse.toFixed(4)}<small>${comparison}</small></dd></div>`;
  const baseline =
    baselineRmse === null
      ? html``
      : html`<div class="tile"><dt>Biases alone</dt>
<dd>${baselineRmse.toFixed(4)}<small>RMSE on the same ratings</small></dd></div>`;
  return html`<dl class="tiles">
${test}
${baseline}
<div class="tile"><dt>Error in training</dt><dd>${trainRmse.toFixed(4)}<small>RMSE</small></dd></div>
<div class="tile"><dt>Training time</dt>
<dd>${duration(milliseconds)}<small>${amount(steps, "step")}, rank ${rank}</small></dd></div>
</dl>`;
}

function plotSection(figures: readonly Html[]): Html {
  if (figures.length === 0) return html``;
  return html`<section aria-labelledby="training">
<h2 id="training">How it learned</h2>
<div class="plots">${figures}</div>
</section>`;
}

function plots({ curve, singularValues, errors }: ReportData): Html[] {
  const trained = curve.some(({ loss }) => loss > 0);
  const validated = curve.some(({ validationRmse }) => Number.isFinite(validationRmse));
  const figures: [boolean, () => Html, string][] = [
    [
      trained,
      () => lossPlot(curve),
      "Training loss, step by step: candidates for the regularization, one after the other, " +
        "then the chosen one on all ratings.",
    ],
    [
      validated,
      () => validationPlot(curve),
      "Error of the candidates on training ratings held out to choose by; the least decides.",
    ],
    [
      singularValues.length > 0,
      () => spectrumPlot(singularValues),
      "Singular values of the learned product: how many directions of taste it uses.",
    ],
    [
      errors.length > 0,
      () => errorPlot(errors),
      "Errors on the ratings that were held out from training.",
    ],
  ];
  return figures.filter(([shown]) => shown).map(([, plot, caption]) => figure(plot(), caption));
}

function figure(plot: Html, caption: string): Html {
  return html`<figure>${plot}<figcaption>${caption}</figcaption></figure>`;
}

function sampleSection(samples: readonly SampleRow[]): Html {
  if (samples.length === 0) return html``;
  return html`<section aria-labelledby="samples">
<h2 id="samples">What it would recommend</h2>
<div class="people">${samples.map(
    ({ rowId, rated, recommended }) => html`<article class="person">
<h3>Row ${isolated(rowId)}</h3>
<h4>Rated highest</h4>${list(rated)}
<h4>Recommended, as predicted</h4>${list(recommended)}
</article>`,
  )}</div>
</section>`;
}

function list(entries: readonly { colId: string; value: number }[]): Html {
  return html`<ol>${entries.map(
    ({ colId, value }) =>
      html`<li><span>${isolated(colId)}</span><span>${Number(value.toFixed(2))}</span></li>`,
  )}</ol>`;
}

function comparisonSection(lines: readonly ComparisonLine[]): Html {
  if (lines.length === 0) return html``;
  return html`<section aria-labelledby="comparison">
<h2 id="comparison">Wide model against compressed model</h2>
<div class="table"><table>
<thead><tr><th scope="col">Per model</th><th scope="col">wide</th><th scope="col">compressed</th>
<th scope="col">ratio</th></tr></thead>
<tbody>${lines.map(
    ({ what, wide, compressed, ratio }) =>
      html`<tr><th scope="row">${what}</th><td>${wide}</td><td>${compressed}</td><td>${ratio}</td></tr>`,
  )}</tbody>
</table></div>
<p class="note">The wide model is the overparameterized deep factorization whose invariant subspace
the compressed one trains in: as many factors, each as wide as the larger side of the matrix.</p>
</section>`;
}
