import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32 } from "../../src/formats/checksum.js";

const bytes = fc.uint8Array({ maxLength: 300 });

test("crc32 gives the standard's check value", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test("crc32 agrees with zlib", () => {
  fc.assert(
    fc.property(bytes, (b) => {
      expect(crc32(b)).toBe(zlibCrc32(b));
    }),
  );
});

test("crc32 of two pieces, one after the other, is that of the whole", () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(crc32(b, crc32(a))).toBe(crc32(Uint8Array.from([...a, ...b])));
    }),
  );
});

test("crc32 changes with every change of one byte", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (b, at, flip) => {
        const before = crc32(b);
        b[at % b.length] ^= flip;
        expect(crc32(b)).not.toBe(before);
      },
    ),
  );
});
