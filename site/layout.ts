// The layout of every page: head, navigation, footer. What a page has of its own is its content.
import { Html, html } from "../src/cli/report/html.js";

/** A page of the site. */
export interface Page {
  /** Where it stands, as `recommend.html` or `docs/linalg.html`. */
  path: string;
  /** Of the window. */
  title: string;
  /** One sentence, for search engines and shared links. */
  description: string;
  /** What stands between the navigation and the footer; begins with an h1. */
  content: Html;
  /** The program of the page: an entry of vite.config.ts. */
  script?: string;
}

/** Pages, and pictures and other files by their paths in the site. */
export interface SiteFiles {
  pages: readonly Page[];
  files: readonly { path: string; bytes: Uint8Array | string }[];
}

/** The navigation: files and what they are called. */
const places: readonly (readonly [path: string, name: string])[] = [
  ["recommend.html", "Recommend"],
  ["matrix.html", "Explore a matrix"],
  ["picture.html", "Fill in a picture"],
  ["teach.html", "Teach a model"],
  ["theorem.html", "The theorem"],
  ["docs/index.html", "Docs"],
];

/**
 * Scripts are files of the site and the kernels; nothing comes from another host. Charts have style
 * attributes, and pictures that a visitor picks are blobs.
 */
const policy = (connect: string) =>
  [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src ${connect}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** Pages from which a visitor may load from an address that he types. */
const loadsFromElsewhere = new Set(["teach.html"]);

/**
 * The whole HTML of a page.
 *
 * @param exists - whether the site has a page: the navigation leaves out those that it has not.
 */
export function layout(
  { path, title, description, content, script }: Page,
  exists: (path: string) => boolean = () => true,
): string {
  const root = "../".repeat(path.split("/").length - 1) || "./";
  const connect = loadsFromElsewhere.has(path) ? "'self' https: http://localhost:*" : "'self'";
  const section = path.split("/")[0];
  const current = (place: string) =>
    place === path || (section !== path && place.startsWith(`${section}/`))
      ? html` aria-current="page"`
      : "";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(connect)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description}">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${root}assets/mark.svg">
<link rel="stylesheet" href="${root}assets/site.css">
<script type="module" src="${root}assets/shell.js"></script>
${script === undefined ? "" : html`<script type="module" src="${root}assets/${script}.js"></script>`}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="bar">
<a class="brand" href="${root}index.html">${mark}lowrank</a>
<nav aria-label="Site">${places
    .filter(([place]) => exists(place))
    .map(([place, name]) => html`<a href="${root}${place}"${current(place)}>${name}</a> `)}</nav>
</header>
<main id="content" tabindex="-1">
${content}
</main>
<footer class="foot">
<p>Everything here runs in this tab. No data leaves your computer, and after the first visit the pages
work offline.</p>
</footer>
</body>
</html>
`.text;
}

/** A thin factor and a flat one: what a matrix of low rank is made of. */
const drawing = `<path fill="currentColor" d="M3 3h6v18H3zM11 3h10v6H11z"/><path fill="currentColor" opacity=".3" d="M11 11h10v10H11z"/>`;

const mark = new Html(`<svg viewBox="0 0 24 24" aria-hidden="true" class="mark">${drawing}</svg>`);

/** The same as a file, for the tab of the window. */
export const markFile = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" color="#2660c4">${drawing}</svg>`;
