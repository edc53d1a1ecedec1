// Titles of items, which people read instead of ids.
import type { Scored } from "../ranking/matrix-ranking.js";
import type { Named } from "./format.js";

/** Titles by item id. */
export type Titles = ReadonlyMap<string, string>;

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
