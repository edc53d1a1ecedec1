// Interactions with known structure: rows like the columns of their group, and popular ones.
import { uniform } from "../../lab/random.mjs";

export interface Clicks {
  rowIds: string[];
  colIds: string[];
}

/**
 * `rows` rows of `groups` groups over `cols` columns: nine in ten of the choices of a row are of its
 * group, low numbers more often; all rows choose `choices` different columns.
 */
export function groupedClicks(
  { rows, cols, groups, choices }: Record<"rows" | "cols" | "groups" | "choices", number>,
  seed: number,
): Clicks {
  const next = uniform(seed);
  const clicks: Clicks = { rowIds: [], colIds: [] };
  for (let row = 0; row < rows; row++) {
    const chosen = new Set<number>();
    while (chosen.size < choices) {
      const popular = Math.floor(cols * next() * next());
      const own = popular - (popular % groups) + (row % groups);
      chosen.add(next() < 0.9 && own < cols ? own : popular);
    }
    for (const col of chosen) {
      clicks.rowIds.push(`row${row}`);
      clicks.colIds.push(`col${col}`);
    }
  }
  return clicks;
}

/** The interactions apart from `count` random ones of each row, and these. */
export function splitClicks({ rowIds, colIds }: Clicks, count: number, seed: number) {
  const next = uniform(seed);
  const byRow = new Map<string, string[]>();
  rowIds.forEach((row, i) => {
    byRow.set(row, [...(byRow.get(row) ?? []), colIds[i]]);
  });
  const train: Clicks = { rowIds: [], colIds: [] };
  const test: Clicks = { rowIds: [], colIds: [] };
  for (const [row, cols] of byRow) {
    const draws = new Map(cols.map((col) => [col, next()]));
    const order = [...cols].sort((a, b) => (draws.get(a) as number) - (draws.get(b) as number));
    order.forEach((col, i) => {
      const part = i < count ? test : train;
      part.rowIds.push(row);
      part.colIds.push(col);
    });
  }
  return { train, test };
}
