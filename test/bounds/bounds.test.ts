import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  boundedRange,
  catoni,
  type Evidence,
  klInverse,
  mcallester,
  occam,
  smoothedRange,
} from "../../src/bounds.js";

const bits = (count: number) => count * Math.LN2;
const bounds = { catoni, klInverse, occam, mcallester };
const each = Object.entries(bounds);

/**
 * Error, nats, samples; Catoni, Occam, kl-inverse. The first four are results that the authors of Lotfi,
 * Finzi et al. (2022) stored: their error, and their prefix length less the 2 bits that they take off.
 */
const golden: [number, number, number, number, number, number][] = [
  [0.4507, bits(4654.3548), 50_000, 0.62863, 0.6304, 0.62817],
  [0.3216, bits(8258.0148), 50_000, 0.55965, 0.56091, 0.55928],
  [0.32636, bits(8281.0228), 50_000, 0.56483, 0.566, 0.56446],
  [0.28522, bits(11571.9905), 50_000, 0.56583, 0.56849, 0.56552],
  [0.05, bits(200), 10_000, 0.099526, 0.13415, 0.096297],
  [0, bits(500), 60_000, 0.006201, 0.053973, 0.005912],
  [0.289307, 1724, 30_000, 0.45602, 0.458963, 0.455158],
  [0.008, bits(1072), 10_000, 0.100562, 0.201138, 0.098816],
];

test.each(golden)(
  "error %s with %s nats over %s samples gives the published bounds (A3)",
  (error, nats, samples, ofCatoni, ofOccam, ofKl) => {
    const evidence = { error, nats, samples };
    expect(Math.abs(catoni(evidence) - ofCatoni)).toBeLessThan(2e-5);
    expect(Math.abs(occam(evidence) - ofOccam)).toBeLessThan(2e-5);
    expect(Math.abs(klInverse(evidence) - ofKl)).toBeLessThan(2e-5);
    const plain = error + Math.sqrt((nats + Math.log(samples / 0.05)) / (2 * samples - 1));
    expect(Math.abs(mcallester(evidence) - plain)).toBeLessThan(1e-12);
  },
);

const evidence = fc.record({
  error: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 5e-324)),
  nats: fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.constantFrom(0, 1e300)),
  samples: fc.oneof(fc.integer({ min: 1, max: 1e7 }), fc.constantFrom(1, Number.MAX_SAFE_INTEGER)),
  delta: fc.double({ min: 1e-9, max: 0.999, noNaN: true }),
});

