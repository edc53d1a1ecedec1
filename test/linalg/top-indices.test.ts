import fc from "fast-check";
import { expect, test } from "vitest";
import { placesOf, topIndices } from "../../src/linalg/top-indices.js";

/** Few different scores, so that there are ties. */
const drawn = fc
  .array(fc.record({ score: fc.integer({ min: -3, max: 3 }), excluded: fc.boolean() }), {
    maxLength: 60,
  })
  .map((list) => ({
    scores: list.map(({ score }) => score),
    excluded: Uint8Array.from(list, ({ excluded }) => (excluded ? 1 : 0)),
  }));

const sorted = (scores: number[], excluded: Uint8Array) =>
  scores
    .map((_, i) => i)
    .filter((i) => excluded[i] === 0)
    .sort((i, j) => scores[j] - scores[i] || i - j);

test("the first n are those of the sorted list, ties by the lower index", () => {
  fc.assert(
    fc.property(drawn, fc.nat({ max: 70 }), ({ scores, excluded }, n) => {
      expect([...topIndices(scores, n, excluded)]).toEqual(sorted(scores, excluded).slice(0, n));
    }),
  );
});

test("places are those in the sorted list, up to a limit", () => {
  fc.assert(
    fc.property(drawn, fc.infiniteStream(fc.boolean()), fc.nat(9), (given, picks, limit) => {
      const { scores, excluded } = given;
      const order = sorted(scores, excluded);
      const wanted = order.filter(() => picks.next().value).reverse();
      const places = wanted.map((i) => order.indexOf(i)).sort((a, b) => a - b);
      expect([...placesOf(scores, wanted, excluded)]).toEqual(places);
      const capped = (list: Iterable<number>) => Array.from(list, (at) => Math.min(at, limit));
      expect(capped(placesOf(scores, wanted, excluded, limit))).toEqual(capped(places));
    }),
  );
});
