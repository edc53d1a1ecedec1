import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { rawKernels } from "../helpers/kernels.js";

// Made by fixtures/philox.py, which shares no code with the kernels.
const { known, cases } = JSON.parse(
  readFileSync(new URL("../fixtures/philox.json", import.meta.url), "utf8"),
) as {
  known: { counter: number[]; key: number[]; block: number[] }[];
  cases: {
    seed: number;
    stream: number;
    start: number;
    uniform: number[];
    uniformSingle: number[];
    normal: number[];
    words: number[];
  }[];
};

const kernels = rawKernels();
const room = kernels.allocate(8 * 1000);

interface Place {
  seed: number;
  stream: number;
  start: number;
}

/** The kernel's numbers; what lies beyond them must stay NaN. */
function fill(name: string, type: "f32" | "f64", n: number, { seed, stream, start }: Place) {
  const x = kernels[type](room, n + 5).fill(Number.NaN);
  kernels.exports[`${name}_${type}`](n, seed % 2 ** 32, seed / 2 ** 32, stream, start, room);
  expect([...x.slice(n)]).toEqual(new Array(5).fill(Number.NaN));
  return [...x.slice(0, n)];
}

test("philox gives the published answers", () => {
  const inlined = rawKernels("kernels.test");
  const words = inlined.allocate(16);
  for (const { counter, key, block } of known) {
    inlined.exports.philoxBlock_f64(...counter, ...key, words);
    expect([...inlined.i32(words, 4)].map((word) => word >>> 0)).toEqual(block);
  }
});

test("uniform numbers equal those of an independent implementation to the bit", () => {
  for (const place of cases) {
    expect(fill("uniform", "f64", 23, place)).toEqual(place.uniform);
    expect(fill("uniform", "f32", 23, place)).toEqual(place.uniformSingle);
  }
});

test("random bits equal those of an independent implementation", () => {
  const fillWords = (n: number, { seed, stream, start }: Place) => {
    const x = kernels.i32(room, n + 5).fill(77);
    kernels.exports.randomBits_f64(n, seed % 2 ** 32, seed / 2 ** 32, stream, start, room);
    expect([...x.slice(n)]).toEqual(new Array(5).fill(77));
    return [...x.slice(0, n)];
  };
  for (const place of cases) {
    const whole = fillWords(23, place);
    expect(whole).toEqual(place.words);
    for (const head of [0, 1, 6]) {
      const tail = fillWords(23 - head, { ...place, start: place.start + head });
      expect([...fillWords(head, place), ...tail]).toEqual(whole);
    }
  }
});

test("normal numbers agree with 40 digits to a few units in the last place", () => {
  for (const place of cases) {
    const normal = fill("normal", "f64", 23, place);
    const worst = Math.max(...normal.map((x, i) => Math.abs(x / place.normal[i] - 1)));
    expect(worst < 2 ** -50).toBe(true);
    expect(fill("normal", "f32", 23, place)).toEqual(normal.map(Math.fround));
  }
});

const place = fc.record({
  seed: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  stream: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  start: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2 ** 50 })),
});

test.each(["uniform_f32", "uniform_f64", "normal_f32", "normal_f64"])(
  "%s filled in pieces equals %s filled at once",
  (kernel) => {
    const [name, type] = kernel.split("_") as [string, "f32" | "f64"];
    fc.assert(
      fc.property(place, fc.nat(20), fc.nat(20), (at, first, second) => {
        const whole = fill(name, type, first + second, at);
        const head = fill(name, type, first, at);
        const tail = fill(name, type, second, { ...at, start: at.start + first });
        expect([...head, ...tail]).toEqual(whole);
      }),
    );
  },
);
