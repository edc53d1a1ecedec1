import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { decodeHex } from "../../src/wasm/decode.js";

afterEach(() => vi.unstubAllGlobals());

test("bytes come back from their digits, by Node's Buffer and by the plain loop", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      expect(Array.from(decodeHex(text))).toEqual(Array.from(bytes));
      vi.stubGlobal("Buffer", undefined);
      expect(Array.from(decodeHex(text))).toEqual(Array.from(bytes));
      vi.unstubAllGlobals();
    }),
  );
});
