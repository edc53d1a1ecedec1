// Teach a tiny model: from labelled sentences to a classifier.
import { html } from "../../src/cli/report/html.js";
import type { Page } from "../layout.js";
import { problemPlace, progressPlace } from "../shell/pieces.js";

export const teachPage: Page = {
  path: "teach.html",
  title: "Teach a tiny model · lowrank",
  description:
    "Label a few sentences and get a text classifier: few-shot, LoRA or Deep LoRA, trained in this tab.",
  script: "teach",
  content: html`<h1>Teach a tiny model</h1>
<p class="lead">Label a few sentences and a small language model learns to tell them apart, here, in this tab.
Your sentences are never sent anywhere.</p>
<section class="panel" aria-labelledby="model-heading">
<h2 id="model-heading">A model</h2>
<div class="drop" id="folder">
<label class="button">Choose a folder<input type="file" webkitdirectory></label>
<span>or drop it here.</span> <span class="note">One that <code>npx lowrank download</code> or
<code>save_pretrained</code> wrote. BERT, MiniLM, RoBERTa, DistilBERT, MPNet.</span>
</div>
<div class="menus fetched">
<label class="field">or fetch a model <input type="text" id="model-name" autocomplete="off" spellcheck="false"
value="sentence-transformers/all-MiniLM-L6-v2"></label>
<label class="field">from <input type="url" id="server" autocomplete="off" spellcheck="false" value="https://huggingface.co"></label>
<button type="button" id="fetch" aria-describedby="contacted">Fetch</button>
</div>
<p class="note" id="contacted">Only this button uses the network. It asks the server for the list of the model's
files and for those files (91 MB for the model above), at the addresses that the server names, and for nothing else.
They stay in this browser for the next time.</p>
${progressPlace("model-progress")}
${problemPlace("model-problem")}
<p class="verdict short" id="opened" role="status">No model yet.</p>
</section>
<section class="panel" aria-labelledby="sentences-heading">
<h2 id="sentences-heading">Labelled sentences</h2>
<label class="field wide">One a line: a label, a comma, a sentence
<textarea id="sentences" rows="9" spellcheck="false" placeholder="shipping, My parcel has not arrived"></textarea></label>
<p class="actions spaced"><button type="button" id="sample">Use a sample</button>
<span class="note" id="summary" role="status">Two labels or more, each with two sentences or more.</span></p>
</section>
<section class="panel" aria-labelledby="learn-heading">
<h2 id="learn-heading">Learn</h2>
<fieldset><legend>How</legend>
<label><input type="radio" name="method" value="few-shot" checked> Few-shot: the model stays as it is, and a head is fitted to it. Seconds, nothing to set.</label>
<label><input type="radio" name="method" value="lora"> LoRA: the model itself is adapted, by a few numbers of each layer.</label>
<label><input type="radio" name="method" value="deep-lora"> Deep LoRA: fewer numbers still, found in a small subspace.</label>
</fieldset>
<div class="menus" id="settings">
<label class="field">Steps <input type="number" id="steps" min="1" max="2000" value="60" disabled></label>
<label class="check"><input type="checkbox" id="certify" disabled> with a certificate: how often it errs on new
sentences at most; of less than a few thousand sentences it mostly proves nothing</label>
</div>
<p class="actions"><button type="button" class="primary" id="learn" disabled>Learn</button></p>
${progressPlace("progress")}
${problemPlace("problem")}
<div class="chart" id="losses" hidden></div>
</section>
<div id="learned" hidden>
<section aria-labelledby="good-heading">
<h2 id="good-heading" tabindex="-1">What it has learned</h2>
<div class="plain" id="plain"></div>
<div id="tiles"></div>
</section>
<section aria-labelledby="try-heading">
<h2 id="try-heading">Try it</h2>
<div class="panel">
<label class="field wide">A sentence <input type="text" id="sentence" autocomplete="off"></label>
<ul class="shares" id="shares" aria-live="polite"></ul>
</div>
</section>
<section aria-labelledby="take-heading">
<h2 id="take-heading">Take it with you</h2>
<p id="take"></p>
<p class="actions"><button type="button" id="save">Download</button></p>
<p>The same from a terminal:</p>
<pre id="command" tabindex="0"></pre>
<details><summary>All figures, as the command prints them (<code>--json</code>)</summary>
<pre tabindex="0"><code id="json"></code></pre>
<p>The sentence above:</p>
<pre tabindex="0"><code id="answer"></code></pre></details>
</section>
</div>`,
};
