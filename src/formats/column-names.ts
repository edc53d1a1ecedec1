// What the names in a header mean: which column is the user, the item, the rating.
import { listNames, quote } from "../check/describe.js";

export type Role = "row" | "col" | "rating";
const roles: readonly Role[] = ["row", "col", "rating"];
const clickRoles: readonly Role[] = ["row", "col"];

/** How messages call the columns. */
const roleNames: Record<Role, string> = { row: "user", col: "item", rating: "rating" };

export const columnsOption = "say which with --columns USER,ITEM,RATING, by names or numbers";
export const clickColumnsOption = "say which with --columns USER,ITEM, by names or numbers";

const words = (text: string) => new Set(text.split(" "));
const rowWords = words(
  "user customer cust reviewer member person people profile account client reader viewer listener " +
    "visitor subject rater consumer buyer shopper player patron student critic row uid",
);
const colWords = words(
  "item movie film book product prod track artist song album joke anime manga game restaurant " +
    "business place venue poi gmap hotel recipe article video show series beer wine course app " +
    "podcast episode paper column col isbn asin sku iid",
);
const ratingWords = words("rating star score overall");
/** Ratings where no better word is there. */
const valueWords = words("value vote grade mark rate preference weight playcount");
const idWords = words("id key code no nr num number idx uid iid isbn asin sku");
const nameWords = words("name title nick login");
/** Names of times, those that say most of an order first. */
const timeWords = ["timestamp", "ts", "unix", "datetime", "time", "date"];
/** They make of a rating something that one user did not give to one item. */
const notARating = words(
  "average avg mean median count total std min max predicted helpful helpfulness",
);
const otherWords = words(
  "timestamp time date datetime day month year hour ts unix unnamed index text review comment " +
    "summary genre genres tag tags category lat lon url age gender country location verified " +
    "helpful helpfulness description",
);

// Constants: a table of thousands of columns asks for the words of each.
const [recboleType, hump, between] = [
  /:(token|float)(_seq)?$/,
  /(\p{Ll}|\d)(\p{Lu})/gu,
  /[^\p{L}\p{N}]+/u,
];

/** "User-ID", "userId", "user_id:token" and "userid" are the words user and id. */
function wordsOf(name: string): string[] {
  return name
    .replace(recboleType, "")
    .replace(hump, "$1 $2")
    .toLowerCase()
    .split(between)
    .filter((word) => word !== "")
    .flatMap(splitWord);
}

function splitWord(word: string): string[] {
  for (const end of ["id", "ids", "name", "title"]) {
    const stem = singular(word.slice(0, -end.length));
    if (word.endsWith(end) && (rowWords.has(stem) || colWords.has(stem))) {
      return [stem, singular(end)];
    }
  }
  return [singular(word)];
}

function singular(word: string): string {
  const known = (text: string) =>
    [rowWords, colWords, ratingWords, valueWords, idWords].some((list) => list.has(text));
  return !known(word) && word.endsWith("s") && known(word.slice(0, -1)) ? word.slice(0, -1) : word;
}

/** How well a name fits a role: 0 is best; undefined when it does not. */
function rankOf(role: Role, all: readonly string[]): number | undefined {
  const isId = all.some((word) => idWords.has(word));
  const isName = all.some((word) => nameWords.has(word));
  if (role === "rating") {
    if (isId || isName || all.some((word) => notARating.has(word))) return undefined;
    const last = all.at(-1) ?? "";
    const compound = all.length > 1 ? 1 : 0;
    if (ratingWords.has(last)) return compound;
    return valueWords.has(last) ? 2 + compound : undefined;
  }
  const own = role === "row" ? rowWords : colWords;
  const nouns = [...new Set(all)].filter(
    (word) => own.has(word) || !(idWords.has(word) || nameWords.has(word)),
  );
  if (role === "col" && nouns.length === 0 && all.join() === "title") return 4;
  if (nouns.length === 0 || !own.has(nouns[nouns.length - 1])) return undefined;
  if (nouns.length > 1) return 3;
  return isId ? 0 : isName ? 2 : 1;
}

/** What is not a user, an item or a rating: times, texts, the number of a line. */
function isOther(name: string): boolean {
  const all = wordsOf(name);
  if (all.length === 0 || all.some((word) => otherWords.has(word) || notARating.has(word))) {
    return true;
  }
  return all.some((word) => idWords.has(word));
}

type Found = { [R in Role]?: number | undefined };

/** The columns that names stand for, by the best name of each role; or why that is not clear. */
function byName(names: readonly string[], asked: readonly Role[] = roles): Found | string {
  const found: Found = {};
  const words = names.map(wordsOf);
  for (const role of asked) {
    let best = Infinity;
    let rival: number | undefined;
    for (const [column, all] of words.entries()) {
      const rank = rankOf(role, all);
      if (rank === undefined || rank > best) continue;
      if (rank === best) rival = column;
      else [best, found[role], rival] = [rank, column, undefined];
    }
    if (rival !== undefined) {
      return (
        `the header names two columns for the ${roleNames[role]}, ` +
        `${quote(names[found[role]!])} and ${quote(names[rival])}: ${optionFor(asked)}`
      );
    }
  }
  return found;
}

