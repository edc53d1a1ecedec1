import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "../../src/formats/errors.js";
import { decodeNpy, encodeNpy } from "../../src/formats/npy.js";

// Written by NumPy: test/fixtures/make_npy.py.
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/npy.json", import.meta.url), "utf8"),
) as {
  read: { name: string; file: string; shape: number[]; values: number[]; dtype: string }[];
  refused: { name: string; file: string; reason: string }[];
};
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

/** A file with the given header, or a field of the usual one replaced, and `data` zero bytes. */
function fileWith(
  fields: { descr?: string; order?: string; shape?: string; header?: string },
  data = 16,
): Uint8Array {
  const { descr = "'<f8'", order = "False", shape = "(2,)" } = fields;
  const header =
    fields.header ?? `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const bytes = new Uint8Array(10 + header.length + data);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  return bytes;
}

test.each(fixtures.read)("decodeNpy reads what NumPy wrote: $name", (fixture) => {
  const { shape, data } = decodeNpy(bytesOf(fixture.file));
  expect(shape).toEqual(fixture.shape);
  expect(data).toBeInstanceOf(fixture.dtype === "f32" ? Float32Array : Float64Array);
  expect(Array.from(data)).toEqual(fixture.values);
});

test.each(fixtures.refused)("decodeNpy refuses what it cannot hold: $name", (fixture) => {
  expect(() => decodeNpy(bytesOf(fixture.file), "A.npy")).toThrow(FormatError);
  expect(() => decodeNpy(bytesOf(fixture.file), "A.npy")).toThrow(
    new RegExp(`^A\\.npy: .*${fixture.reason}`),
  );
});

test("decodeNpy gives back what encodeNpy was given, bit for bit", () => {
  const entries = fc.oneof(fc.float64Array({ maxLength: 60 }), fc.float32Array({ maxLength: 60 }));
  fc.assert(
    fc.property(entries, fc.boolean(), (array, matrix) => {
      const data = array.slice() as Float64Array<ArrayBuffer>;
      const shape = matrix && data.length % 2 === 0 ? [data.length / 2, 2] : [data.length];
      const file = encodeNpy({ shape, data });
      // At an odd offset inside of a larger buffer, as a slice of a read file may lie.
      const shifted = new Uint8Array(file.length + 1);
      shifted.set(file, 1);
      expect(decodeNpy(shifted.subarray(1))).toEqual({ shape, data });
    }),
  );
});

test("encodeNpy writes the bytes that NumPy writes", () => {
  const matrix = fixtures.read.find(({ name }) => name === "<f8")!;
  const vector = fixtures.read.find(({ name }) => name === "a vector")!;
  for (const { file, shape, values } of [matrix, vector]) {
    expect(encodeNpy({ shape, data: Float64Array.from(values) })).toEqual(bytesOf(file));
  }
});

test("encodeNpy refuses a shape that does not fit", () => {
  const data = new Float64Array(6);
  expect(() => encodeNpy({ shape: [2, 2], data })).toThrow(RangeError);
  expect(() => encodeNpy({ shape: [-2, -3], data })).toThrow("encodeNpy: shape is (-2, -3)");
  expect(() => encodeNpy({ shape: [1.5, 4], data })).toThrow(RangeError);
});

test.each([
  ["no magic", new Uint8Array(200), "must start with"],
  ["a text file", new TextEncoder().encode("1,2,3\n"), "must start with"],
  ["an empty file", new Uint8Array(0), "must start with"],
  ["an unknown version", fileWith({}).fill(9, 6, 7), "version 9.0"],
  ["a header beyond the end", fileWith({}).fill(255, 8, 10), "truncated"],
  ["no dictionary", fileWith({ header: "[1, 2]\n" }), "not a dictionary"],
  ["code in the header", fileWith({ shape: "__import__('os')" }), "cannot be read at"],
  ["a missing key", fileWith({ header: "{'descr': '<f8', 'shape': (2,)}" }), "must be descr"],
  ["a key too many", fileWith({ order: "False, 'extra': True" }), "must be descr"],
  ["a key twice", fileWith({ order: "False, 'shape': (2,)" }), "cannot be read at"],
  ["an order that is no boolean", fileWith({ order: "'C'" }), "must be True or False"],
  ["a descr that is not a string", fileWith({ descr: "True" }), "must be a dtype"],
  ["a dtype that nobody knows", fileWith({ descr: "'<x8'" }), "is not supported"],
  ["an inherited name as dtype", fileWith({ descr: "'<constructor'" }), "dtype"],
  ["a negative size", fileWith({ shape: "(-2,)" }), "tuple of integers >= 0"],
  ["a fraction as size", fileWith({ shape: "(2.0,)" }), "tuple of integers >= 0"],
  ["a size that is no tuple", fileWith({ shape: "(2)" }), "tuple of integers >= 0"],
  ["a size beyond 2^53", fileWith({ shape: "(99999999999999999999,)" }), "overflows"],
  ["sizes whose product overflows", fileWith({ shape: "(4294967296, 4294967296)" }), "truncated"],
  ["a size that begins with 0", fileWith({ shape: "(02,)" }), "tuple of integers >= 0"],
  ["a comma alone", fileWith({ shape: "(,)" }), "tuple of integers >= 0"],
  ["a dtype with a blank", fileWith({ descr: "'<f 8'" }), "is not supported"],
  ["a size with another letter", fileWith({ shape: "(2l,)" }), "tuple of integers >= 0"],
  ["sizes that NumPy itself printed", fileWith({ shape: "(np.int64(2),)" }), "cannot be read at"],
  ["a header above NumPy's limit", fileWith({ shape: `(2,${" ".repeat(10_000)})` }), "10000"],
  ["400 dimensions", fileWith({ shape: `(${"2, ".repeat(400)})` }), "(2, 2, 2, 2, 2, 2, 2, 2, …)"],
  ["a JSON array", new TextEncoder().encode('[{"a":1}]'), "it is a JSON array"],
  ["a pointer of Git LFS", new TextEncoder().encode("version https://git-lfs"), "git lfs pull"],
  ["truncated data", fileWith({}, 15), "15 bytes of data, and shape (2) of <f8 must have 16"],
  ["no data", fileWith({}, 0), "truncated"],
  ["bytes after the end", fileWith({}, 17), "has bytes after its end"],
])("decodeNpy refuses %s with one line that says so", (_, bytes, reason) => {
  expect(() => decodeNpy(bytes, "A.npy")).toThrow(FormatError);
  expect(() => decodeNpy(bytes, "A.npy")).toThrow(reason);
  expect(() => decodeNpy(bytes, "A.npy")).toThrow(/^A\.npy: [^\n]{1,300}$/);
});

test.each([
  ["(9007199254740991, 0)", "True"],
  ["(0, 9007199254740991)", "True"],
  ["(9007199254740991, 0)", "False"],
])("an empty array of shape %s takes no time and no memory", (shape, order) => {
  const { data } = decodeNpy(fileWith({ shape, order }, 0));
  expect(data).toHaveLength(0);
});

test("integers cost no more memory than they take as doubles", () => {
  const entries = 2_000_000;
  const bytes = fileWith({ descr: "'|u1'", shape: `(${entries},)` }, entries);
  const before = process.memoryUsage().heapUsed;
  const { data } = decodeNpy(bytes);
  expect(data).toHaveLength(entries);
  // Typed arrays lie outside of the heap: an object an entry would be tens of megabytes in it.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10e6);
});

test("decodeNpy reads or refuses by name whatever single byte is changed", () => {
  const file = encodeNpy({ shape: [2, 3], data: Float64Array.from([1, 2, 3, 4, 5, 6]) });
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = file.slice();
      changed[at] ^= flip;
      try {
        decodeNpy(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
    { numRuns: 2000 },
  );
});
