// The search of the docs: an index made in the page when somebody first asks, of one file of the site.
import MiniSearch, { type SearchResult } from "minisearch";
import { type Entry, entriesOf, type SearchIndex, separator } from "./search-index.js";

const shown = 12;
const box = document.querySelector<HTMLElement>(".find");
const input = box?.querySelector("input");
const list = box?.querySelector("ol");

if (box && input && list) {
  const file = new URL(box.dataset.index!, location.href);
  let index: Promise<MiniSearch> | undefined;
  const start = () => {
    index ??= load(file);
    return index;
  };
  input.addEventListener("focus", start, { once: true });
  input.addEventListener("input", async () => {
    const asked = input.value.trim();
    const found = asked === "" ? [] : (await start()).search(asked).slice(0, shown);
    // Another letter may have come while the index was made.
    if (asked !== input.value.trim()) return;
    list.replaceChildren(
      ...found.map((result) => item(result, new URL(".", file))),
      ...(asked !== "" && found.length === 0 ? [nothing()] : []),
    );
  });
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") list.querySelector("a")?.click();
    if (key !== "Escape") return;
    input.value = "";
    list.replaceChildren();
  });
}

async function load(file: URL): Promise<MiniSearch> {
  const entries = entriesOf((await (await fetch(file)).json()) as SearchIndex);
  const index = new MiniSearch<Entry & { id: number }>({
    fields: ["page", "heading", "text"],
    storeFields: ["page", "heading", "address"],
    tokenize: (text) => text.split(separator),
    searchOptions: { boost: { page: 4, heading: 3 }, prefix: true, fuzzy: 0.15 },
  });
  index.addAll(entries.map((entry, id) => ({ ...entry, id })));
  return index;
}

function item({ page, heading, address }: SearchResult, docs: URL): HTMLElement {
  const link = document.createElement("a");
  link.href = new URL(address, docs).href;
  link.textContent = heading === "" ? page : `${page}: ${heading}`;
  const line = document.createElement("li");
  line.append(link);
  return line;
}

function nothing(): HTMLElement {
  const line = document.createElement("li");
  line.textContent = "Nothing found.";
  return line;
}
