// What the pages of all reports are put together from.
import type { SampleRow } from "../sample-rows.js";
import { type Html, html, isolated } from "./html.js";

/** A section with the name of its anchor. */
export interface Section {
  id: string;
  heading: string;
  shown: readonly Html[];
}

/** What is said of a training. */
export interface Findings {
  lead: Html;
  /** The result in sentences that need no knowledge of the field. */
  plainWords: readonly Html[];
  tiles: Html;
  /** Those with nothing to show are left out. */
  sections: readonly Section[];
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

/** A chart and what it says. */
export interface Figure {
  plot: Html;
  caption: string;
}

export function plots(figures: readonly Figure[]): Html[] {
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

/** A remark below a table. */
export function note(text: Html): Html {
  return html`<p class="note">${text}</p>`;
}

/** How strongly a cell of a grid is coloured, and its text. */
export interface Cell {
  /** 0 .. 1 */
  strength: number;
  text: string;
  /** Coloured as what is right, or what is wrong. */
  wrong?: boolean;
}

/** A table whose cells are coloured by their size; nothing without rows. */
export function grid(
  head: readonly string[],
  rows: readonly { name: string; cells: readonly Cell[] }[],
): Html[] {
  if (rows.length === 0) return [];
  return [
    html`<div class="table"><table class="grid">
<thead><tr>${head.map((cell) => html`<th scope="col">${isolated(cell)}</th>`)}</tr></thead>
<tbody>${rows.map(
      ({ name, cells }) =>
        html`<tr><th scope="row">${isolated(name)}</th>${cells.map(
          ({ strength, text, wrong = false }) =>
            html`<td class="${wrong ? "wrong" : "right"}" style="--strength: ${Math.round(
              100 * strength,
            )}%">${text}</td>`,
        )}</tr>`,
    )}</tbody>
</table></div>`,
  ];
}

/** Users with what they have and what they are recommended, under two headings. */
export function people(
  samples: readonly SampleRow[],
  had: string,
  recommendedAs: string,
  scored: boolean,
): Html[] {
  if (samples.length === 0) return [];
  return [
    html`<div class="people">${samples.map(
      ({ rowId, rated, recommended }) => html`<article class="person">
<h3>User ${isolated(rowId)}</h3>
<h4>${had}</h4>${list(rated, scored)}
<h4>${recommendedAs}</h4>${list(recommended, scored)}
</article>`,
    )}</div>`,
  ];
}

function list(entries: readonly { colId: string; value: number }[], scored: boolean): Html {
  return html`<ol>${entries.map(
    ({ colId, value }) =>
      html`<li><span>${isolated(colId)}</span>${scored ? html`<span>${value.toFixed(2)}</span>` : ""}</li>`,
  )}</ol>`;
}
