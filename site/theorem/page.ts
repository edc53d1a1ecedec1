// The theorem, live: what gradient descent leaves alone.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";
import { problemPlace, progressPlace } from "../shell/pieces.js";

const slider = (id: string, name: string, min: number, max: number, step: number, value: number) =>
  html`<label class="field slider"><span>${name} <output id="${id}-value">${value}</output></span>
<input type="range" id="${id}" min="${min}" max="${max}" step="${step}" value="${value}"></label>`;

export const theoremPage: Page = {
  path: "theorem.html",
  title: "The theorem, live · lowrank",
  description:
    "Deep networks learn a low-rank matrix in a small subspace and leave the rest alone. See it happen, and check every claim in this tab.",
  script: "theorem",
  content: html`<h1>The theorem, live</h1>
<p class="lead">A deep linear network learns a matrix of rank r. Every layer has d singular values; gradient
descent moves at most 2r of them. All others stay equal, on a path that a single number describes. So the
network can be compressed to width 2r before training, and nothing is lost.</p>
<section class="panel" aria-labelledby="run-heading">
<h2 id="run-heading">Train it</h2>
<div class="sliders">
${slider("size", "Size d", 10, 64, 2, 32)}
${slider("rank", "Rank r", 1, 4, 1, 2)}
${slider("depth", "Depth", 2, 5, 1, 3)}
${slider("scale", "Scale of the start", 0.1, 0.9, 0.05, 0.5)}
${slider("rate", "Learning rate", 0.01, 0.2, 0.01, 0.08)}
</div>
<fieldset><legend>Optimizer</legend>
<label><input type="radio" name="optimizer" value="gd" checked> gradient descent, which the theorem covers</label>
<label><input type="radio" name="optimizer" value="adam"> Adam, which it does not</label></fieldset>
<p class="verdict" id="verdict" role="status">&nbsp;</p>
${problemPlace("run-problem")}
<div class="plots">
<div class="chart" id="values"></div>
<div class="chart" id="deviation"></div>
</div>
</section>
<section class="panel" aria-labelledby="verify-heading">
<h2 id="verify-heading">Check it yourself</h2>
<p>All claims of the papers that the package rests on, measured now by this tab. It is what
<code>npx lowrank verify</code> does, and takes some ten seconds.</p>
<p class="actions"><button type="button" class="primary" id="verify">Measure every claim</button></p>
${progressPlace("progress")}
${problemPlace("verify-problem")}
<p id="outcome" role="status"></p>
<div id="claims"></div>
</section>`,
};
