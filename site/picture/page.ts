// Fill in a picture: hide most of it, and watch it come back.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";
import { dropPlace, problemPlace, progressPlace } from "../shell/pieces.js";

const frame = (id: string, name: string, text: string) =>
  html`<figure><canvas id="${id}" width="1" height="1" role="img" aria-label="${name}"></canvas>
<figcaption><b>${name}</b> <span id="${id}-text">${text}</span></figcaption></figure>`;

export const picturePage: Page = {
  path: "picture.html",
  title: "Fill in a picture · lowrank",
  description: "Hide most of an image and watch low-rank completion bring it back, in this tab.",
  script: "picture",
  content: html`<h1>Fill in a picture</h1>
<p class="lead">Most pixels are hidden. A deep network of full width finds them, and so does its compression,
with a fraction of the parameters and of the time. Nothing is uploaded.</p>
<section class="panel" aria-labelledby="picture-heading">
<h2 id="picture-heading">A picture</h2>
${dropPlace("file", "Choose an image", "image/*", html`<button type="button" id="sample">Use a pattern</button>`)}
<div class="menus">
<label class="field slider"><span>Hidden <output id="hidden-value">70 %</output></span>
<input type="range" id="hidden" min="10" max="90" step="5" value="70"></label>
<label class="field slider"><span>Rank <output id="rank-value">8</output></span>
<input type="range" id="rank" min="1" max="16" value="8"></label>
</div>
<p class="actions"><button type="button" class="primary" id="start">Fill it in</button></p>
${progressPlace("progress")}
${problemPlace("problem")}
<div class="frames">
${frame("original", "Original", "")}
${frame("seen", "What is seen", "")}
${frame("wide", "Wide", "")}
${frame("compressed", "Compressed", "")}
</div>
</section>`,
};
