// What there is to say of a model of ratings: in the report, and on the site.
import type { Outlier } from "../../completion/outliers.js";
import type { CompletionProgress } from "../../completion/progress.js";
import { amount, bytes, count, duration, percent, times } from "../format.js";
import type { ListEvaluation } from "../judge-lists.js";
import type { Quality } from "../quality.js";
import { between } from "../ranking-summary.js";
import type { SampleRow } from "../sample-rows.js";
import type { CompleteResult } from "../summary.js";
import { bytesPerParameter } from "../wide-size.js";
import { histogram } from "./histogram.js";
import { type Html, html, isolated } from "./html.js";
import { hitsTable, hitsWords } from "./lists.js";
import {
  type Figure,
  type Findings,
  note,
  people,
  plots,
  type Tile,
  table,
  tiles,
} from "./pieces.js";
import {
  calibrationPlot,
  candidatesPlot,
  errorPlot,
  lossPlot,
  spectrumPlot,
} from "./rating-plots.js";

/** A training with its test. */
export interface RatingsRun {
  /** The file, as it is shown. */
  source: string;
  result: CompleteResult;
  rank: number;
  /** The steps of the candidates whose error was measured, and those of the final training. */
  curve: readonly CompletionProgress[];
  singularValues: ArrayLike<number>;
  /** Of the ratings that were held out. */
  quality: Quality | undefined;
  /** Of the lists of recommendations, on what was held out. */
  lists: ListEvaluation | undefined;
  /** The least and the greatest rating. */
  scale: { low: number; high: number };
  samples: readonly SampleRow[];
  /** Ratings that look like mistakes, the furthest off first. */
  outliers: readonly Outlier[];
}

/** Everything that comes from the user's file is escaped. */
export function ratingSections(run: RatingsRun): Findings {
  const { source, result, samples, outliers, lists } = run;
  const { observed, rows, cols } = result;
  return {
    lead: html`${isolated(source)}: ${amount(observed, "rating")} of ${amount(cols, "item")} by
${amount(rows, "user")}; ${percent(observed / (rows * cols))} of the cells are known.`,
    plainWords: words(run),
    tiles: tiles(figures(run)),
    sections: [
      {
        id: "samples",
        heading: "What it would recommend",
        shown: people(samples, "Rated highest", "Recommended, with the predicted rating", true),
      },
      { id: "lists", heading: "Do users find what they like?", shown: hitsTable(lists, "liked") },
      { id: "errors", heading: "How far off are the predictions?", shown: errors(run) },
      { id: "outliers", heading: "What looks like mistakes", shown: suspects(outliers) },
      { id: "training", heading: "How it learned", shown: plots(curves(run)) },
      { id: "comparison", heading: "Wide against compressed model", shown: comparison(result) },
    ],
  };
}

function words({ quality, lists, scale }: RatingsRun): Html[] {
  const shown: Html[] = [];
  if (quality !== undefined) {
    const { mae, baselineMae } = quality;
    shown.push(html`A typical prediction is off by <strong>${mae.toFixed(2)}</strong>, on ratings from
${scale.low} to ${scale.high}; the averages of user and item alone are off by
${baselineMae.toFixed(2)}.`);
  }
  return [...shown, ...hitsWords(lists, "liked")];
}

function figures({ result, rank, quality, lists }: RatingsRun): Tile[] {
  const { trainRmse, testRmse, baselineRmse, milliseconds, steps } = result;
  const shown: Tile[] = [];
  if (quality !== undefined) {
    shown.push({
      what: "Typical error",
      value: quality.mae.toFixed(4),
      note: `averages alone: ${quality.baselineMae.toFixed(4)}`,
    });
  }
  if (lists !== undefined) {
    shown.push({
      what: "Users with a hit in 10",
      value: percent(lists.hitRate10),
      note: `most popular items: ${percent(lists.popularity.hitRate10)}`,
    });
  }
  const tested = testRmse !== null && baselineRmse !== null;
  shown.push({
    what: tested ? "RMSE" : "RMSE in training",
    value: (tested ? testRmse : trainRmse).toFixed(4),
    note: tested ? `averages alone: ${baselineRmse.toFixed(4)}` : "nothing was held out",
  });
  shown.push({
    what: "Training time",
    value: duration(milliseconds),
    note: `${amount(steps, "step")}, rank ${rank}`,
  });
  return shown;
}

