// The program of theorem.html.
import type { Verdict } from "../../src/claims/verdict.js";
import { accent, brief, draw, legend, muted, second } from "../../src/cli/report/draw.js";
import { type Html, html } from "../../src/cli/report/html.js";
import { note } from "../../src/cli/report/pieces.js";
import * as Plot from "../../src/cli/report/plot-packages.js";
import { Remote, StoppedError } from "../shell/remote.js";
import { element, fill, latest, ProgressBar, trying } from "../shell/ui.js";
import type { Moment, Run, Setting, Theorem } from "./worker.js";

const runs = new Remote<Theorem>("theorem");
/** Apart, so that sliders answer while claims are measured. */
const claims = new Remote<Theorem>("theorem");

const sliders = ["size", "rank", "depth", "scale", "rate"] as const;

function setting(): Setting {
  const [size, rank, depth, scale, learningRate] = sliders.map((id) =>
    Number(element<HTMLInputElement>(id).value),
  );
  const chosen = document.querySelector<HTMLInputElement>("[name=optimizer]:checked")!.value;
  return { size, rank, depth, scale, learningRate, optimizer: chosen as Setting["optimizer"] };
}

const show = latest(() =>
  trying(element("run-problem"), async () => {
    const asked = setting();
    const run = await runs.call("run", [asked]);
    fill(element("values"), valuesPlot(run.moments, asked));
    fill(element("deviation"), deviationPlot(run));
    fill(element("verdict"), verdict(run, asked));
  }),
);

function verdict({ moments, bound }: Run, { size, rank }: Setting): Html {
  const worst = Math.max(...moments.map(({ deviation }) => deviation));
  const [still, of] = [size - 2 * rank, size];
  return worst < bound
    ? html`<strong class="good">It holds.</strong> ${still} of ${of} singular values stay together; the largest
deviation is ${worst.toExponential(1)}, and rounding alone allows ${bound.toExponential(1)}.`
    : html`<strong class="bad">It does not hold.</strong> The ${still} of ${of} that should stay together have come
apart by ${brief(worst)}, where rounding allows ${bound.toExponential(1)}.`;
}

function valuesPlot(moments: readonly Moment[], { size, rank }: Setting): Html {
  const last = moments[moments.length - 1];
  const points = moments.flatMap(({ step, values }) =>
    values.map((value, i) => ({ step, value, i, passive: last.passive[i] })),
  );
  const axes = { x: "step", y: "value", z: "i" };
  const of = (passive: boolean) => points.filter((point) => point.passive === passive);
  const plot = draw(
    "Singular values of the first layer against the step",
    `${2 * rank} of ${size} move; the others end between ${brief(Math.min(...passiveOf(last)))} and ` +
      `${brief(Math.max(...passiveOf(last)))}.`,
    {
      x: { label: "step", labelAnchor: "right" },
      y: { label: "singular value", grid: true, nice: true, zero: true },
      marks: [
        Plot.line(of(true), { ...axes, stroke: second, strokeWidth: 1.25 }),
        Plot.line(of(false), { ...axes, stroke: accent, strokeWidth: 2 }),
      ],
    },
  );
  return html`<figure>${legend([`the ${2 * rank} that learn`, `the ${size - 2 * rank} others`])}${plot}
<figcaption>Singular values of the first layer while it trains.</figcaption></figure>`;
}

const passiveOf = ({ values, passive }: Moment) => values.filter((_, i) => passive[i]);

/** Below this, numbers are rounding errors of rounding errors. */
const floor = 1e-17;

function deviationPlot({ moments, bound }: Run): Html {
  const points = moments.map(({ step, deviation }) => ({
    step,
    deviation: Math.max(deviation, floor),
  }));
  const plot = draw(
    "Deviation from the theorem against the step",
    `At most ${brief(Math.max(...points.map(({ deviation }) => deviation)))}; the bound is ${brief(bound)}.`,
    {
      x: { label: "step", labelAnchor: "right" },
      y: {
        type: "log",
        label: "deviation",
        grid: true,
        domain: [floor, 1],
        ticks: 6,
        tickFormat: power,
      },
      marks: [
        Plot.ruleY([bound], { stroke: second, strokeDasharray: "5 4", strokeWidth: 2 }),
        Plot.line(points, { x: "step", y: "deviation", stroke: accent, strokeWidth: 2 }),
        Plot.ruleY([floor], { stroke: muted }),
      ],
    },
  );
  return html`<figure>${legend(["measured", "what rounding allows"])}${plot}
<figcaption>How far the others are from the path that the theorem gives them.</figcaption></figure>`;
}

const power = (value: number) => value.toExponential(0).replace("+", "");

for (const id of sliders) {
  const input = element<HTMLInputElement>(id);
  input.addEventListener("input", () => {
    element(`${id}-value`).textContent = input.value;
    void show();
  });
}
for (const radio of document.querySelectorAll("[name=optimizer]")) {
  radio.addEventListener("change", show);
}
void show();

const progress = new ProgressBar(element("progress"), () => claims.stop());
const button = element<HTMLButtonElement>("verify");
button.addEventListener("click", () => trying(element("verify-problem"), verify));

async function verify(): Promise<void> {
  const verdicts: Verdict[] = [];
  element("outcome").textContent = "";
  button.disabled = true;
  progress.start("starting");
  try {
    await claims.call("verify", [], (found: { verdict: Verdict; done: number; of: number }) => {
      verdicts.push(found.verdict);
      progress.update({ step: found.done, total: found.of, text: found.verdict.claim });
    });
    const failed = verdicts.filter(({ holds }) => !holds).length;
    element("outcome").textContent =
      `${verdicts.length} claims, ${failed === 0 ? "all hold" : `${failed} fail`}.`;
    fill(element("claims"), ...claimsTable(verdicts));
  } catch (error) {
    if (error instanceof StoppedError) element("outcome").textContent = "Stopped.";
    throw error;
  } finally {
    progress.end();
    button.disabled = false;
  }
}

function claimsTable(verdicts: readonly Verdict[]): Html[] {
  const number = (value: number) => value.toExponential(2);
  const relation = ({ holds, measured, bound }: Verdict) =>
    holds === measured < bound ? "<" : ">";
  return [
    html`<ul class="claims">${verdicts.map(
      (
        verdict,
      ) => html`<li><span class="${verdict.holds ? "good" : "bad"}">${verdict.holds ? "holds" : "fails"}</span>
<span>${verdict.claim}<span class="note">${verdict.source}</span></span>
<span class="number">${number(verdict.measured)} ${relation(verdict)} ${number(verdict.bound)}</span></li>`,
    )}</ul>`,
    note(
      html`Measured, beside what it must stay below, or exceed where the claim is that something breaks.`,
    ),
  ];
}
