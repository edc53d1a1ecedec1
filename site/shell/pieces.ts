// Parts of pages that several demonstrations have.
import { type Html, html } from "../../src/cli/report/html.js";

/** A place for a file, with its picker. */
export function dropPlace(id: string, what: string, accept: string, more: Html): Html {
  return html`<div class="drop" id="${id}">
<label class="button">${what}<input type="file" accept="${accept}"></label>
<span>or drop it here.</span> ${more}
</div>`;
}

/** A progress bar with a stop button, hidden until something runs. */
export function progressPlace(id: string): Html {
  return html`<div class="progress" id="${id}" hidden>
<progress aria-label="Progress"></progress> <button type="button">Stop</button>
<p class="doing" role="status"></p>
</div>`;
}

/** Where a problem is said. */
export function problemPlace(id: string): Html {
  return html`<p class="problem" id="${id}" role="alert" hidden></p>`;
}
