// Synthetic ratings as recipes (shape, rank, share observed, noise, seed): a failure prints them.
import type { Ratings } from "../../src/formats/delimited.js";
import type { Observations } from "../../src/index.js";
import { uniform } from "./random.js";

export interface RatingsRecipe {
  rows: number;
  cols: number;
  rank: number;
  /** Share of the entries that is observed. */
  observed: number;
  /** Standard deviation of the noise; that of the signal is about 1. */
  noise: number;
  seed: number;
}

export interface Columns extends Observations {
  rowIds: string[];
  colIds: string[];
  values: number[];
}

/** Low-rank entries plus noise at random places; the entries left out come apart, without noise. */
export function buildRatings(recipe: RatingsRecipe): { observed: Columns; hidden: Columns } {
  const { rows, cols, rank, noise } = recipe;
  const next = uniform(recipe.seed);
  // The sum of six uniform numbers, of variance 1/3 each, over its standard deviation.
  const normal = () => (next() + next() + next() + next() + next() + next()) / Math.SQRT2;
  const factors = (count: number) =>
    Array.from({ length: count }, () => Array.from({ length: rank }, normal));
  const [left, right] = [factors(rows), factors(cols)];
  const observed: Columns = { rowIds: [], colIds: [], values: [] };
  const hidden: Columns = { rowIds: [], colIds: [], values: [] };
  for (let u = 0; u < rows; u++) {
    for (let i = 0; i < cols; i++) {
      let value = 0;
      for (let c = 0; c < rank; c++) value += left[u][c] * right[i][c];
      value /= Math.sqrt(rank);
      const error = noise * normal();
      const seen = (next() + 1) / 2 < recipe.observed;
      const to = seen ? observed : hidden;
      to.rowIds.push(`u${u}`);
      to.colIds.push(`i${i}`);
      to.values.push(seen ? value + error : value);
    }
  }
  return { observed, hidden };
}

/** Stars 1 .. 5 made from a low-rank matrix with noise. */
export function buildStars(recipe: RatingsRecipe): { observed: Columns; hidden: Columns } {
  const { observed, hidden } = buildRatings(recipe);
  const star = (value: number) => Math.min(5, Math.max(1, Math.round(3.4 + value)));
  observed.values = observed.values.map(star);
  hidden.values = hidden.values.map(star);
  return { observed, hidden };
}

/** The entries at these places. */
export function pickEntries(columns: Columns, places: readonly number[]): Columns {
  return {
    rowIds: places.map((p) => columns.rowIds[p]),
    colIds: places.map((p) => columns.colIds[p]),
    values: places.map((p) => columns.values[p]),
  };
}

/** The ids and the value of every rating, as columns. */
export function spelledOut({ rowIds, colIds, rows, cols, values }: Ratings) {
  return {
    rowIds: Array.from(rows, (row) => rowIds[row]),
    colIds: Array.from(cols, (col) => colIds[col]),
    values,
  };
}
