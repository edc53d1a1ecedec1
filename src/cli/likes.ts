// What a file says of likes: all of its clicks, or its ratings from a value on.
import { core, type IndexedEntries, select, withoutDuplicates } from "../completion/entries.js";
import type { Interactions } from "../ranking/interactions.js";
import type { EntryTable } from "./ratings-file.js";

/** Lines of a table; the values of `lines` and `seen` are their numbers. */
export interface Likes {
  table: EntryTable;
  /** Repeated clicks are all there. */
  lines: IndexedEntries;
  /** Ratings below the value, of users and items with likes. */
  seen: IndexedEntries;
  /** Each pair of user and item once. */
  pairs: IndexedEntries;
}

/** @param minValue - ratings of at least this value are likes; undefined for clicks. */
export function likesOf(table: EntryTable, minValue: number | undefined, minimum: number): Likes {
  const { values: ratings, ...ids } = table;
  const numbered = { ...ids, values: Float64Array.from(ratings.keys()) };
  // Of several ratings of a pair the last one counts; several clicks may have times of their own.
  const all = minValue === undefined ? numbered : withoutDuplicates(numbered);
  const liked = (line: number) => minValue === undefined || ratings[line] >= minValue;
  const marks = Uint8Array.from(all.values, (line) => Number(liked(line)));
  const likes = select(all, marks, 1);
  const pairs = core(withoutDuplicates(likes), minimum);
  return {
    table,
    lines: within(pairs, likes),
    seen: within(pairs, select(all, marks, 0)),
    pairs,
  };
}

/** The entries whose row and column are among those of `part`. */
function within(part: IndexedEntries, entries: IndexedEntries): IndexedEntries {
  const [rows, cols] = [new Set(part.rowIds), new Set(part.colIds)];
  const hasRow = entries.rowIds.map((id) => rows.has(id));
  const hasCol = entries.colIds.map((id) => cols.has(id));
  const marks = Uint8Array.from(entries.rows, (row, i) =>
    Number(hasRow[row] && hasCol[entries.cols[i]]),
  );
  return select(entries, marks, 1);
}

/** Entries by id, with their times where the table has them. */
export function interactionsOf({ times }: EntryTable, entries: IndexedEntries): Interactions {
  const { rowIds, colIds, rows, cols, values } = entries;
  return {
    rowIds: Array.from(rows, (row) => rowIds[row]),
    colIds: Array.from(cols, (col) => colIds[col]),
    ...(times && { times: values.map((line) => times[line]) }),
  };
}

/**
 * What a model is trained on: likes, and with weight 0 what was seen, which is not recommended; with
 * their times where the table has them.
 */
export function trainedOn({ table, lines, seen }: Likes): Interactions {
  const [likes, others] = [interactionsOf(table, lines), interactionsOf(table, seen)];
  if (others.rowIds.length === 0) return likes;
  const times = likes.times && {
    times: [...Array.from(likes.times), ...Array.from(others.times!)],
  };
  const weights = new Float64Array(likes.rowIds.length + others.rowIds.length);
  weights.fill(1, 0, likes.rowIds.length);
  return {
    rowIds: [...Array.from(likes.rowIds), ...Array.from(others.rowIds)],
    colIds: [...Array.from(likes.colIds), ...Array.from(others.colIds)],
    weights,
    ...times,
  };
}
