// The page that `finetune --report` leaves.
import { learnedRank } from "../../lora/layer-adapter.js";
import { count, duration } from "../format.js";
import { html, isolated } from "./html.js";
import { renderPage } from "./page.js";
import { plots, section, table, tiles } from "./pieces.js";
import { lossPlot } from "./plots.js";

interface FinetuneReport {
  /** The training file, as the user named it. */
  source: string;
  result: {
    method: string;
    trainableParameters: number;
    steps: number;
    metric: string | null;
    value: number | null;
    secondsPerStep: number | null;
  };
  losses: readonly { step: number; loss: number }[];
  values: readonly { step: number; value: number }[];
  /** Singular values of every adapted matrix at the end. */
  spectra: readonly { name: string; values: readonly number[] }[];
}

/** The whole page. Everything that comes from the user's files is escaped. */
export function finetuneReport({
  source,
  result,
  losses,
  values,
  spectra,
}: FinetuneReport): string {
  const { metric, value, trainableParameters, steps, secondsPerStep } = result;
  const curve = losses.map(({ step, loss }) => ({ phase: "training", step, loss }));
  const each = secondsPerStep === null ? "" : `${duration(1000 * secondsPerStep)} each`;
  const caption = "Loss of each batch.";
  return renderPage({
    heading: "Fine-tuning report",
    source,
    lead: html`${isolated(source)}, by ${result.method}.`,
    body: html`${tiles([
      {
        what: metric ?? "Metric",
        value: value?.toFixed(4) ?? "none",
        note: "on the texts held out",
      },
      { what: "Trained numbers", value: count(trainableParameters), note: "the head's included" },
      { what: "Steps", value: count(steps), note: each },
    ])}
${section("training", "How it learned", [
  ...plots(curve.length > 1 ? [{ plot: lossPlot(curve), caption }] : []),
  ...table(
    ["step", metric ?? "metric"],
    values.map((one) => [String(one.step), one.value.toFixed(4)]),
  ),
])}
${section(
  "ranks",
  "What each matrix has learned",
  table(
    ["matrix", "learned rank", "singular values"],
    spectra.map(({ name, values: S }) => [
      name,
      String(learnedRank(S)),
      S.map((s) => s.toPrecision(2)).join(" "),
    ]),
  ),
)}`,
  });
}
