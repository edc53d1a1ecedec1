// The file of titles that --titles names.
import { readFile } from "../files/read-file.js";
import { type IdTableFormat, parseTitles } from "../formats/id-tables.js";
import type { Titles } from "./titles.js";

/** Flags and help of the option. */
export const titlesOption = [
  "--titles <file>",
  "titles to show: an item id and a title on each line",
] as const;

/** @throws FileError or FormatError by name. */
export function readTitles(path: string, { encoding, delimiter }: IdTableFormat): Titles {
  const format = { ...(encoding && { encoding }), ...(delimiter && { delimiter }) };
  return parseTitles(readFile(path), path === "-" ? "standard input" : path, format);
}

/** Those that --titles names; none without it. */
export function titlesOf({ titles, ...format }: IdTableFormat & { titles?: string }): Titles {
  return titles === undefined ? new Map() : readTitles(titles, format);
}
