// A report is one HTML file without scripts or anything to load.
import { manifest } from "../package-file.js";
import { Html, html, isolated } from "./html.js";
import type { Findings, Section } from "./pieces.js";
import { sharedArgument } from "./sharing.js";
import { style } from "./style.js";

interface Page extends Findings {
  heading: string;
  /** What the report is about: in the title of the window. */
  source: string;
}

/** Nothing is loaded, run or sent, whatever the page holds; its style is inside. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A page of its own: style and figures are inside, and the command that remakes it. What comes from
 * a user's files is escaped.
 */
export function renderPage({ heading, source, lead, plainWords, tiles, sections }: Page): string {
  const command = ["lowrank", ...process.argv.slice(2).map(sharedArgument)].join(" ");
  const { version, homepage } = manifest();
  const shown = sections.filter((section) => section.shown.length > 0);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${source} · lowrank</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<header>
<h1>${heading}</h1>
<p class="lead">${lead}</p>
</header>
${plainWords.length > 0 ? html`<div class="plain">${plainWords.map((words) => html`<p>${words}</p>`)}</div>` : ""}
${tiles}
${shown.length > 1 ? contents(shown) : ""}
${shown.map(
  ({ id, heading, shown }) => html`<section aria-labelledby="${id}">
<h2 id="${id}">${heading}</h2>
${shown}
</section>
`,
)}
<footer>Made by <a href="${homepage}" rel="noreferrer">lowrank</a> ${version}:
<code>${isolated(command)}</code></footer>
</main>
</body>
</html>
`.text;
}

function contents(sections: readonly Section[]): Html {
  return html`<nav aria-label="Sections">${sections.map(
    ({ id, heading }) => html`<a href="#${id}">${heading}</a> `,
  )}</nav>`;
}
