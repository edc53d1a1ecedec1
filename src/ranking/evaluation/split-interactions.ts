import { heldCells } from "../../als/held-cells.js";
import * as check from "../../check/fields.js";
import { checkedOptions } from "../../check/options.js";
import { index, settle, sortIds } from "../../completion/entries.js";
import { randomPermutation, randomUniformArray } from "../../linalg/random.js";
import { streamAt } from "../../linalg/stream-at.js";
import * as streams from "../../linalg/streams.js";
import { type Interactions, type InteractionTable, readInteractions } from "../interactions.js";

/** How interactions are parted: see `SplitOptions.by`. */
export type SplitKind = "random" | "last" | "time" | "rows";

export interface SplitOptions {
  /**
   * What is held out:
   * - "random": `fraction` of each row's columns;
   * - "last": of each row the column that it chose last, by the time of the first choice;
   * - "time": the latest `fraction` of all interactions, those of one time in random order;
   * - "rows": `fraction` of the rows with two columns or more is not trained on, and the same fraction
   *   of each one's columns is to be found from the rest, which is in `histories` (strong
   *   generalization).
   * A row with one column keeps it. All lines of a row and a column stay together, except by "time".
   * @defaultValue "random"
   */
  by?: SplitKind;
  /** Share that is held out, between 0 and 1; not for "last". @defaultValue 0.2 */
  fraction?: number;
  /**
   * Which of the disjoint parts of size `fraction` is held out, from 0 on, for "random" and "rows":
   * 0 .. 4 with a fifth are five folds. @defaultValue 0
   */
  fold?: number;
  /** Seed of the random order, and of that of equal times. @defaultValue 0 */
  seed?: number;
}

/** Interactions to train on and to judge by. */
export interface InteractionSplit {
  train: Interactions;
  test: Interactions;
  /** What is known of rows that are not trained on. */
  histories?: Interactions;
}

/** Where a line goes. */
const part = { train: 0, test: 1, histories: 2 };

const name = "splitInteractions";

/**
 * Parts interactions for an evaluation, as the literature does it. The order of the lines does not
 * matter: the same interactions and seed give the same parts, whose lines keep their order.
 * O(n log n).
 *
 * @param interactions - columns `rowIds`, `colIds`, perhaps `weights`, and `times` for "last" and
 *   "time".
 * @throws RangeError or TypeError for interactions or options that are out of range, unknown or do
 *   not belong to the kind of split; RangeError when nothing would be held out, or nothing left.
 * @example
 * ```ts
 * const clicks = { rowIds: ["a", "a", "a"], colIds: ["x", "y", "z"], times: [3, 1, 2] };
 * const { train, test } = splitInteractions(clicks, { by: "last" });
 * test.colIds[0]; // "x"
 * train.colIds.length; // 2
 * ```
 */
export function splitInteractions(
  interactions: InteractionTable,
  options: SplitOptions = {},
): InteractionSplit {
  const settings = readSplitOptions(options);
  const table = readInteractions(name, interactions);
  const parts = partsOf(table, settings);
  const [train, test, histories] = [part.train, part.test, part.histories].map((wanted) =>
    linesOf(table, parts, wanted),
  );
  for (const [what, lines] of Object.entries({ "held out": test, "left to train on": train })) {
    if (lines.rowIds.length > 0) continue;
    throw new RangeError(
      `${name}: nothing of ${table.rowIds.length} interactions is ${what} by "${settings.by}": ` +
        "rows need two columns or more, and the fraction must take and leave some",
    );
  }
  return settings.by === "rows" ? { train, test, histories } : { train, test };
}

function readSplitOptions(given: SplitOptions): Required<SplitOptions> {
  const options = checkedOptions(name, given, {
    by: check.word<SplitKind>(["random", "last", "time", "rows"]),
    fraction: check.share,
    fold: check.integer(0),
    seed: check.seed,
  });
  const { by = "random", fraction = 0.2, fold = 0, seed = 0 } = options;
  for (const [what, kinds] of [
    ["fraction", ["last"]],
    ["fold", ["last", "time"]],
  ] as const) {
    if (options[what] === undefined || !kinds.some((kind) => kind === by)) continue;
    throw new RangeError(
      `${name}: ${what} is ${options[what]} and by is "${by}", which has no ${what}: leave it out`,
    );
  }
  // 5 times a fifth is 1.
  if ((fold + 1) * fraction > 1 + 1e-9) {
    throw new RangeError(
      `${name}: fold is ${fold} and fraction ${fraction}: fold must be below ` +
        `${Math.floor(1 / fraction + 1e-9)}, the number of such parts`,
    );
  }
  return { by, fraction, fold, seed };
}

