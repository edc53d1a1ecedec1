// The docs as pages of the site.
import { posix } from "node:path";
import { parseHTML } from "linkedom";
import { beforeAll, expect, test } from "vitest";
import { docsFiles } from "../../site/docs/pages.js";
import { reference } from "../../site/docs/reference.js";
import { entriesOf, searchIndexOf } from "../../site/docs/search-index.js";
import { example } from "../../site/front/page.js";
import type { SiteFiles } from "../../site/layout.js";
import * as lowrank from "../../src/index.js";
import { runExample } from "../helpers/examples.js";

let site: SiteFiles;
const documents = new Map<string, Document>();
beforeAll(async () => {
  site = await docsFiles();
  for (const { path, content } of site.pages) {
    documents.set(path, parseHTML(`<html><body>${content.text}</body></html>`).document);
  }
});

test("the example of the first page gives what its comments say", () =>
  runExample(example, {}, { lowrank }));

test("TypeDoc finds nothing to warn of in the sources", async () => {
  expect((await reference()).warnings).toEqual([]);
});

test("every link and picture leads to a page, a file or a heading that is there", () => {
  const files = new Set(site.files.map(({ path }) => path));
  const broken: string[] = [];
  for (const [path, document] of documents) {
    for (const element of document.querySelectorAll("a[href], img[src]")) {
      const to = element.getAttribute("href") ?? element.getAttribute("src")!;
      if (/^[a-z]+:/.test(to)) continue;
      const [file, hash] = to.split("#");
      const place = file === "" ? path : posix.join(posix.dirname(path), file);
      const page = documents.get(place);
      const isThere = page ? !hash || page.getElementById(hash) : files.has(place);
      if (!isThere) broken.push(`${path}: ${to}`);
    }
  }
  expect(broken).toEqual([]);
  expect(documents.size).toBeGreaterThan(40);
});

test("every page has one h1, a description, unique anchors, and nothing that the policy refuses", () => {
  for (const { path, description, title } of site.pages) {
    const document = documents.get(path)!;
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(document.querySelectorAll("h1"), path).toHaveLength(1);
    expect(description.length + title.length, path).toBeGreaterThan(12);
    expect(new Set(ids).size, path).toBe(ids.length);
    expect(document.querySelector("script, style, [onclick]"), path).toBeNull();
  }
});

test("the list beside the text leads to every page that is written", () => {
  const listed = [...documents.get("docs/index.html")!.querySelectorAll("nav a")].map((link) =>
    posix.join("docs", link.getAttribute("href")!),
  );
  const written = [...documents.keys()].filter((path) => !path.startsWith("docs/reference/api/"));
  const own = ["docs/index.html", "docs/changes.html"];
  expect(written.filter((path) => !listed.includes(path) && !own.includes(path))).toEqual([]);
});

test("the search knows each page by an address that is there", () => {
  const file = site.files.find(({ path }) => path === "docs/search.json")!;
  const entries = entriesOf(JSON.parse(String(file.bytes)));
  const missing = entries.filter(({ address }) => {
    const [path, hash] = `docs/${address}`.split("#");
    return !documents.get(path) || (hash && !documents.get(path)!.getElementById(hash));
  });
  expect(missing).toEqual([]);
  expect(new Set(entries.map(({ page }) => page)).size).toBeGreaterThan(35);
});

test("the search's file gives the words of each section back, in which its own headings are not", () => {
  const sections = [
    { page: "Deploy", heading: "", address: "how-to/deploy.html", text: "Put it on a Worker." },
    {
      page: "Deploy",
      heading: "Lambda",
      address: "how-to/deploy.html#lambda",
      text: "A Lambda, a worker",
    },
  ];
  const back = entriesOf(JSON.parse(JSON.stringify(searchIndexOf(sections))));
  const words = (text: string) => text.split(" ").sort().join(" ");
  expect(back.map(({ text }) => words(text))).toEqual(["it on put worker", "worker"]);
  expect(back.map(({ page, heading, address }) => [page, heading, address])).toEqual(
    sections.map(({ page, heading, address }) => [page, heading, address]),
  );
});

test("words that stand nearly everywhere are not sought, and signs are between words", () => {
  const entries = Array.from({ length: 200 }, (_, i) => ({
    ...{ page: "Page", heading: `${i}`, address: `page.html#${i}` },
    text: i % 2 ? "the ArrayLike<number>" : "the rank",
  }));
  const texts = entriesOf(searchIndexOf(entries)).map(({ text }) => text);
  expect(texts).toEqual(entries.map((_, i) => (i % 2 ? "arraylike number" : "rank")));
});

test("the reference has each function of the entries by the name that people import", () => {
  const core = documents.get("docs/reference/api/core.html")!;
  expect(core.querySelector("h1")!.textContent).toBe("lowrank");
  expect(core.getElementById("rankmatrix")!.textContent).toContain("rankMatrix");
  const names = [...documents.keys()].filter((path) => path.startsWith("docs/reference/api/"));
  expect(names.length).toBeGreaterThan(10);
});
