// The first page: what the package is, and what can be tried.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";

const cards = [
  [
    "recommend.html",
    "Your data, your recommender",
    "Drop a CSV of ratings or clicks. It trains here; then choose items and see what it recommends, and why.",
  ],
  [
    "matrix.html",
    "Explore a matrix",
    "Drop a .npy file or a table: its rows in two dimensions, its singular values, the error by rank.",
  ],
  [
    "picture.html",
    "Fill in a picture",
    "Hide most of an image and watch it come back, three ways. Then some pixels are wrong, too.",
  ],
  [
    "teach.html",
    "Teach a tiny model",
    "Label a few sentences, and a language model learns to tell them apart: few-shot, LoRA or Deep LoRA.",
  ],
  [
    "theorem.html",
    "The theorem, live",
    "See what training moves and what it leaves alone, and measure every claim yourself.",
  ],
  [
    "docs/tutorials/recommender.html",
    "Ten minutes to your own",
    "The tutorial: from a file of ratings to a recommender that a server, a page or a Worker runs.",
  ],
] as const;

/** In lines that a phone shows; test/site/docs.test.ts runs it. */
export const example = `import { rankMatrix } from "lowrank";

const rowIds = ["ann", "ann", "bob",
  "bob", "cas", "cas", "dan"];
const colIds = ["tea", "milk", "tea",
  "milk", "rum", "cola", "rum"];
const model = rankMatrix(
  { rowIds, colIds },
  { validationFraction: 0 },
);
model.recommend("dan", 1)[0].id;
// "cola"
model.explain("dan", "cola").parts[0].id;
// "rum"`;

export const front: Page = {
  path: "index.html",
  title: "lowrank: low-rank learning that runs anywhere JavaScript runs",
  description:
    "Recommenders, SVD and PCA, matrix completion and LoRA fine-tuning in JavaScript: no server, no " +
    "Python, no compiler.",
  content: html`<section class="hero">
<div><h1>Low-rank learning that runs anywhere JavaScript runs</h1>
<p class="lead">Recommenders, SVD and PCA, matrix completion, fine-tuning of text models. In a browser
tab, in Node, on the edge: no server, no Python, no compiler, and the same digits everywhere.</p>
<pre tabindex="0"><code>npm install lowrank</code></pre></div>
<pre tabindex="0"><code>${example}</code></pre>
</section>
<section aria-labelledby="try-heading">
<h2 id="try-heading">Try it in this tab</h2>
<div class="cards">${cards.map(
    ([path, heading, text]) =>
      html`<a class="card" href="${path}"><h3>${heading}</h3><p>${text}</p></a>`,
  )}</div>
</section>`,
};
