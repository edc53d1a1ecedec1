// A report is one HTML file without scripts or anything to load.
import { version } from "../package-file.js";
import { Html, html, isolated } from "./html.js";
import { style } from "./style.js";

interface Page {
  heading: string;
  /** What the report is about: in the title of the window. */
  source: string;
  lead: Html;
  body: Html;
}

/** Nothing is loaded, run or sent, whatever the page holds; its style is inside. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A page of its own: style and figures are inside, and the command that remakes it. What comes from
 * a user's files is escaped.
 */
export function renderPage({ heading, source, lead, body }: Page): string {
  const command = ["lowrank", ...process.argv.slice(2)].join(" ");
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
${body}
<footer>Made by lowrank ${version()}: <code>${isolated(command)}</code></footer>
</main>
</body>
</html>
`.text;
}
