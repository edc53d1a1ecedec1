import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "../../src/formats/errors.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import {
  fromFloat32,
  type StoredTensor,
  sizeOf,
  type TensorType,
  tensorTypes,
  toFloat32,
  toFloat64,
} from "../../src/formats/stored-tensor.js";

// Written by Hugging Face's library: test/fixtures/make_safetensors.py.
const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/safetensors.json", import.meta.url), "utf8"),
) as {
  files: Record<string, string>;
  values: Record<string, Record<string, number[]>>;
  rounded: { singles: number[]; F16: number[]; BF16: number[] };
};
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));

/** A file whose header is `header`, text as it is, and which has `data` zero bytes after it. */
function fileWith(header: string | object, data: number): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const f32 = (shape: number[], ...offsets: number[]) => ({
  dtype: "F32",
  shape,
  data_offsets: offsets,
});

/** Any tensor of any type, NaNs and all. */
const tensor = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(tensorTypes) as TensorType[])),
    shape: fc.array(fc.nat(4), { maxLength: 3 }),
  })
  .chain(({ dtype, shape }) => {
    const length = sizeOf(shape) * tensorTypes[dtype];
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((bytes): StoredTensor => ({ dtype, shape, bytes: bytes.slice() }));
  });
const name = fc.string({ unit: "binary", maxLength: 8 }).filter((text) => text !== "__metadata__");

test.each(Object.keys(fixtures.values))("decodeSafetensors reads what Python wrote: %s", (file) => {
  const { tensors } = decodeSafetensors(bytesOf(fixtures.files[file]));
  for (const [tensorName, values] of Object.entries(fixtures.values[file])) {
    const read = tensors.get(tensorName)!;
    expect(Array.from(toFloat64(read, tensorName, file))).toEqual(values);
    if (/F|B/.test(read.dtype)) {
      expect(toFloat32(read, tensorName, file)).toEqual(Float32Array.from(values));
    }
  }
});

test.each(Object.keys(fixtures.files))("encodeSafetensors writes Python's bytes: %s", (file) => {
  const bytes = bytesOf(fixtures.files[file]);
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(encodeSafetensors([...tensors].reverse(), metadata)).toEqual(bytes);
});

test("decodeSafetensors gives back what encodeSafetensors was given, at any offset", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 }),
      fc.array(fc.tuple(name, fc.string({ unit: "binary" })), { maxLength: 2 }),
      fc.nat(7),
      (tensors, metadata, offset) => {
        const file = encodeSafetensors(tensors, metadata);
        const shifted = new Uint8Array(file.length + offset);
        shifted.set(file, offset);
        const read = decodeSafetensors(shifted.subarray(offset));
        expect(read.tensors.size).toBe(tensors.length);
        for (const [key, { dtype, shape, bytes }] of tensors) {
          const { bytes: found, ...rest } = read.tensors.get(key)!;
          expect(rest).toEqual({ dtype, shape });
          expect(Buffer.compare(found, bytes)).toBe(0);
        }
        expect(read.metadata).toEqual(new Map(metadata));
      },
    ),
  );
});

test("whatever bit of the header is changed, the tensors' bytes are read as they lie, or refused", () => {
  const original = encodeSafetensors(
    [
      ["a.weight", fromFloat32([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))],
      ["b", fromFloat32([], Float32Array.of(7))],
    ],
    [["format", "pt"]],
  );
  const dataStart = original.length - 28;
  const whole = original.subarray(dataStart);
  let refused = 0;
  for (let at = 0; at < dataStart; at++) {
    for (let flip = 1; flip < 256; flip *= 2) {
      const changed = original.slice();
      changed[at] ^= flip;
      try {
        // Another name, type of the same size or metadata may be read: nothing in the file tells.
        const { tensors } = decodeSafetensors(changed);
        const pieces = [...tensors.values()].map(({ bytes }) => bytes);
        expect(Buffer.compare(Buffer.concat(pieces), whole)).toBe(0);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        refused++;
      }
    }
  }
  expect(refused / (dataStart * 8)).toBeGreaterThan(0.5);
});

test("a file cut anywhere is refused by name", () => {
  const file = bytesOf(fixtures.files.floats);
  for (let length = 0; length < file.length; length++) {
    expect(() => decodeSafetensors(file.subarray(0, length), "cut")).toThrow(FormatError);
  }
});

