// The pages of the docs: docs/ and the reference as HTML, their pictures, and what the search reads.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { optimize } from "svgo";
import { Html, html } from "../../src/cli/report/html.js";
import type { Page, SiteFiles } from "../layout.js";
import { anchorsOf, type Source, target } from "./links.js";
import { type Rendered, render } from "./markdown.js";
import { type Group, groupsOf } from "./navigation.js";
import { reference } from "./reference.js";
import { type Entry, searchIndexOf } from "./search-index.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const sources = "https://github.com/OWNER/lowrank/blob/main/";
const index = "docs/README.md";
const referenceFolder = "docs/reference/api";

/** What the docs add to the site. */
export async function docsFiles(): Promise<SiteFiles> {
  const written = readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`)
    .sort()
    .map((path) => ({ path, text: readFileSync(join(repository, path), "utf8") }));
  const generated = (await reference()).pages.map(({ name, text }) => ({
    path: `${referenceFolder}/${name}`,
    text,
  }));
  const changes = {
    path: "CHANGELOG.md",
    text: readFileSync(join(repository, "CHANGELOG.md"), "utf8"),
  };
  const all = [...written, ...generated, changes];
  const addresses = new Map(all.map(({ path }) => [path, addressOf(path)]));
  const pictures = new Set<string>();
  const groups = groupsOf({ path: index, text: written.find(({ path }) => path === index)!.text });

  const anchors = new Map(generated.map(({ path, text }) => [path, anchorsOf(text, true)]));
  /** TypeDoc numbers a few anchors otherwise than its pages have them: there the page must do. */
  const known = (source: Source, to: string) => {
    const place = isReference(source) ? target(source.path, to) : undefined;
    const missing = place?.hash && anchors.get(place.path)?.has(place.hash) === false;
    return missing ? to.replace(/#.*/, "") || "#" : to;
  };

  const rendered = all.map((source) => ({
    source,
    address: addresses.get(source.path)!,
    ...render(
      source.text,
      (to) => linkTo(source, known(source, to), addresses, pictures),
      (to) => sizeOf(target(source.path, to)?.path ?? ""),
      isReference(source),
    ),
  }));
  return {
    pages: rendered.map((page) => pageOf(page, groups, addresses)),
    files: [
      ...[...pictures].sort().map((path) => ({
        path,
        bytes: pictureOf(path),
      })),
      {
        path: "docs/search.json",
        bytes: JSON.stringify(searchIndexOf(rendered.flatMap(entriesOf))),
      },
    ],
  };
}

/** `docs/how-to/x.md` as `docs/how-to/x.html`; a folder's README is its index. */
const addressOf = (path: string) =>
  path === "CHANGELOG.md"
    ? "docs/changes.html"
    : path.replace(/README\.md$/, "index.html").replace(/\.md$/, ".html");

/** The address, from a page, of what its source links to. */
function linkTo(
  { path }: Source,
  to: string,
  addresses: ReadonlyMap<string, string>,
  pictures: Set<string>,
): string {
  const place = target(path, to);
  if (!place) return to;
  const hash = place.hash === "" ? "" : `#${place.hash}`;
  if (place.path === path) return hash;
  const page = addresses.get(place.path);
  const isPicture = /^docs\/.*\.(svg|png)$/.test(place.path);
  if (!page && !isPicture) return sources + place.path + hash;
  if (!existsSync(join(repository, place.path)) && !page) throw new Error(`${path}: no ${to}`);
  if (isPicture) pictures.add(place.path);
  return posix.relative(posix.dirname(addresses.get(path)!), page ?? place.path) + hash;
}

/** The bytes of a picture; a drawing's places are rounded to a tenth of a pixel. */
function pictureOf(path: string): Uint8Array | string {
  const bytes = readFileSync(join(repository, path));
  if (!path.endsWith(".svg")) return new Uint8Array(bytes);
  return optimize(bytes.toString(), { floatPrecision: 1, multipass: true }).data;
}

const isReference = ({ path }: Source) => path.startsWith(`${referenceFolder}/`);

/** Those of a drawing, which says them at its beginning. */
function sizeOf(path: string): Record<string, string> {
  if (!path.endsWith(".svg")) return {};
  const text = readFileSync(join(repository, path), "utf8");
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(text) ?? [];
  return width && height ? { width, height } : {};
}

type RenderedPage = Rendered & { source: Source; address: string };

function pageOf(
  { source, address, title, description, html: text }: RenderedPage,
  groups: readonly Group[],
  addresses: ReadonlyMap<string, string>,
): Page {
  const relative = (to: string) => posix.relative(posix.dirname(address), to);
  const link = (path: string, name: string) => {
    const current = path === source.path ? html` aria-current="page"` : "";
    return html`<li><a href="${relative(addresses.get(path)!)}"${current}>${name}</a></li>`;
  };
  const all = { path: `${referenceFolder}/README.md`, name: "All functions" };
  const lists = groups.map(({ name, pages }) => {
    const known = name === "Look it up" ? [...pages, all] : pages;
    return html`<h2>${name}</h2><ul>${known.map((page) => link(page.path, page.name))}</ul>`;
  });
  const content = html`<div class="docs">
<search class="find" data-index="${relative("docs/search.json")}">
<label for="find">Search the docs</label>
<input id="find" type="search" autocomplete="off" aria-controls="found">
<ol id="found" aria-live="polite"></ol>
</search>
<article${isReference(source) ? html` class="api"` : ""}>${new Html(text)}</article>
<nav aria-label="Docs">${lists}</nav>
</div>`;
  return {
    path: address,
    title: title === "Documentation" ? "lowrank: documentation" : `${title} · lowrank`,
    description: description.replace(/\s+/g, " ").slice(0, 200),
    content,
    script: "search",
  };
}

/**
 * Of the reference only names and what they are, where they are described. Nobody seeks the numbers of
 * tables.
 */
function entriesOf({ source, address, title, sections }: RenderedPage): Entry[] {
  const short = isReference(source);
  return sections
    .filter(({ text, level }) =>
      short ? level === 3 && !text.startsWith("Re-exports") : text !== "",
    )
    .map(({ heading, anchor, text }) => ({
      page: title,
      heading,
      address: posix.relative("docs", address) + (anchor === "" ? "" : `#${anchor}`),
      text: short ? text.slice(0, 160) : text.replace(/[\d.%]{3,}/g, " ").replace(/\s+/g, " "),
    }));
}
