// The page that `complete --report` leaves.
import type { Outlier } from "../../completion/outliers.js";
import type { CompletionProgress } from "../../completion/progress.js";
import { bytesPerParameter } from "../compare-wide.js";
import { amount, bytes, count, duration, improvement, percent, times } from "../format.js";
import type { SampleRow } from "../sample-rows.js";
import type { CompleteResult, Quality } from "../summary.js";
import { type Html, html, isolated } from "./html.js";
import { renderPage } from "./page.js";
import { people, plots, section, type Tile, table, tiles } from "./pieces.js";
import { errorPlot, lossPlot, spectrumPlot, validationPlot } from "./plots.js";

export interface CompleteReport {
  /** The file, as the user named it. */
  source: string;
  result: CompleteResult;
  rank: number;
  history: readonly CompletionProgress[];
  singularValues: ArrayLike<number>;
  /** Of the ratings that were held out. */
  quality: Quality | undefined;
  samples: readonly SampleRow[];
  /** Ratings that look like mistakes, the furthest off first. */
  outliers: readonly Outlier[];
}

/** The whole page. Everything that comes from the user's file is escaped. */
export function completeReport(report: CompleteReport): string {
  const { source, result, samples, outliers } = report;
  const { observed, rows, cols } = result;
  return renderPage({
    heading: "Matrix completion report",
    source,
    lead: html`${isolated(source)}: ${amount(observed, "rating")} of ${amount(cols, "item")} by
${amount(rows, "user")}; ${percent(observed / (rows * cols))} of the cells are known.`,
    body: html`${tiles(figures(report))}
${section("training", "How it learned", plots(curves(report)))}
${section("calibration", "What predictions turned out to be", calibrated(report))}
${section("outliers", "What looks like mistakes", suspects(outliers))}
${section("samples", "What it would recommend", people(samples, "Rated highest", "Recommended, as predicted"))}
${section("comparison", "Wide model against compressed model", comparison(result))}`,
  });
}

function figures({ result, rank }: CompleteReport): Tile[] {
  const { testRmse, baselineRmse, trainRmse, milliseconds, steps } = result;
  const shown: Tile[] = [];
  if (testRmse !== null && baselineRmse !== null) {
    const verdict = improvement(testRmse, baselineRmse);
    const note = verdict
      ? html`<span class="${verdict.better ? "good" : ""}">${verdict.text}</span> than biases alone`
      : "RMSE";
    shown.push(
      { what: "Error on ratings held out", value: testRmse.toFixed(4), note },
      { what: "Biases alone", value: baselineRmse.toFixed(4), note: "RMSE on the same ratings" },
    );
  }
  shown.push(
    { what: "Error in training", value: trainRmse.toFixed(4), note: "RMSE" },
    {
      what: "Training time",
      value: duration(milliseconds),
      note: `${amount(steps, "step")}, rank ${rank}`,
    },
  );
  return shown;
}

const phaseNames = { search: "candidates", refit: "the chosen one, on all ratings" };

function curves({ history, singularValues, quality }: CompleteReport) {
  const curve = history.flatMap(({ phase, ...point }) =>
    phase === "search" || phase === "refit" ? [{ ...point, phase: phaseNames[phase] }] : [],
  );
  const shown: { plot: Html; caption: string }[] = [];
  if (curve.some(({ loss }) => loss > 0)) {
    const caption =
      "Training loss, step by step: candidates for the regularization, one after the other, " +
      "then the chosen one on all ratings.";
    shown.push({ plot: lossPlot(curve), caption });
  }
  if (curve.some(({ validationRmse }) => Number.isFinite(validationRmse))) {
    const caption =
      "Error of the candidates on training ratings held out to choose by; the least decides.";
    shown.push({ plot: validationPlot(curve), caption });
  }
  if (singularValues.length > 0) {
    const caption = "Singular values of the learned product: how many directions of taste it uses.";
    shown.push({ plot: spectrumPlot(Array.from(singularValues)), caption });
  }
  if (quality !== undefined) {
    const caption = "Errors on the ratings that were held out from training.";
    shown.push({ plot: errorPlot(quality.errors), caption });
  }
  return shown;
}

function calibrated({ quality }: CompleteReport): Html[] {
  if (quality === undefined) return [];
  const { mae, calibration } = quality;
  return [
    ...table(
      ["predicted, on average", "ratings held out", "rated, on average"],
      calibration.bins.map(({ count: size, predicted, observed }) => [
        predicted.toFixed(2),
        count(size),
        observed.toFixed(2),
      ]),
    ),
    html`<p class="note">Mean absolute error ${mae.toFixed(4)}; the averages differ by
${calibration.error.toFixed(4)}, weighted by the number of ratings.</p>`,
  ];
}

/** How many suspicious ratings the page lists. */
const listed = 20;

function suspects(outliers: readonly Outlier[]): Html[] {
  if (outliers.length === 0) return [];
  return [
    ...table(
      ["user", "item", "rating", "expected"],
      outliers
        .slice(0, listed)
        .map(({ rowId, colId, value, expected }) => [
          rowId,
          colId,
          String(value),
          expected.toFixed(2),
        ]),
    ),
    html`<p class="note">${amount(outliers.length, "rating")} so far from what is expected were not
learnt, and the errors above leave them out.</p>`,
  ];
}

function comparison(result: CompleteResult): Html[] {
  const { parameters, wideParameters, stepMilliseconds } = result;
  const { wideStepMilliseconds, speedup } = result;
  const fewer = times(wideParameters / parameters);
  const memory = (numbers: number) => bytes(bytesPerParameter * numbers);
  const lines = [
    ["Parameters", count(wideParameters), count(parameters), `${fewer} fewer`],
    [
      "Memory for parameters, gradient and optimizer",
      ...[memory(wideParameters), memory(parameters), `${fewer} less`],
    ],
  ];
  if (wideStepMilliseconds !== undefined && speedup !== undefined) {
    const took = [duration(wideStepMilliseconds), duration(stepMilliseconds)];
    lines.push(["One training step", ...took, `${times(speedup)} faster`]);
  }
  return [
    ...table(["Per model", "wide", "compressed", "ratio"], lines),
    html`
<p class="note">The wide model is the overparameterized deep factorization whose invariant subspace
the compressed one trains in: as many factors, each as wide as the larger side of the matrix.</p>`,
  ];
}
