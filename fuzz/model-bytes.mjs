// Model files of any kind from trees: magic, version, fields, and a length and a checksum that fit.
import { crc32 } from "../build/fuzz/sources.mjs";
import { join } from "./mutate.mjs";

/** The file of a tree with `magic`, `version`, `length` (undefined where it fits) and `fields`. */
export function encodeModelFile(tree) {
  const { magic, version, length, fields } = Object(tree);
  const body = join(...(Array.isArray(fields) ? fields : []).map(encodeField));
  const file = join(bytesOf(String(magic)), u32(version), u32(0), body, u32(0));
  const size = length === undefined ? file.length : Number(length);
  if (file.length >= 16) new DataView(file.buffer).setUint32(12, size, true);
  return sealed(file);
}

/** Mostly with a length that fits, too: what is behind these two is what is tried. */
export function sealModelFile(bytes, random) {
  const file = bytes.slice();
  if (random.chance(0.05)) return file;
  if (file.length >= 16) new DataView(file.buffer).setUint32(12, file.length, true);
  return sealed(file);
}

/** Ids with a letter, in increasing order, some of them beyond ASCII. */
export function specimenIds(random, letter, count) {
  const names = Array.from(
    { length: count },
    (_, i) => `${letter}${i}${random.pick(["", "é", "映"])}`,
  );
  return [...new Set(names)].sort();
}

function encodeField(field) {
  if (!Array.isArray(field)) return new Uint8Array(0);
  const [type, value, more] = field;
  switch (type) {
    case "u32":
      return u32(value);
    case "f64":
      return new Uint8Array(Float64Array.of(Number(value)).buffer);
    case "varint":
      return varint(Number(value));
    case "array":
      return ArrayBuffer.isView(value) ? new Uint8Array(value.slice().buffer) : new Uint8Array(0);
    case "texts": {
      const texts = (Array.isArray(more) ? more : []).filter(Array.isArray);
      return join(
        u32(value),
        ...texts.flatMap(([length, text]) => [u32(length), utf16(String(text))]),
      );
    }
  }
  return new Uint8Array(0);
}

function u32(value) {
  return new Uint8Array(Uint32Array.of(Number(value)).buffer);
}

/** Seven bits a byte, the lowest first; what is not an integer that fits is written as 0. */
function varint(value) {
  const bytes = [];
  let rest = Number.isSafeInteger(value) && value > 0 ? value : 0;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(128 + (rest % 128));
  return Uint8Array.of(...bytes, rest);
}

function bytesOf(text) {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function utf16(text) {
  return new Uint8Array(Buffer.from(text, "utf16le"));
}

function sealed(file) {
  if (file.length >= 4) {
    const sum = crc32(file.subarray(0, -4));
    new DataView(file.buffer, file.byteOffset).setUint32(file.length - 4, sum, true);
  }
  return file;
}
