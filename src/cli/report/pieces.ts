// What the pages of all reports are put together from.
import type { SampleRow } from "../sample-rows.js";
import { type Html, html, isolated } from "./html.js";

/** A section under a heading; nothing where there is nothing to show. */
export function section(id: string, heading: string, shown: readonly Html[]): Html {
  if (shown.length === 0) return html``;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${shown}
</section>`;
}

/** A number with its name, and a note below it. */
export interface Tile {
  what: string;
  value: string;
  note: string | Html;
}

export function tiles(shown: readonly Tile[]): Html {
  return html`<dl class="tiles">
${shown.map(
  ({ what, value, note }) =>
    html`<div class="tile"><dt>${what}</dt><dd>${value}<small>${note}</small></dd></div>
`,
)}</dl>`;
}

export function plots(figures: readonly { plot: Html; caption: string }[]): Html[] {
  if (figures.length === 0) return [];
  return [
    html`<div class="plots">${figures.map(
      ({ plot, caption }) => html`<figure>${plot}<figcaption>${caption}</figcaption></figure>`,
    )}</div>`,
  ];
}

/** A table whose rows begin with their names; nothing without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): Html[] {
  if (rows.length === 0) return [];
  return [
    html`<div class="table"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
      ([first, ...rest]) =>
        html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`,
    )}</tbody>
</table></div>`,
  ];
}

/** Users with what they have and what they are recommended, under two headings. */
export function people(samples: readonly SampleRow[], had: string, recommendedAs: string): Html[] {
  if (samples.length === 0) return [];
  return [
    html`<div class="people">${samples.map(
      ({ rowId, rated, recommended }) => html`<article class="person">
<h3>User ${isolated(rowId)}</h3>
<h4>${had}</h4>${list(rated)}
<h4>${recommendedAs}</h4>${list(recommended)}
</article>`,
    )}</div>`,
  ];
}

function list(entries: readonly { colId: string; value: number }[]): Html {
  return html`<ol>${entries.map(
    ({ colId, value }) =>
      html`<li><span>${isolated(colId)}</span><span>${Number(value.toFixed(2))}</span></li>`,
  )}</ol>`;
}
