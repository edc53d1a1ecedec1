// The page that `finetune --report` leaves: one HTML file without scripts or anything to load.
import { learnedRank } from "../../lora/layer-adapter.js";
import { count, duration } from "../format.js";
import { version } from "../package-file.js";
import { type Html, html, isolated } from "./html.js";
import { renderPage } from "./page.js";
import { lossPlot } from "./plots.js";

export interface FinetuneReportData {
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
export function finetuneReport(data: FinetuneReportData): string {
  const { source, result, losses, values, spectra } = data;
  const curve = losses.map(({ step, loss }) => ({ phase: "training", step, loss }));
  const command = ["lowrank", ...process.argv.slice(2)].join(" ");
  return renderPage({
    ...{ heading: "Fine-tuning report", source, command, version: version() },
    lead: html`${isolated(source)}, by ${result.method}.`,
    body: html`<dl class="tiles">
${tile(result.metric ?? "Metric", result.value?.toFixed(4) ?? "none", "on the texts held out")}
${tile("Trained numbers", count(result.trainableParameters), "the head's included")}
${tile("Steps", count(result.steps), result.secondsPerStep === null ? "" : `${duration(1000 * result.secondsPerStep)} each`)}
</dl>
<section aria-labelledby="training">
<h2 id="training">How it learned</h2>
<div class="plots">${losses.length > 1 ? [html`<figure>${lossPlot(curve)}<figcaption>Loss of each batch.</figcaption></figure>`] : []}</div>
${table(
  ["step", result.metric ?? "metric"],
  values.map(({ step, value }) => [String(step), value.toFixed(4)]),
)}
</section>
${
  spectra.length === 0
    ? html``
    : html`<section aria-labelledby="ranks">
<h2 id="ranks">What each matrix has learned</h2>
${table(
  ["matrix", "learned rank", "singular values"],
  spectra.map(({ name, values: S }) => [
    name,
    String(learnedRank(S)),
    S.map((s) => s.toPrecision(2)).join(" "),
  ]),
)}
</section>`
}`,
  });
}

function tile(what: string, value: string, note: string): Html {
  return html`<div class="tile"><dt>${what}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Html {
  if (rows.length === 0) return html``;
  return html`<div class="table"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody>
</table></div>`;
}
