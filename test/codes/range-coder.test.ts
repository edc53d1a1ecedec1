import fc from "fast-check";
import { expect, test } from "vitest";
import { RangeDecoder, RangeEncoder } from "../../src/codes/range-coder.js";
import { decodeSymbols, encodeSymbols } from "../../src/codes/symbols.js";
import { uniform } from "../helpers/random.js";

/** Symbols of unequal frequencies: kind i is about `skew` times as frequent as kind i + 1. */
const recipe = fc.record({
  length: fc.integer({ min: 0, max: 3000 }),
  levels: fc.integer({ min: 1, max: 40 }),
  skew: fc.double({ min: 1, max: 50, noNaN: true }),
  seed: fc.nat(),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;

function build({ length, levels, skew, seed }: Recipe): Int32Array {
  const next = uniform(seed);
  return Int32Array.from({ length }, () => {
    let symbol = 0;
    while (symbol < levels - 1 && Math.abs(next()) < 1 / skew) symbol++;
    return symbol;
  });
}

const countsOf = (symbols: Int32Array, levels: number) => {
  const counts = new Array<number>(levels).fill(0);
  for (const symbol of symbols) counts[symbol]++;
  return counts;
};
const startsOf = (counts: number[]) =>
  counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

test("a code by fixed counts gives its symbols back, in [d H, d H + 16] bits (A2)", () => {
  fc.assert(
    fc.property(recipe, (r) => {
      const symbols = build(r);
      const counts = countsOf(symbols, r.levels);
      const starts = startsOf(counts);
      const encoder = new RangeEncoder();
      for (const s of symbols) encoder.encode(starts[s], counts[s], symbols.length);
      const code = encoder.finish();
      const decoder = new RangeDecoder(code);
      for (const s of symbols) {
        const place = decoder.next(symbols.length);
        expect(place >= starts[s] && place < starts[s] + counts[s]).toBe(true);
        decoder.accept(starts[s], counts[s]);
      }
      const noise = Uint8Array.from([...code, 255, 255, 255, 255, 255, 255]);
      const other = new RangeDecoder(noise);
      for (const s of symbols) {
        const place = other.next(symbols.length);
        expect(place >= starts[s] && place < starts[s] + counts[s]).toBe(true);
        other.accept(starts[s], counts[s]);
      }
      const entropy = sum(
        counts.map((count) => (count ? -count * Math.log2(count / symbols.length) : 0)),
      );
      const bits = 8 * code.length;
      expect(bits).toBeGreaterThanOrEqual(entropy - 1e-6);
      expect(bits).toBeLessThanOrEqual(entropy + 16);
    }),
  );
});

test("carries run through bytes of ones", () => {
  // The last share of every total: low creeps up to the end of the interval.
  for (const length of [1, 10, 1000]) {
    for (const total of [3, 255, 65_537, 2 ** 24]) {
      const encoder = new RangeEncoder();
      for (let i = 0; i < length; i++) encoder.encode(total - 1 - (i % 2), 1, total);
      const decoder = new RangeDecoder(encoder.finish());
      for (let i = 0; i < length; i++) {
        expect(decoder.next(total)).toBe(total - 1 - (i % 2));
        decoder.accept(total - 1 - (i % 2), 1);
      }
    }
  }
});

test("a code that learns its counts gives its symbols back, at the length that it promises", () => {
  const logFactorial = (n: number) => sum(Array.from({ length: n }, (_, i) => Math.log2(i + 1)));
  fc.assert(
    fc.property(recipe, (r) => {
      const symbols = build(r);
      const code = encodeSymbols(symbols, r.levels);
      expect(decodeSymbols(code, r.levels, symbols.length)).toEqual(symbols);
      const d = symbols.length;
      const multinomial =
        logFactorial(d) - sum(countsOf(symbols, r.levels).map((count) => logFactorial(count)));
      const ways = logFactorial(d + r.levels - 1) - logFactorial(d) - logFactorial(r.levels - 1);
      expect(8 * code.length).toBeGreaterThanOrEqual(multinomial + ways - 1e-6);
      expect(8 * code.length).toBeLessThanOrEqual(multinomial + ways + 16);
    }),
  );
});

test("any bytes decode to some symbols, also none and too few", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      (bytes, levels) => {
        const symbols = decodeSymbols(bytes, levels, 100);
        expect(symbols.every((symbol) => symbol >= 0 && symbol < levels)).toBe(true);
      },
    ),
  );
});

test("symbols beyond the levels are refused", () => {
  expect(() => encodeSymbols([0, 5], 5)).toThrow(
    "encodeSymbols: symbols[1] is 5: it must be an integer in 0 .. 4",
  );
  expect(() => encodeSymbols([], 0)).toThrow("encodeSymbols: levels is 0");
  expect(() => decodeSymbols(new Uint8Array(), 3, -1)).toThrow("decodeSymbols: count is -1");
});