/** The part of every line. */
function partsOf(table: Interactions, { by, fraction, fold, seed }: Required<SplitOptions>) {
  const { rowIds, colIds, times } = table;
  const count = rowIds.length;
  const values = new Float64Array(count);
  const { rows, cols, ...ids } = sortIds(index(name, { rowIds, colIds, values }));
  const { rowStart, colIndices } = settle(name, { rows, cols, ...ids }, "last");
  const cellOf = Int32Array.from(rows, (row, line) =>
    cellAt(rowStart, colIndices, row, cols[line]),
  );
  const cells = colIndices.length;
  const draws = randomUniformArray(cells, seed, streamAt(streams.interactionSplit, 0), "f64");
  const atRandom = (p: number, q: number) => draws[p] - draws[q] || p - q;
  const ofCells = (marks: Uint8Array) => Uint8Array.from(cellOf, (cell) => marks[cell]);
  switch (by) {
    case "random":
      return ofCells(heldCells(rowStart, atRandom, { fraction, slice: fold }));
    case "last": {
      const first = new Float64Array(cells).fill(Number.POSITIVE_INFINITY);
      timesOf(times, by).forEach((time, line) => {
        first[cellOf[line]] = Math.min(first[cellOf[line]], time);
      });
      const latestFirst = (p: number, q: number) => first[q] - first[p] || atRandom(p, q);
      return ofCells(heldCells(rowStart, latestFirst, { fraction: 0 }));
    }
    case "time": {
      const when = timesOf(times, by);
      const order = Int32Array.from({ length: count }, (_, line) => line).sort(
        (i, j) => when[i] - when[j] || atRandom(cellOf[i], cellOf[j]) || i - j,
      );
      const parts = new Uint8Array(count);
      for (const line of order.subarray(count - Math.round(fraction * count))) parts[line] = 1;
      return parts;
    }
    case "rows": {
      const unseen = new Uint8Array(ids.rowIds.length);
      const judgeable = Array.from(unseen.keys()).filter((u) => rowStart[u + 1] > rowStart[u] + 1);
      const stream = streamAt(streams.interactionSplit, 1);
      const order = randomPermutation(judgeable.length, seed, stream);
      const [from, to] = [fold, fold + 1].map((f) => Math.round(f * fraction * order.length));
      for (const place of order.subarray(from, to)) unseen[judgeable[place]] = 1;
      const held = heldCells(rowStart, atRandom, { fraction });
      return Uint8Array.from(cellOf, (cell, line) => {
        if (unseen[rows[line]] === 0) return part.train;
        return held[cell] === 1 ? part.test : part.histories;
      });
    }
  }
}

/** The place of a column among the sorted ones of its row. */
function cellAt(rowStart: Int32Array, colIndices: Int32Array, row: number, col: number): number {
  let low = rowStart[row];
  let high = rowStart[row + 1] - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (colIndices[middle] < col) low = middle + 1;
    else high = middle;
  }
  return low;
}

function timesOf(times: Interactions["times"], by: SplitKind): Float64Array {
  if (times !== undefined) return Float64Array.from(times);
  throw new TypeError(
    `${name}: by is "${by}" and the interactions have no times: give a time for each of them`,
  );
}

/** The lines of one part, in their order. */
function linesOf(table: Interactions, parts: Uint8Array, wanted: number): Interactions {
  const lines = Array.from(parts.keys()).filter((line) => parts[line] === wanted);
  const { rowIds, colIds, weights, times } = table;
  return {
    rowIds: lines.map((line) => rowIds[line]),
    colIds: lines.map((line) => colIds[line]),
    ...(weights && { weights: Float64Array.from(lines, (line) => weights[line]) }),
    ...(times && { times: Float64Array.from(lines, (line) => times[line]) }),
  };
}
