import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { gunzip, unpackBrotli } from "../../src/files/unpack.js";
import { FormatError } from "../../src/formats/errors.js";

const text = "ann,Alien,5\n".repeat(50);
const packed = gzipSync(text);
const read = (...pieces: Uint8Array[]) => Buffer.from(gunzip(Buffer.concat(pieces), "a.gz"));

test("members behind each other, and zeros for padding, are read as gzip reads them", () => {
  expect(read(packed).toString()).toBe(text);
  expect(read(packed, gzipSync("bob,Brazil,4\n"), packed).toString()).toBe(
    `${text}bob,Brazil,4\n${text}`,
  );
  expect(read(packed, Buffer.alloc(600)).toString()).toBe(text);
});

test.each([
  ["cut in its data", [packed.subarray(0, -12)], "the gzip file is broken: it is cut off"],
  ["cut in its header", [packed.subarray(0, 6)], "the gzip file is broken: it is cut off"],
  ["with a second member that is cut", [packed, packed.subarray(0, 30)], "it is cut off"],
  ["with other bytes behind it", [packed, Buffer.from("and more")], "the gzip file is broken:"],
  ["with a wrong checksum", [new Uint8Array(packed).fill(1, -8, -4)], "incorrect data check"],
  ["that holds a gzip file", [gzipSync(packed)], "holds a gzip file: unpack it once"],
])("a gzip file %s is refused in one line", (_, pieces, said) => {
  expect(() => read(...pieces)).toThrow(FormatError);
  expect(() => read(...pieces)).toThrow(/^a\.gz: [^\n]*$/);
  expect(() => read(...pieces)).toThrow(said);
});

test("what unpacks to far more than its size is refused, and what is merely dense is not", () => {
  expect(read(gzipSync(Buffer.alloc(64 * 2 ** 20))).length).toBe(64 * 2 ** 20);
  const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20 + 1));
  expect(() => read(bomb)).toThrow(
    /^a\.gz: unpacked, the gzip file has more than 67108864 bytes, more than \d+ times its size: unpack/,
  );
});

test("a Brotli file is unpacked, and one that is damaged or cut is refused in one line", () => {
  const brotli = brotliCompressSync(text);
  const unpacked = unpackBrotli(brotli, "a.br");
  expect(Buffer.from(unpacked).toString()).toBe(text);
  expect(() => unpackBrotli(brotli.subarray(0, -3), "a.br")).toThrow(
    /^a\.br: the Brotli file is broken: it is cut off$/,
  );
  expect(() => unpackBrotli(Buffer.from(text), "a.br")).toThrow(
    /^a\.br: the Brotli file is broken: /,
  );
  const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  const bomb = brotliCompressSync(Buffer.alloc(64 * 2 ** 20 + 1), fast);
  expect(() => unpackBrotli(bomb, "a.br")).toThrow("more than 67108864 bytes");
});
