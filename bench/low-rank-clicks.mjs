// Clicks whose structure is known: users and items are points of `rank` dimensions, and a user clicks
// what is near, well-known items more often.
import { normals, uniform } from "../lab/random.mjs";

/**
 * Every user clicks a number of different items that varies about the mean `each` (5 at least), drawn
 * without replacement with odds popularity times exp(strength u . v): by the largest of the logarithms
 * with Gumbel noise added. Popularity falls as one over the square root of its place.
 */
export function lowRankClicks({ users, items, each, rank, strength = 1.5, seed }) {
  const [U, V] = [normals(users * rank, seed), normals(items * rank, seed + 1)];
  const next = uniform(seed + 2);
  const popularity = Float64Array.from({ length: items }, (_, i) => -0.5 * Math.log(i + 1));
  const scale = strength / Math.sqrt(rank);
  const [rowIds, colIds] = [[], []];
  for (let u = 0; u < users; u++) {
    const odds = popularity.map((well, i) => {
      let product = 0;
      for (let c = 0; c < rank; c++) product += U[u * rank + c] * V[i * rank + c];
      return well + scale * product - Math.log(-Math.log(next() || 0.5));
    });
    const count = Math.max(5, Math.round(-each * Math.log(1 - next())));
    const last = odds.slice().sort()[items - Math.min(count, items)];
    odds.forEach((value, i) => {
      if (value < last) return;
      rowIds.push(u);
      colIds.push(i);
    });
  }
  return { rowIds, colIds };
}
