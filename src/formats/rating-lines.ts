// Ratings or clicks in JSON Lines: an object on each line, in which keys name user, item and rating.
import { listNames, quote } from "../check/describe.js";
import {
  clickColumnsOf,
  columnsOf,
  columnsOption,
  namesClicks,
  timeColumnOf,
  titleColumnOf,
} from "./column-names.js";
import { FormatError } from "./errors.js";
import type { RatingsFormat } from "./rating-layout.js";
import { type EntryTable, RatingList, whyNotRating } from "./rating-list.js";
import { kindOf, parseJsonObject } from "./strict-json.js";
import { timeOf } from "./times.js";

/** Whether the text begins as an object of JSON does. */
export function isJsonLines(text: Uint8Array): boolean {
  return /^\s*\{\s*["}]/.test(new TextDecoder().decode(text.subarray(0, 256)));
}

/** The keys of an object, by what they hold. */
interface Keys {
  row: string;
  col: string;
  /** Undefined in clicks. */
  rating: string | undefined;
  time: string | undefined;
  title: string | undefined;
}

/**
 * @param format - its columns are the keys of user, item and rating; by the first object's keys when
 *   left out.
 * @throws FormatError with the line: not an object of JSON, keys that are not clear or missing, an id
 *   that is not text or a safe integer, a rating that is not a number, a time that is not one.
 */
export function parseJsonEntries(
  text: Uint8Array,
  source: string,
  format: RatingsFormat,
): EntryTable {
  const list = new RatingList();
  const reader = new JsonReader(source, format, list);
  reader.read(text);
  return {
    ...list.finish(),
    kind: reader.clicks ? "clicks" : "ratings",
    times: reader.hasTimes ? Float64Array.from(reader.times) : undefined,
    titles: reader.titles,
  };
}

/** Reads lines whose text may come in pieces, each of whole lines. */
export class JsonReader {
  readonly times: number[] = [];
  readonly titles = new Map<string, string>();
  #keys: Keys | undefined;
  #line = 0;

  constructor(
    readonly source: string,
    readonly format: RatingsFormat,
    readonly list: Pick<RatingList, "push">,
  ) {}

  get clicks(): boolean {
    return this.#keys?.rating === undefined;
  }

  get hasTimes(): boolean {
    return this.#keys?.time !== undefined;
  }

  read(text: Uint8Array): void {
    for (let start = 0; start < text.length; ) {
      const lineFeed = text.indexOf(10, start);
      const end = lineFeed < 0 ? text.length : lineFeed;
      const row = text.subarray(start, end);
      start = end + 1;
      this.#line++;
      if (row.every((byte) => byte === 32 || byte === 9 || byte === 13)) continue;
      this.#readLine(row, failAt(this.source, this.#line));
    }
  }

  #readLine(row: Uint8Array, fail: Fail): void {
    const object = objectOf(row, fail);
    this.#keys ??= keysOf(Object.keys(object), this.format, fail);
    const keys = this.#keys;
    const rowId = idOf(object, keys.row, fail);
    const colId = idOf(object, keys.col, fail);
    const value = keys.rating === undefined ? 1 : ratingOf(object, keys.rating, fail);
    this.list.push(rowId, colId, value);
    if (keys.time !== undefined) this.times.push(timeAt(object, keys.time, fail));
    const title = keys.title === undefined ? undefined : object[keys.title];
    const { titles } = this;
    if (typeof title === "string" && title !== "" && !titles.has(colId)) titles.set(colId, title);
  }
}

type Fail = (reason: string) => never;

function failAt(source: string, line: number): Fail {
  return (reason) => {
    throw new FormatError(source, reason, line);
  };
}

function objectOf(row: Uint8Array, fail: Fail): Record<string, unknown> {
  try {
    return parseJsonObject(row, "");
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return fail(`${error.reason}: every line must be one object of JSON`);
  }
}

function keysOf(names: readonly string[], format: RatingsFormat, fail: Fail): Keys {
  const { content, columns } = format;
  const clicks =
    content === "clicks" ||
    columns?.length === 2 ||
    (content === "either" && columns === undefined && namesClicks(names));
  const [row, col, ...rest] =
    columns ?? (clicks ? clickKeys(names, fail) : ratingKeys(names, fail));
  const rating = clicks ? undefined : rest.shift();
  const found = timeColumnOf(names);
  const time = rest.shift() ?? (found === undefined ? undefined : names[found]);
  if (format.times && (time === undefined || time === row || time === col || time === rating)) {
    const option = clicks ? "USER,ITEM,TIME" : "USER,ITEM,RATING,TIME";
    fail(
      `the object ${listNames(names)} does not name the time: say which with --columns ${option}`,
    );
  }
  const title = titleColumnOf(names, names.indexOf(col));
  return {
    ...{ row, col, rating },
    time: format.times ? time : undefined,
    title: title === undefined ? undefined : names[title],
  };
}

function clickKeys(names: readonly string[], fail: Fail): string[] {
  const found = clickColumnsOf(names);
  if (typeof found === "string") return fail(found.replace("the header", "the object"));
  return found.map((column) => names[column]);
}

function ratingKeys(names: readonly string[], fail: Fail): string[] {
  const found = columnsOf(names);
  if (typeof found === "string") return fail(found.replace("the header", "the object"));
  if (!found.sure) {
    return fail(`the object ${listNames(names)} does not name the rating: ${columnsOption}`);
  }
  return found.columns.map((column) => names[column]);
}

function valueAt(object: Record<string, unknown>, key: string, fail: Fail) {
  if (Object.hasOwn(object, key)) return object[key];
  return fail(`there is no ${quote(key)}: there are ${listNames(Object.keys(object))}`);
}

function idOf(object: Record<string, unknown>, key: string, fail: Fail) {
  const id = valueAt(object, key, fail);
  if (typeof id === "string" && id !== "") return id;
  if (typeof id === "number" && Number.isSafeInteger(id)) return String(id);
  return fail(`${quote(key)} is ${kindOf(id)}: an id must be text or a safe integer`);
}

function ratingOf(object: Record<string, unknown>, key: string, fail: Fail) {
  const rating = valueAt(object, key, fail);
  if (typeof rating !== "number" && typeof rating !== "string") {
    return fail(`${quote(key)} is ${kindOf(rating)}: a rating must be a number`);
  }
  const reason = whyNotRating(String(rating));
  return reason === undefined ? Number(rating) : fail(reason);
}

function timeAt(object: Record<string, unknown>, key: string, fail: Fail) {
  const value = valueAt(object, key, fail);
  const time =
    typeof value === "number" || typeof value === "string" ? timeOf(String(value)) : undefined;
  if (time !== undefined) return time;
  return fail(
    `${quote(key)} is ${typeof value === "string" ? quote(value) : kindOf(value)}: a time must be a number or a date such as 2024-01-31 12:00:00`,
  );
}
