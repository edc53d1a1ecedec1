// The polar code, its check and its decoder; C2 and C3 are checks of the specification of PolarAir.
import fc from "fast-check";
import { expect, test } from "vitest";
import { normals, uniform } from "../../lab/random.mjs";
import { crc8, crcBits } from "../../src/codes/crc8.js";
import { ListDecoder } from "../../src/codes/list-decoder.js";
import { PolarCode, polarTransform } from "../../src/codes/polar-code.js";
import "../helpers/seed.js";

const bits = (length: number, next: () => number) =>
  Uint8Array.from({ length }, () => (next() < 0.5 ? 0 : 1));

/** A message of random bits that ends with its check. */
function checkedMessage(length: number, next: () => number): Uint8Array {
  const message = bits(length, next);
  const check = crc8(message, 0, length - crcBits);
  for (let i = 0; i < crcBits; i++) {
    message[length - crcBits + i] = (check >> (crcBits - 1 - i)) & 1;
  }
  return message;
}

test("crc8 is the remainder of a division of polynomials", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 80 }), (message) => {
      let rest = BigInt(`0b0${message.join("")}`) << 8n;
      for (let degree = message.length + 8; degree >= 8; degree--) {
        if ((rest >> BigInt(degree)) & 1n) rest ^= 0b1_1010_0111n << BigInt(degree - 8);
      }
      expect(crc8(Uint8Array.from(message))).toBe(Number(rest));
    }),
  );
});

test("C2: crc8 sees every change of one bit and of two, in words of up to 40 bits", () => {
  for (const length of [14, 18, 40]) {
    const word = checkedMessage(length, uniform(length));
    expect(crc8(word)).toBe(0);
    for (let i = 0; i < length; i++) {
      for (let j = i; j < length; j++) {
        const changed = word.slice();
        changed[i] ^= 1;
        if (j > i) changed[j] ^= 1;
        expect(crc8(changed)).not.toBe(0);
      }
    }
  }
});

test.each([2, 32, 64, 1024])("C2: the polar transform of %d bits is its own inverse", (length) => {
  const word = bits(length, uniform(length));
  const twice = word.slice();
  polarTransform(twice);
  expect(twice).not.toEqual(word);
  polarTransform(twice);
  expect(twice).toEqual(word);
});

test("the polar transform is the Kronecker power of [1 0; 1 1], modulo 2", () => {
  const n = 64;
  const word = bits(n, uniform(1));
  // Entry (i, j) is the product over the digits: 0 only where j has a digit that i has not.
  const expected = Array.from({ length: n }, (_, j) =>
    word.reduce((sum, bit, i) => sum ^ (bit & ((i & j) === j ? 1 : 0)), 0),
  );
  polarTransform(word);
  expect([...word]).toEqual(expected);
});

test("the places of a message are nested, and begin with the last one", () => {
  for (const length of [32, 256]) {
    for (let k = 1; k < length; k++) {
      const few = [...new PolarCode(length, k).messagePlaces];
      const more = new Set(new PolarCode(length, k + 1).messagePlaces);
      expect(few.at(-1)).toBe(length - 1);
      expect(few.filter((place) => !more.has(place))).toEqual([]);
    }
  }
});

/** Sum of the ratios that a codeword is against. */
const against = (word: Uint8Array, ratios: Float64Array) =>
  word.reduce((sum, bit, t) => sum + (ratios[t] < 0 === (bit === 0) ? Math.abs(ratios[t]) : 0), 0);

