// The page that `finetune --report` leaves.
import { learnedRank } from "../../lora/layer-adapter.js";
import { amount, count, duration, percent } from "../format.js";
import type { ClassQuality, Mistake, TextQuality } from "../text-quality.js";
import { type Html, html, isolated } from "./html.js";
import { renderPage } from "./page.js";
import { type Figure, grid, note, plots, type Section, type Tile, table, tiles } from "./pieces.js";
import { sourceName } from "./sharing.js";
import { batchLossPlot, metricPlot, scatterPlot } from "./text-plots.js";

export interface FinetuneReport {
  /** The training file, as the user named it. */
  source: string;
  result: {
    method: string;
    trainableParameters: number;
    steps: number;
    trainLoss: number | null;
    metric: string | null;
    value: number | null;
    secondsPerStep: number | null;
  };
  losses: readonly { step: number; loss: number }[];
  values: readonly { step: number; value: number }[];
  /** On the texts held out. */
  quality: TextQuality | undefined;
  /** Singular values of every adapted matrix at the end. */
  spectra: readonly { name: string; values: readonly number[] }[];
}

/** The whole page. Everything that comes from the user's files is escaped. */
export function finetuneReport(report: FinetuneReport): string {
  const { result, quality, spectra } = report;
  const source = sourceName(report.source);
  return renderPage({
    heading: "Fine-tuning report",
    source,
    lead: html`${isolated(source)}, by ${result.method}.`,
    plainWords: quality === undefined ? [] : [words(quality)],
    tiles: tiles(figures(report)),
    sections: [
      ...(quality === undefined ? [] : judged(quality)),
      { id: "training", heading: "How it learned", shown: plots(curves(report)) },
      { id: "ranks", heading: "What each matrix has learned", shown: ranks(spectra) },
    ],
  });
}

function words(quality: TextQuality): Html {
  switch (quality.kind) {
    case "classes": {
      const { texts, accuracy, commonest } = quality;
      const better = accuracy > commonest.accuracy ? "" : " So it does not beat guessing.";
      return html`It is right about <strong>${percent(accuracy)}</strong> of the
${amount(texts, "text")} held out; always answering ${isolated(commonest.label)}, the commonest class of the training,
is right about ${percent(commonest.accuracy)}.${better}`;
    }
    case "labels":
      return html`All labels are right for <strong>${percent(quality.accuracy)}</strong> of the
${amount(quality.texts, "text")} held out.`;
    case "numbers": {
      const { truth, mae, constantMae } = quality;
      const better = mae < constantMae ? "" : " So it does not beat guessing.";
      return html`A typical prediction is off by <strong>${mae.toFixed(3)}</strong>, on
${amount(truth.length, "text")} held out; always answering the mean label of the training is off by
${constantMae.toFixed(3)}.${better}`;
    }
  }
}

function figures({ result, quality }: FinetuneReport): Tile[] {
  const { metric, value, trainLoss, trainableParameters, steps, secondsPerStep } = result;
  const shown: Tile[] = [];
  if (metric !== null && value !== null && quality !== undefined) {
    const texts = quality.kind === "numbers" ? quality.truth.length : quality.texts;
    shown.push({
      what: metric[0].toUpperCase() + metric.slice(1),
      value: value.toFixed(4),
      note: `on ${amount(texts, "text")} held out`,
    });
  } else if (trainLoss !== null) {
    shown.push({
      what: "Training loss",
      value: trainLoss.toFixed(4),
      note: "no texts to judge by: --eval gives some",
    });
  }
  const each = secondsPerStep === null ? "" : `${duration(1000 * secondsPerStep)} each`;
  shown.push(
    { what: "Steps", value: count(steps), note: each },
    { what: "Trained numbers", value: count(trainableParameters), note: "the head's included" },
  );
  return shown;
}

/** More classes make a grid that nobody reads. */
const gridClasses = 12;

function judged(quality: TextQuality): Section[] {
  const mistakes: Section = {
    id: "mistakes",
    heading: "The worst mistakes",
    shown: mistakeList(quality.mistakes),
  };
  if (quality.kind === "numbers") {
    const { truth, predicted } = quality;
    const caption = "A dot a text; on the dashed line the prediction is right.";
    const plot = scatterPlot(truth, predicted);
    return [
      { id: "judged", heading: "How far off it is", shown: plots([{ plot, caption }]) },
      mistakes,
    ];
  }
  const { classes } = quality;
  const confusion =
    quality.kind === "classes" && classes.length <= gridClasses ? confusionGrid(quality) : [];
  return [
    {
      id: "judged",
      heading: "What it is right about",
      shown: [...confusion, ...perClass(classes)],
    },
    mistakes,
  ];
}