/** Whether it is what a column of row or column ids is called: "userId", "title". */
export function namesRowOrColumn(name: string): boolean {
  const all = wordsOf(name);
  return rankOf("row", all) !== undefined || rankOf("col", all) !== undefined;
}

/** The column of the ratings where a header names it; else undefined. */
export function ratingByName(names: readonly string[]): number | undefined {
  const found = byName(names);
  return typeof found === "string" ? undefined : found.rating;
}

/** What a header stands for. */
interface NamedColumns {
  columns: [row: number, col: number, rating: number];
  /** Whether names told which one is the rating, and not only where it stands. */
  sure: boolean;
}

/**
 * User, item and rating by the header's names. Names that say nothing are taken by their order where
 * three columns are left: as in "reader,book,mark", and in "who,what,how".
 *
 * @returns the columns, or a reason why they are not clear.
 */
export function columnsOf(names: readonly string[]): NamedColumns | string {
  const found = byName(names);
  if (typeof found === "string") return found;
  const named = (...which: Role[]) => which.every((role) => found[role] !== undefined);
  const sure = named("rating") || named("row", "col");
  const taken = new Set<number | undefined>(Object.values(found));
  const candidates = Array.from(names.keys()).filter(
    (column) => taken.has(column) || !isOther(names[column]),
  );
  const open = candidates.filter((column) => !taken.has(column));
  // A user in the second place, say, means another order: nothing is guessed from it.
  if (candidates.length === 3 && (open.length === 1 || sure || inOrder(found, candidates))) {
    for (const role of roles) found[role] ??= open.shift();
  }
  const { row, col, rating } = found;
  if (row !== undefined && col !== undefined && rating !== undefined) {
    return { columns: [row, col, rating], sure };
  }
  return notNamed(names, found, roles);
}

/**
 * User and item by the header's names, where nothing is said of ratings. Names that say nothing are
 * taken by their order where two columns are left.
 *
 * @returns the columns, or a reason why they are not clear.
 */
export function clickColumnsOf(names: readonly string[]): [row: number, col: number] | string {
  const found = byName(names, clickRoles);
  if (typeof found === "string") return found;
  const rating = ratingByName(names);
  const candidates = Array.from(names.keys()).filter(
    (column) =>
      Object.values(found).includes(column) || !(isOther(names[column]) || column === rating),
  );
  if (candidates.length === 2 && inOrder(found, candidates)) {
    [found.row, found.col] = candidates;
  }
  const { row, col } = found;
  return row !== undefined && col !== undefined ? [row, col] : notNamed(names, found, clickRoles);
}

/** Whether a header names a user and an item, and nothing that could be a rating. */
export function namesClicks(names: readonly string[]): boolean {
  const found = byName(names, clickRoles);
  if (typeof found === "string" || found.row === undefined || found.col === undefined) return false;
  const title = titleColumnOf(names, found.col);
  return names.every(
    (name, column) =>
      column === found.row || column === found.col || column === title || isOther(name),
  );
}

/** The column of times where a header names one. */
export function timeColumnOf(names: readonly string[]): number | undefined {
  const words = names.map(wordsOf);
  for (const wanted of timeWords) {
    const column = words.findIndex((all) => all.includes(wanted));
    if (column >= 0) return column;
  }
  return undefined;
}

/** The column of the items' titles where a header names one beside their ids, in column `col`. */
export function titleColumnOf(names: readonly string[], col: number): number | undefined {
  const column = names.findIndex((name, c) => {
    if (c === col) return false;
    const all = wordsOf(name);
    const rest = all.filter((word) => word !== "title" && word !== "name");
    if (rest.length === all.length || rest.some((word) => !colWords.has(word))) return false;
    return all.includes("title") || rest.length > 0;
  });
  return column < 0 ? undefined : column;
}

function notNamed(names: readonly string[], found: Found, wanted: readonly Role[]): string {
  const missing = wanted
    .filter((role) => found[role] === undefined)
    .map((role) => `the ${roleNames[role]}`);
  return `the header ${listNames(names)} does not name ${missing.join(", ").replace(/, ([^,]*)$/, " and $1")}: ${optionFor(wanted)}`;
}

const optionFor = (asked: readonly Role[]) =>
  asked.includes("rating") ? columnsOption : clickColumnsOption;

function inOrder(found: Found, candidates: readonly number[]): boolean {
  return roles.every((role, i) => found[role] === undefined || found[role] === candidates[i]);
}