function errors({ quality }: RatingsRun): Html[] {
  if (quality === undefined) return [];
  const { calibration, groups } = quality;
  const bars = histogram(quality.errors);
  const beyond =
    bars.beyond > 0
      ? ` ${bars.beyond === 1 ? "One error further off is" : `${count(bars.beyond)} errors further off are`} not drawn.`
      : "";
  return [
    ...plots([
      {
        plot: calibrationPlot(calibration.bins),
        caption:
          "What ratings turned out to be, against what was predicted. On the dashed line predictions " +
          `are right on average; they are off by ${calibration.error.toFixed(4)}.`,
      },
      {
        plot: errorPlot(bars),
        caption: `How often which error occurs, on ratings held out.${beyond}`,
      },
    ]),
    ...table(
      ["ratings of the user", "judged", "typical error", "averages alone"],
      groups.map(({ smallest, largest, count: judged, mae, baselineMae }) => [
        between(smallest, largest),
        count(judged),
        mae.toFixed(4),
        baselineMae.toFixed(4),
      ]),
    ),
    note(html`Typical errors are means of absolute errors: of users whom the training knew by few
ratings, and of those whom it knew by many.`),
  ];
}

/** The candidates of the search, each with its measured steps. */
function candidatesOf(curve: readonly CompletionProgress[]): CompletionProgress[][] {
  const candidates: CompletionProgress[][] = [];
  for (const point of curve.filter(({ phase }) => phase === "search")) {
    const current = candidates[candidates.length - 1];
    if (current?.[0].regularization === point.regularization) current.push(point);
    else candidates.push([point]);
  }
  return candidates;
}

function curves({ curve, singularValues }: RatingsRun): Figure[] {
  const final = curve
    .filter(({ phase }) => phase === "refit")
    .map(({ loss }, i) => ({ step: i + 1, loss }));
  const candidates = candidatesOf(curve);
  const shown: Figure[] = [];
  if (candidates.flat().some(({ validationRmse }) => Number.isFinite(validationRmse))) {
    shown.push({
      plot: candidatesPlot(candidates),
      caption:
        `${amount(candidates.length, "strength")} of regularization were tried; the one with the ` +
        "least error on ratings held out within the training is taken.",
    });
  }
  if (final.some(({ loss }) => loss > 0)) {
    const caption = "The final training, on all ratings: its loss, step by step.";
    shown.push({ plot: lossPlot(final), caption });
  }
  if (singularValues.length > 0) {
    const caption = "How many directions of taste the model uses, and how strongly.";
    shown.push({ plot: spectrumPlot(Array.from(singularValues)), caption });
  }
  return shown;
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
    note(html`${amount(outliers.length, "rating")} so far from what is expected were not
learnt, and the errors above leave them out.`),
  ];
}

function comparison(result: CompleteResult): Html[] {
  const { parameters, wideParameters, stepMilliseconds } = result;
  const { wideStepMilliseconds, speedup } = result;
  const fewer = times(wideParameters / parameters);
  const memory = (numbers: number) => bytes(bytesPerParameter * numbers);
  const lines = [
    ["Parameters", count(wideParameters), count(parameters), `${fewer} fewer`],
    ["Memory in training", memory(wideParameters), memory(parameters), `${fewer} less`],
  ];
  if (wideStepMilliseconds !== undefined && speedup !== undefined) {
    const took = [duration(wideStepMilliseconds), duration(stepMilliseconds)];
    lines.push(["One training step", ...took, `${times(speedup)} faster`]);
  }
  return [
    ...table(["", "wide", "compressed", "ratio"], lines),
    note(html`The wide model is the overparameterized deep factorization whose invariant subspace
the compressed one trains in: as many factors, each as wide as the larger side of the matrix.`),
  ];
}
