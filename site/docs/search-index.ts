// What the search reads: which words stand in which sections. A third of the texts themselves.

/** A section that can be found. */
export interface Entry {
  page: string;
  heading: string;
  /** From the folder of the docs. */
  address: string;
  text: string;
}

/** As a file: words with the numbers of their sections, each less the one before it. */
export interface SearchIndex {
  pages: [title: string, path: string][];
  /** The page's number, the heading, and the anchor. */
  sections: [page: number, heading: string, anchor: string][];
  words: Record<string, string>;
}

/** What is between two words, in the texts and in what is sought: `ArrayLike<number>` has two. */
export const separator = /[\n\r\p{Z}\p{P}\p{S}]+/u;

/** Words of more sections than these say nothing of any: the, of, and. */
const most = { sections: 100, share: 1 / 5 };

/** Without numbers: nobody seeks those. */
const wordsOf = (text: string) =>
  new Set(
    text
      .toLowerCase()
      .split(separator)
      .filter((word) => word.length > 1 && !/^\d/.test(word)),
  );

export function searchIndexOf(entries: readonly Entry[]): SearchIndex {
  const pages = new Map<string, { number: number; title: string }>();
  const places = new Map<string, number[]>();
  const sections = entries.map(({ page, heading, address, text }, section) => {
    const [path, anchor = ""] = address.split("#");
    if (!pages.has(path)) pages.set(path, { number: pages.size, title: page });
    // What the heading says is found by the heading.
    const said = wordsOf(`${page} ${heading}`);
    for (const word of wordsOf(text)) {
      if (said.has(word)) continue;
      places.set(word, [...(places.get(word) ?? []), section]);
    }
    return [pages.get(path)!.number, heading, anchor] as [number, string, string];
  });
  const tooMany = Math.max(most.sections, most.share * entries.length);
  const words = [...places]
    .filter(([, of]) => of.length <= tooMany)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, of]) => [
      word,
      of.map((place, i) => (place - (of[i - 1] ?? 0)).toString(36)).join(" "),
    ]);
  return {
    pages: [...pages].map(([path, { title }]) => [title, path]),
    sections,
    words: Object.fromEntries(words),
  };
}

/** The sections with their words, in no order that means anything. */
export function entriesOf({ pages, sections, words }: SearchIndex): Entry[] {
  const texts: string[][] = sections.map(() => []);
  for (const [word, steps] of Object.entries(words)) {
    let section = 0;
    for (const step of steps.split(" ")) {
      section += Number.parseInt(step, 36);
      texts[section].push(word);
    }
  }
  return sections.map(([page, heading, anchor], i) => {
    const [title, path] = pages[page];
    const address = anchor === "" ? path : `${path}#${anchor}`;
    return { page: title, heading, address, text: texts[i].join(" ") };
  });
}
