// The first page: what the package is, and what can be tried.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";

export const front: Page = {
  path: "index.html",
  title: "lowrank: low-rank learning that runs anywhere JavaScript runs",
  description:
    "Recommenders, SVD and PCA, matrix completion and LoRA fine-tuning in JavaScript: no server, no " +
    "Python, no compiler.",
  content: html`<section class="hero">
<h1>Low-rank learning that runs anywhere JavaScript runs</h1>
<p class="lead">Recommenders, SVD and PCA, matrix completion, fine-tuning of text models. In a browser
tab, in Node, on the edge: no server, no Python, no compiler, and the same digits everywhere.</p>
<pre><code>npm install lowrank</code></pre>
</section>`,
};