function confusionGrid({ classes, confusion }: Extract<TextQuality, { kind: "classes" }>): Html[] {
  const names = classes.map(({ label }) => label);
  return [
    ...grid(
      ["is \\ taken for", ...names],
      confusion.map((row, i) => ({
        name: names[i],
        cells: row.map((texts, j) => ({
          strength: texts / Math.max(1, classes[i].held),
          text: count(texts),
          wrong: i !== j,
        })),
      })),
    ),
    note(html`Texts held out, a row for each true class: what is on the diagonal is right.`),
  ];
}

function perClass(classes: readonly ClassQuality[]): Html[] {
  const part = (some: number, all: number) => (all > 0 ? percent(some / all) : "–");
  return [
    ...table(
      ["class", "in training", "held out", "found", "right when named"],
      classes.map(({ label, trained, held, predicted, right }) => [
        label,
        count(trained),
        count(held),
        part(right, held),
        part(right, predicted),
      ]),
    ),
    note(html`Found: of the texts held out that have it (recall). Right when named: of those that it
was predicted of (precision).`),
  ];
}

/** Longer texts are cut. */
const shownCharacters = 300;

function mistakeList(mistakes: readonly Mistake[]): Html[] {
  if (mistakes.length === 0) return [];
  const cut = (text: string) => {
    const characters = Array.from(text);
    return characters.length > shownCharacters
      ? `${characters.slice(0, shownCharacters - 1).join("")}…`
      : text;
  };
  return [
    html`<ol class="mistakes">${mistakes.map(
      ({ text, truth, predicted }) => html`<li><p>${isolated(cut(text))}</p>
<p class="note">is ${isolated(truth)}, taken for ${isolated(predicted)}</p></li>`,
    )}</ol>`,
  ];
}

function curves({ losses, values, result }: FinetuneReport): Figure[] {
  const shown: Figure[] = [];
  if (losses.length > 1) {
    const caption = "The loss of each batch, and the mean of those just before it.";
    shown.push({ plot: batchLossPlot(losses), caption });
  }
  if (values.length > 1 && result.metric !== null) {
    const caption = "On texts held out, as the training went on.";
    shown.push({ plot: metricPlot(result.metric, values, result.steps), caption });
  }
  return shown;
}

/** Learned ranks: a row a layer where matrices have the numbers of layers in their names. */
function ranks(spectra: FinetuneReport["spectra"]): Html[] {
  const learned = spectra.map(({ name, values }) => ({ name, values, rank: learnedRank(values) }));
  const most = learned.reduce((max, { rank }) => Math.max(max, rank), 1);
  const layers = new Map<string, Map<string, number>>();
  const others: [string, string][] = [];
  for (const { name, rank } of learned) {
    const [, layer, rest] = /\b(\d+)\.(.+)$/.exec(name) ?? [];
    if (layer === undefined) others.push([name, String(rank)]);
    else layers.set(layer, (layers.get(layer) ?? new Map()).set(shortName(rest), rank));
  }
  const columns = [...new Set([...layers.values()].flatMap((matrices) => [...matrices.keys()]))];
  const cell = (rank: number | undefined) => ({
    strength: (rank ?? 0) / most,
    text: rank === undefined ? "" : String(rank),
  });
  const shown = [
    ...grid(
      ["layer", ...columns],
      [...layers].map(([name, matrices]) => ({
        name,
        cells: columns.map((column) => cell(matrices.get(column))),
      })),
    ),
    ...table(["matrix", "learned rank"], others),
  ];
  if (shown.length === 0) return [];
  const widest = Math.max(...learned.map(({ values }) => values.length));
  return [
    ...shown,
    note(html`How many directions each matrix uses, of ${widest} that it may: singular values above a
thousandth.`),
  ];
}

/** "query", "attention output", "output" */
const shortName = (rest: string) =>
  rest.replace(/\.dense$|attention\.self\./g, "").replaceAll(".", " ");