test("with room for every message, the decoder finds the likeliest of all", () => {
  const code = new PolarCode(32, 6);
  const decoder = new ListDecoder(code, 64);
  const word = new Uint8Array(32);
  fc.assert(
    fc.property(fc.nat(10_000), (seed) => {
      const frozen = bits(32, uniform(seed));
      const ratios = normals(32, seed + 1);
      const all = Array.from({ length: 64 }, (_, m) => {
        code.encode(
          Uint8Array.from({ length: 6 }, (_, i) => (m >> i) & 1),
          frozen,
          word,
        );
        return against(word, ratios);
      });
      const metric = decoder.decode(ratios, frozen, Number.POSITIVE_INFINITY, () => true);
      code.encode(decoder.message, frozen, word);
      expect(Math.abs(metric - Math.min(...all)) < 1e-12).toBe(true);
      expect(Math.abs(metric - against(word, ratios)) < 1e-12).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("the decoder's metric is what its codeword is against, whatever the list", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 3, 12, 16, 50),
      fc.constantFrom([32, 18], [64, 18], [64, 60], [128, 30]),
      fc.nat(10_000),
      (listSize, [length, messageBits], seed) => {
        const code = new PolarCode(length, messageBits);
        const decoder = new ListDecoder(code, listSize);
        const frozen = bits(length, uniform(seed));
        const ratios = normals(length, seed + 1);
        const metric = decoder.decode(ratios, frozen, Number.POSITIVE_INFINITY, () => true);
        const word = new Uint8Array(length);
        code.encode(decoder.message, frozen, word);
        expect(Math.abs(metric - against(word, ratios)) < 1e-10).toBe(true);
        // The scale of the ratios does not matter, and nothing is left of the word before.
        const message = decoder.message.slice();
        const scaled = ratios.map((ratio) => 8 * ratio);
        expect(decoder.decode(scaled, frozen, Number.POSITIVE_INFINITY, () => true)).toBe(
          8 * metric,
        );
        expect(decoder.message).toEqual(message);
      },
    ),
    { numRuns: 60 },
  );
});

test("a limit ends the paths beyond it and changes nothing else", () => {
  const code = new PolarCode(64, 18);
  const decoder = new ListDecoder(code, 12);
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0.5, max: 1.5, noNaN: true }), (seed, share) => {
      const frozen = bits(64, uniform(seed));
      const ratios = normals(64, seed + 1);
      // Some paths only: the last accepted one need not be the best.
      const accepts = (message: Uint8Array) => crc8(message) % 4 === 0;
      const metric = decoder.decode(ratios, frozen, Number.POSITIVE_INFINITY, accepts);
      const message = decoder.message.slice();
      const limit = Number.isFinite(metric) ? share * metric : 5;
      const limited = decoder.decode(ratios, frozen, limit, accepts);
      expect(limited).toBe(metric <= limit ? metric : Number.POSITIVE_INFINITY);
      if (limited === metric && Number.isFinite(metric)) expect(decoder.message).toEqual(message);
    }),
    { numRuns: 200 },
  );
});

test("no path is accepted: Infinity", () => {
  const decoder = new ListDecoder(new PolarCode(32, 14), 4);
  const ratios = new Float64Array(32).fill(1);
  expect(decoder.decode(ratios, new Uint8Array(32), 9, () => false)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [0, 0.06],
  [1, 0.02],
  [2, 0.005],
  [3, 0.003],
])("C3: at %d dB a share of at most %d of the words is wrong", (decibels, bound) => {
  const code = new PolarCode(32, 14);
  const decoder = new ListDecoder(code, 16);
  const next = uniform(decibels + 1);
  const sigma = 10 ** (-decibels / 20);
  const words = 2000;
  const noise = normals(32 * words, decibels + 1);
  const word = new Uint8Array(32);
  let wrong = 0;
  for (let i = 0; i < words; i++) {
    const frozen = bits(32, next);
    const message = checkedMessage(14, next);
    code.encode(message, frozen, word);
    const ratios = Float64Array.from(word, (bit, t) => 1 - 2 * bit + sigma * noise[32 * i + t]);
    const metric = decoder.decode(
      ratios,
      frozen,
      Number.POSITIVE_INFINITY,
      (found) => crc8(found) === 0,
    );
    if (!Number.isFinite(metric) || message.some((bit, j) => bit !== decoder.message[j])) wrong++;
  }
  expect(wrong / words <= bound, `${wrong} of ${words}`).toBe(true);
});
