// Ratings of any number, made one by one: nothing of them is held.
import { uniform } from "../../lab/random.mjs";

const tastes = 8;

/**
 * Ratings 1 to 5 in halves, of `tastes` tastes and noise: every row has as many, and few columns get most of them.
 *
 * @param perRow - ratings of a row: at most half as many as there are columns.
 */
export function* largeRatings(rows, cols, perRow) {
  const next = uniform(1);
  const about = () => next() + next() - 1;
  const Q = Float64Array.from({ length: cols * tastes }, about);
  // A column of each stretch: narrow ones first, so that no column comes twice.
  const edges = Float64Array.from({ length: perRow + 1 }, (_, j) =>
    Math.max(j, Math.floor(cols * (j / perRow) ** 2)),
  );
  const items = Array.from({ length: cols }, (_, i) => `i${String(i).padStart(5, "0")}`);
  const p = new Float64Array(tastes);
  for (let u = 0; u < rows; u++) {
    const user = `u${String(u).padStart(8, "0")}`;
    for (let c = 0; c < tastes; c++) p[c] = about();
    const own = 3.2 + about();
    for (let j = 0; j < perRow; j++) {
      const col = edges[j] + Math.floor(next() * (edges[j + 1] - edges[j]));
      let value = own + 1.5 * about();
      for (let c = 0; c < tastes; c++) value += 1.2 * p[c] * Q[col * tastes + c];
      yield {
        user,
        item: items[col],
        rating: Math.min(5, Math.max(0.5, Math.round(2 * value) / 2)),
      };
    }
  }
}
