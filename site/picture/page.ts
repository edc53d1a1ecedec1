// Fill in a picture: hide most of it, and watch it come back.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";
import { dropPlace, problemPlace, progressPlace } from "../shell/pieces.js";

const frame = (id: string, name: string, text = "") =>
  html`<figure><canvas id="${id}" width="1" height="1" role="img" aria-label="${name}"></canvas>
<figcaption><b>${name}</b> <span id="${id}-text">${text}</span></figcaption></figure>`;

const slider = (id: string, name: string, min: number, max: number, step: number, value: string) =>
  html`<label class="field slider"><span>${name} <output id="${id}-value">${value}</output></span>
<input type="range" id="${id}" min="${min}" max="${max}" step="${step}" value="${Number.parseInt(value, 10)}"></label>`;

export const picturePage: Page = {
  path: "picture.html",
  title: "Fill in a picture · lowrank",
  description: "Hide most of an image and watch low-rank completion bring it back, in this tab.",
  script: "picture",
  content: html`<h1>Fill in a picture</h1>
<p class="lead">Most pixels are hidden. A picture that is close to low rank comes back from the rest. Three ways
race for it: which is quickest, and which comes closest? Nothing is uploaded.</p>
<section class="panel" aria-labelledby="picture-heading">
<h2 id="picture-heading">A picture</h2>
${dropPlace("file", "Choose an image", "image/*", html`<button type="button" id="sample">Use a pattern</button>`)}
<p class="note">Made grey, and at most 96 pixels wide and high; of an animation the first picture.</p>
${problemPlace("problem")}
<div class="frames">
${frame("original", "Original")}
${frame("seen", "What is seen")}
<div class="settings">
${slider("hidden", "Hidden", 10, 90, 5, "70 %")}
${slider("rank", "Rank", 1, 16, 1, "8")}
<p class="note">Rank: how many directions the rows are put together from.</p>
</div>
</div>
</section>
<section class="panel" aria-labelledby="race-heading">
<h2 id="race-heading">Three ways to fill it in</h2>
<p>A deep network of full width, which knows no rank; its compression, with a fraction of the parameters, which
is quicker and mostly errs more; and alternating least squares, the classical way.</p>
<p class="actions"><button type="button" class="primary" id="start">Fill it in</button></p>
${progressPlace("progress")}
<div class="frames">
${frame("wide", "Wide")}
${frame("compressed", "Compressed")}
${frame("alternating", "Alternating")}
</div>
<div class="chart" id="curves"></div>
</section>
<section class="panel" aria-labelledby="wrong-heading">
<h2 id="wrong-heading">And when some pixels are wrong</h2>
<p>Some of the pixels that are seen turn black or white. Least squares bends the picture to fit them. Huber's loss,
by which no pixel pulls harder than any other, mostly passes them by.</p>
<div class="menus">
${slider("wrong", "Wrong", 1, 20, 1, "5 %")}
</div>
<p class="actions"><button type="button" class="primary" id="start-wrong">Fill it in</button></p>
${progressPlace("progress-wrong")}
<div class="frames">
${frame("seen-wrong", "What is seen")}
${frame("plain", "Plain", "least squares")}
${frame("robust", "Robust", "Huber's loss")}
</div>
</section>`,
};
