import fc from "fast-check";
import { expect, test } from "vitest";
import { textOf } from "../../scripts/text-of-bytes.mjs";
import { decodeText } from "../../src/wasm/decode.js";

test("bytes come back from their text", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(decodeText(textOf(all))).toEqual(all);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(decodeText(textOf(bytes))).toEqual(bytes);
    }),
  );
});

test("a text stands between any quotes, and in a page, as it is", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(textOf(all)).toMatch(/^[ -~]+$/);
  expect(textOf(all)).not.toMatch(/["'`$\\<]/);
});
