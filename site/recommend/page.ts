// Bring your own data: from a file to a recommender.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";
import { dropPlace, problemPlace, progressPlace } from "../shell/pieces.js";

export const recommendPage: Page = {
  path: "recommend.html",
  title: "Your data, your recommender · lowrank",
  description:
    "Drop a CSV of ratings or clicks and train a recommender in this tab. Nothing is uploaded.",
  script: "recommend",
  content: html`<h1>Your data, your recommender</h1>
<p class="lead">Give it a CSV of who rated, bought or clicked what. It trains here, in this tab, and you
can try the recommendations at once. Nothing is uploaded.</p>
<section class="panel" aria-labelledby="file-heading">
<h2 id="file-heading">A file</h2>
${dropPlace("file", "Choose a CSV", ".csv,.tsv,.txt,.dat,.data,.jsonl,.mtx", html`<button type="button" id="sample">Use the sample of film ratings</button>`)}
<p class="note">A user and an item on each line, and perhaps a rating. Comma, semicolon, tab; with or without a
header; JSON Lines too.</p>
${problemPlace("file-problem")}
</section>
<section class="panel" id="contents" aria-labelledby="contents-heading" hidden>
<h2 id="contents-heading">What is in it</h2>
<p id="summary" role="status"></p>
<div class="menus" id="menus"></div>
<div id="beginning"></div>
</section>
<section class="panel" id="task" aria-labelledby="task-heading" hidden>
<h2 id="task-heading">Train</h2>
<fieldset id="learn"><legend>Learn from</legend>
<label><input type="radio" name="learn" value="clicks" checked> what people like: ratings of at least
<select id="min-value" aria-label="Least rating that is a like"></select></label>
<label><input type="radio" name="learn" value="ratings"> the ratings themselves, to predict more of them</label>
</fieldset>
<p class="actions"><button type="button" class="primary" id="train">Train</button></p>
${progressPlace("progress")}
${problemPlace("train-problem")}
</section>
<div id="trained" hidden>
<section aria-labelledby="accuracy-heading">
<h2 id="accuracy-heading" tabindex="-1">Is it any good?</h2>
<div class="plain" id="plain"></div>
<div id="tiles"></div>
</section>
<section aria-labelledby="try-heading">
<h2 id="try-heading">Try it</h2>
<p id="how"></p>
<div class="columns">
<div class="panel">
<h3 id="choose-heading">Choose</h3>
<label class="field">Search <input type="search" id="search" autocomplete="off"></label>
<ul class="items" id="items" aria-labelledby="choose-heading"></ul>
</div>
<div class="panel">
<h3 id="chosen-heading">Chosen</h3>
<ul class="items" id="chosen" aria-labelledby="chosen-heading"></ul>
<h3 id="found-heading">Recommended</h3>
<ol class="items" id="found" aria-labelledby="found-heading" aria-live="polite"></ol>
</div>
</div>
<div class="panel" id="similar-panel" hidden>
<h3 id="similar-heading" tabindex="-1">Similar</h3>
<ol class="items across" id="similar" aria-labelledby="similar-heading"></ol>
</div>
</section>
<section id="map-section" aria-labelledby="map-heading">
<h2 id="map-heading">A map of the items</h2>
<div id="map"></div>
</section>
<section aria-labelledby="take-heading">
<h2 id="take-heading">Take it with you</h2>
<p>The model is one file. Load it in Node, a browser or an edge worker; the project answers
<code>/recommend</code> on Cloudflare Workers.</p>
<p class="actions"><button type="button" id="save-model">Download the model</button>
<button type="button" id="save-project">Download a Worker project</button></p>
<p>The same from a terminal:</p>
<pre id="command" tabindex="0"></pre>
</section>
<section aria-labelledby="figures-heading">
<h2 id="figures-heading">All figures</h2>
<div id="sections"></div>
<details><summary>As the command prints them (<code>--json</code>)</summary><pre tabindex="0"><code id="json"></code></pre></details>
</section>
</div>`,
};