test.each<[string, Uint8Array, string]>([
  ["an empty file", new Uint8Array(0), "0 bytes"],
  ["a text file", new TextEncoder().encode("1,2,3\n4,5,6\n"), "not a safetensors file"],
  ["a header of 2^64 - 1 bytes", new Uint8Array(16).fill(255, 0, 8), "18446744073709551615"],
  ["a header of 2^53 bytes", fileWith({}, 0).fill(32, 6, 7).fill(0, 0, 6), "9007199254740992"],
  ["a header above 100 MB", fileWith({}, 0).fill(8, 3, 4), "at most 100000000"],
  ["a header beyond the end", fileWith({}, 0).fill(9, 0, 1), "the file is truncated"],
  ["an array as header", fileWith("[1]", 0), 'must start with "{"'],
  ["what is not JSON", fileWith("{nothing", 0), "it is not valid JSON at line 1, column 2"],
  ["invalid UTF-8", fileWith("{}  ", 0).fill(0xff, 10, 11), "invalid UTF-8"],
  ["text after the JSON", fileWith("{} x", 0), "it is not valid JSON"],
  ["JSON that is deep", fileWith(`{"a":${"[".repeat(200_000)}`, 0), "nested deeper than 128"],
  [
    "valid JSON that is deep",
    fileWith(`{"a":${"[".repeat(9_000)}${"]".repeat(9_000)}}`, 0),
    "nested deeper than 128",
  ],
  [
    "a deep shape",
    fileWith(`{"a":{"dtype":"F32","shape":${"[".repeat(99)}${"]".repeat(99)}}}`, 0),
    "shape is [[[",
  ],
  [
    "400,000 sizes",
    fileWith({ a: f32(Array(400_000).fill(1), 0, 8) }, 8),
    "shape (1, 1, 1, 1, 1, 1, 1, 1, …) of F32 must have 4",
  ],
  ["sizes beyond 2^53 with a 0", fileWith({ a: f32([2 ** 52, 2 ** 52, 3], 0, 0) }, 0), "overflows"],
  ["a header of no bytes", new Uint8Array(8), "the header is empty"],
  [
    "a pointer of Git LFS",
    new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
    "git lfs pull",
  ],
  [
    "an archive of PyTorch",
    new TextEncoder().encode(`PK\x03\x04\0\0\0\0${"\0".repeat(22)}archive/data.pkl`),
    "it is a file of PyTorch",
  ],
  ["a web page", new TextEncoder().encode("<!DOCTYPE html>\n<html>"), "it is a web page"],
  ["a tensor twice", fileWith('{"a":{},"b":{},"\\u0061":{}}', 0), 'the key "a" appears twice'],
  ["a key twice", fileWith('{"a":{"shape":[],"shape":[]}}', 0), 'key "shape" appears twice'],
  ["metadata that is no object", fileWith({ __metadata__: [] }, 0), "__metadata__ is an array"],
  ["metadata that is no text", fileWith({ __metadata__: { a: 1 } }, 0), "it must be a text"],
  ["a tensor that is no object", fileWith({ a: 1 }, 0), 'tensor "a": it is described by'],
  ["an unknown key", fileWith({ a: { ...f32([0], 0, 0), x: 1 } }, 0), 'the key "x" is unknown'],
  ["no dtype", fileWith({ a: { shape: [], data_offsets: [0, 4] } }, 4), "dtype is missing"],
  ["an unknown dtype", fileWith({ a: { ...f32([], 0, 4), dtype: "F31" } }, 4), '"F31"'],
  ["an inherited dtype", fileWith({ a: { ...f32([], 0, 4), dtype: "valueOf" } }, 4), "dtype is"],
  ["no shape", fileWith({ a: { dtype: "F32", data_offsets: [0, 4] } }, 4), "shape is missing"],
  ["a negative size", fileWith({ a: f32([-1, -1], 0, 4) }, 4), "shape is [-1,-1]"],
  ["a fraction as size", fileWith({ a: f32([0.5], 0, 2) }, 2), "shape is [0.5]"],
  ["sizes that overflow", fileWith({ a: f32([2 ** 52, 2 ** 52], 0, 4) }, 4), "overflows"],
  ["a size of 2^53", fileWith({ a: f32([2 ** 53], 0, 4) }, 4), "shape is [9007199254740992]"],
  ["one offset", fileWith({ a: f32([1], 0) }, 4), "data_offsets is [0]"],
  ["a negative offset", fileWith({ a: f32([2], -4, 4) }, 8), "data_offsets is [-4,4]"],
  ["an offset of 2^53", fileWith({ a: f32([1], 0, 2 ** 53) }, 4), "[0,9007199254740992]"],
  ["a fraction as offset", fileWith({ a: f32([1], 0.5, 4.5) }, 8), "[0.5,4.5]"],
  [
    "an offset of text",
    fileWith('{"a":{"dtype":"F32","shape":[1],"data_offsets":["0","4"]}}', 4),
    '["0","4"]',
  ],
  ["an end before the start", fileWith({ a: f32([1], 8, 4) }, 8), "the end is before the start"],
  ["a size that does not fit", fileWith({ a: f32([3], 0, 8) }, 8), "must have 12"],
  ["an end out of range", fileWith({ a: f32([3], 0, 12) }, 8), "has 8 bytes of data"],
  ["overlap", fileWith({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), 'overlaps tensor "a"'],
  ["a shared place", fileWith({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4), "overlaps"],
  ["a hole", fileWith({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), "belong to no tensor"],
  ["a hole at the start", fileWith({ a: f32([1], 4, 8) }, 8), "belong to no tensor"],
  ["bytes after the end", fileWith({ a: f32([1], 0, 4) }, 5), "bytes after its end"],
])("decodeSafetensors refuses %s with one line that says so", (_, bytes, reason) => {
  expect(() => decodeSafetensors(bytes, "m.safetensors")).toThrow(FormatError);
  expect(() => decodeSafetensors(bytes, "m.safetensors")).toThrow(reason);
  expect(() => decodeSafetensors(bytes, "m.safetensors")).toThrow(/^m\.safetensors: [^\n]{1,300}$/);
});

// Every type that safetensors 0.8 knows and nothing here computes with.
test.each([
  ["F4", 4],
  ["F6_E2M3", 6],
  ["F6_E3M2", 6],
  ["F8_E5M2", 8],
  ["F8_E4M3", 8],
  ["F8_E8M0", 8],
  ["F8_E4M3FNUZ", 8],
  ["F8_E5M2FNUZ", 8],
  ["C64", 64],
])("decodeSafetensors names the type %s and the way out", (dtype, bits) => {
  const file = fileWith({ w: { dtype, shape: [8], data_offsets: [0, bits] } }, bits);
  expect(() => decodeSafetensors(file, "m")).toThrow(
    `m: tensor "w": its type ${dtype} is not read: convert the file to F16 or F32`,
  );
});

test("metadata of null is none, as the original has it", () => {
  expect(decodeSafetensors(fileWith({ __metadata__: null }, 0)).metadata.size).toBe(0);
});

test("a header of 20 MB is read", () => {
  const pad = " ".repeat(20_000_000);
  expect(decodeSafetensors(fileWith(`{${pad}}`, 0)).tensors.size).toBe(0);
});

test("encodeSafetensors refuses bytes that do not fit and names used twice", () => {
  const one = fromFloat32([1], Float32Array.of(1));
  expect(() => encodeSafetensors([["a", { ...one, shape: [2] }]])).toThrow(RangeError);
  expect(() => encodeSafetensors([["__metadata__", one]])).toThrow("__metadata__");
  const twice: [string, StoredTensor][] = [
    ["a", one],
    ["a", one],
  ];
  expect(() => encodeSafetensors(twice)).toThrow('tensor "a"');
});

test("fromFloat32 rounds to 16 bits as PyTorch does", () => {
  const { singles, ...expected } = fixtures.rounded;
  const data = Float32Array.from(singles);
  for (const dtype of ["F16", "BF16"] as const) {
    const { bytes } = fromFloat32([data.length], data, dtype);
    expect(Array.from(new Int16Array(bytes.slice().buffer))).toEqual(expected[dtype]);
  }
});

test.each(["F16", "BF16"] as const)("every %s number survives the way to f32 and back", (dtype) => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const stored = { dtype, shape: [65536], bytes: new Uint8Array(all.buffer) };
  const data = toFloat32(stored, "all", "test");
  const back = new Uint16Array(fromFloat32([65536], data, dtype).bytes.slice().buffer);
  const wrong = all.filter((bits, i) => back[i] !== bits && !Number.isNaN(data[i]));
  expect(Array.from(wrong)).toEqual([]);
  const nans = all.filter((_, i) => Number.isNaN(data[i]));
  expect(nans).toHaveLength(dtype === "F16" ? 2 * 1023 : 2 * 127);
});

test("numbers are read in place where they lie aligned", () => {
  const file = encodeSafetensors([["a", fromFloat32([2], Float32Array.of(1, 2))]]);
  const { tensors } = decodeSafetensors(file);
  expect(toFloat32(tensors.get("a")!, "a", "test").buffer).toBe(file.buffer);
});

test("what is no float, or no safe integer, is refused by name", () => {
  const wide: StoredTensor = {
    dtype: "I64",
    shape: [1],
    bytes: new Uint8Array(BigInt64Array.of(2n ** 53n).buffer),
  };
  expect(() => toFloat32(wide, "ids", "m.safetensors")).toThrow(
    'm.safetensors: tensor "ids" has the type I64',
  );
  expect(() => toFloat64(wide, "ids", "m.safetensors")).toThrow("beyond 2^53");
});
