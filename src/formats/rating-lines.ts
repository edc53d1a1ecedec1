// Ratings in JSON Lines: an object on each line, in which keys name user, item and rating.
import { listNames, quote } from "../check/describe.js";
import { columnsOf, columnsOption } from "./column-names.js";
import { FormatError } from "./errors.js";
import { RatingList, type Ratings, whyNotRating } from "./rating-list.js";
import { kindOf, parseJsonObject } from "./strict-json.js";

/** Whether the text begins as an object of JSON does. */
export function isJsonLines(text: Uint8Array): boolean {
  return /^\s*\{\s*["}]/.test(new TextDecoder().decode(text.subarray(0, 256)));
}

/**
 * @param columns - the keys of user, item and rating; told by the first object's keys when left out.
 * @throws FormatError with the line: not an object of JSON, keys that are not clear or missing, an id
 *   that is not text or a safe integer, a rating that is not a number.
 */
export function parseJsonRatings(
  text: Uint8Array,
  source: string,
  columns: readonly string[] | undefined,
): Ratings {
  const list = new RatingList();
  let keys = columns;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    const lineFeed = text.indexOf(10, start);
    const end = lineFeed < 0 ? text.length : lineFeed;
    const row = text.subarray(start, end);
    start = end + 1;
    line++;
    if (row.every((byte) => byte === 32 || byte === 9 || byte === 13)) continue;
    const fail = failAt(source, line);
    const object = objectOf(row, fail);
    keys ??= keysOf(Object.keys(object), fail);
    const rowId = idOf(object, keys[0], fail);
    const colId = idOf(object, keys[1], fail);
    list.push(rowId, colId, ratingOf(object, keys[2], fail));
  }
  return list.finish();
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

function keysOf(names: readonly string[], fail: Fail): string[] {
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
