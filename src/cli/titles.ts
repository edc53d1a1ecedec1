// Titles of items, which people read instead of ids.
import { readFile } from "../files/read-file.js";
import { type IdTableFormat, parseTitles } from "../formats/id-tables.js";
import type { Scored } from "../ranking/matrix-ranking.js";
import type { Named } from "./format.js";

/** Flags and help of the option. */
export const titlesOption = [
  "--titles <file>",
  "titles to show: an item id and a title on each line",
] as const;

/** Titles by item id. */
export type Titles = ReadonlyMap<string, string>;

/** @throws FileError or FormatError by name. */
export function readTitles(path: string, { encoding, delimiter }: IdTableFormat): Titles {
  const format = { ...(encoding && { encoding }), ...(delimiter && { delimiter }) };
  return parseTitles(readFile(path), path === "-" ? "standard input" : path, format);
}

/** Those that --titles names; none without it. */
export function titlesOf({ titles, ...format }: IdTableFormat & { titles?: string }): Titles {
  return titles === undefined ? new Map() : readTitles(titles, format);
}

/** Scored items under the names that the command prints, with the titles that there are. */
export function named(list: readonly Scored[], titles: Titles): Named[] {
  return list.map(({ id, score }) => {
    const title = titles.get(id);
    return { col: id, value: score, ...(title === undefined ? {} : { title }) };
  });
}

/** What is shown of an item. */
export function shown(titles: Titles, id: string): string {
  return titles.get(id) ?? id;
}
