// Explore a matrix: its main directions, and how few of them do.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";
import { dropPlace, problemPlace, progressPlace } from "../shell/pieces.js";

export const matrixPage: Page = {
  path: "matrix.html",
  title: "Explore a matrix · lowrank",
  description:
    "Drop a .npy file or a CSV of numbers: PCA, singular values, error by rank, in this tab.",
  script: "matrix",
  content: html`<h1>Explore a matrix</h1>
<p class="lead">Give it a table of numbers and see its rows in two dimensions, its singular values, and how few
of them are enough. Nothing is uploaded.</p>
<section class="panel" aria-labelledby="file-heading">
<h2 id="file-heading">A matrix</h2>
${dropPlace("file", "Choose a .npy or CSV", ".npy,.csv,.tsv,.txt", html`<button type="button" id="sample">Use a sample</button>`)}
<p class="note">A row of numbers on each line. A header and a first column of names are recognized.</p>
${progressPlace("progress")}
${problemPlace("problem")}
</section>
<div id="explored" hidden>
<section aria-labelledby="found-heading">
<h2 id="found-heading" tabindex="-1">What is in it</h2>
<div class="plain" id="plain"></div>
<div id="tiles"></div>
<div class="plots spaced">
<div id="points"></div>
<div id="values"></div>
<div id="errors"></div>
<div class="panel keep">
<h3>Keep the first directions</h3>
<label class="field slider"><span>Rank <output id="rank-value">1</output></span>
<input type="range" id="rank" min="1" max="2" value="1"></label>
<p id="kept" role="status"></p>
<p class="actions"><button type="button" class="primary" id="save">Download U, S and V</button></p>
</div>
</div>
</section>
</div>`,
};