describe.each(each)("%s", (name, bound) => {
  test("lies between the error and 1, and is infinite or NaN for nothing", () => {
    fc.assert(
      fc.property(evidence, (e) => {
        // Catoni's is below the error by a rounding where both are 1.
        expect(bound(e)).toBeGreaterThanOrEqual(e.error * (1 - 1e-9));
        expect(bound(e)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("grows with the error and with the code, and falls with samples and delta", () => {
    fc.assert(
      fc.property(evidence, (e) => {
        const base = bound(e) * (1 + 1e-9) + 1e-12;
        const easier: Evidence[] = [
          { ...e, error: e.error / 2 },
          { ...e, nats: e.nats / 2 },
          { ...e, samples: Math.min(2 * e.samples, Number.MAX_SAFE_INTEGER) },
          { ...e, delta: (e.delta + 1) / 2 },
        ];
        // (ln n) / n falls from n = 3 on only.
        const few = e.samples < 8;
        for (const [i, less] of easier.entries()) {
          if (!(few && i === 2)) expect(bound(less)).toBeLessThanOrEqual(base);
        }
      }),
    );
  });

  test("takes delta = 0.05 where it is left out", () => {
    const e = { error: 0.1, nats: 100, samples: 5000 };
    expect(bound(e)).toBe(bound({ ...e, delta: 0.05 }));
    expect(bound(e)).not.toBe(bound({ ...e, delta: 0.04 }));
  });

  test("names what it refuses", () => {
    const right = { error: 0.1, nats: 100, samples: 5000 };
    const wrong: [object, string][] = [
      [{ error: 1.1 }, "error is 1.1: it must be in [0, 1]"],
      [{ error: Number.NaN }, "error is NaN: it must be in [0, 1]"],
      [{ nats: -1 }, "nats is -1: it must be a finite number >= 0"],
      [{ samples: 0 }, "samples is 0: it must be an integer >= 1"],
      [{ samples: 2.5 }, "samples is 2.5: it must be an integer >= 1"],
      [{ delta: 0 }, "delta is 0: it must be between 0 and 1"],
      [{ delta: 1 }, "delta is 1: it must be between 0 and 1"],
      [{ nats: undefined }, "nats is undefined: it must be a finite number >= 0"],
    ];
    for (const [change, message] of wrong) {
      expect(() => bound({ ...right, ...change })).toThrow(`${name}: ${message}`);
    }
  });
});

test("Catoni's bound is the smallest over its parameter, to a part in 10^7", () => {
  const [error, nats, n, delta, alpha] = [0.05, bits(200), 10_000, 0.05, 1e-4];
  let best = 1;
  for (let g = 0; g < 4 + Math.log(n); g += 1e-4) {
    const gamma = Math.exp(g);
    const union = 2 * Math.log(2 + g / Math.log1p(alpha));
    const q = error + ((1 + alpha) / gamma) * (nats - Math.log(delta) + union);
    best = Math.min(best, Math.expm1((-gamma * q) / n) / Math.expm1(-gamma / n));
  }
  expect(Math.abs(catoni({ error, nats, samples: n }) - best)).toBeLessThan(1e-7);
});

test("klInverse returns the R at which the divergence reaches its limit", () => {
  fc.assert(
    fc.property(evidence, (e) => {
      const R = klInverse(e);
      const limit = (e.nats + Math.log((2 * Math.sqrt(e.samples)) / e.delta)) / e.samples;
      const term = (p: number, q: number) => (p === 0 ? 0 : p * Math.log(p / q));
      const kl = (q: number) => term(e.error, q) + term(1 - e.error, 1 - q);
      if (R < 1 - 1e-9) expect(kl(R)).toBeGreaterThanOrEqual(limit * (1 - 1e-9) - 1e-15);
      if (R > e.error + 1e-9) {
        const inside = R - 1e-9 * (R - e.error);
        expect(kl(inside)).toBeLessThanOrEqual(limit * (1 + 1e-9));
      }
    }),
  );
});

describe("boundedRange", () => {
  const model = { loss: 7.5, nats: bits(50_000), samples: 9_000_000 };

  test("gives SubLoRA's value for a language model", () => {
    const range = smoothedRange(50_257, 0.1);
    expect(Math.abs(range - 18.786965)).toBeLessThan(1e-6);
    const subsampled = boundedRange({ ...model, range, evaluated: 10_000 });
    expect(Math.abs(subsampled - 8.55445)).toBeLessThan(1e-5);
  });

  test("is Occam's bound where the range is 1 and all was evaluated", () => {
    const { nats, samples } = model;
    expect(boundedRange({ loss: 0.2, range: 1, nats, samples })).toBeCloseTo(
      occam({ error: 0.2, nats, samples }),
      12,
    );
  });

  test("pays for what was not evaluated, the less the more was", () => {
    const at = (evaluated?: number) =>
      boundedRange({ ...model, range: 1, ...(evaluated ? { evaluated } : {}) });
    const sizes = [100, 10_000, 1_000_000].map(at);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes[2]).toBeGreaterThan(at());
  });

  test("names what it refuses", () => {
    const right = { ...model, range: 1 };
    expect(() => boundedRange({ ...right, evaluated: 1e7 })).toThrow(
      "boundedRange: evaluated is 10000000 and samples is 9000000: no more can be evaluated",
    );
    expect(() => boundedRange({ ...right, range: 0 })).toThrow("boundedRange: range is 0");
    expect(() => boundedRange({ ...right, loss: Number.NaN })).toThrow("boundedRange: loss is NaN");
    expect(() => smoothedRange(0, 0.1)).toThrow("smoothedRange: vocabulary is 0");
    expect(() => smoothedRange(10, 0)).toThrow("smoothedRange: alpha is 0");
  });
});
