// NumPy's .npy files, versions 1 to 3: magic, version, a header that is a Python literal, and the
// entries. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { quote } from "../linalg/describe.js";
import { FormatError } from "./errors.js";

/** An array as a .npy file holds it; entries in C order (the last index runs fastest). */
export interface NpyArray {
  /** Sizes: `[]` for a number, `[n]` for a vector, `[rows, cols]` for a matrix. */
  shape: number[];
  data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const headerAlignment = 64;

/** How to read one dtype: entries of `bytes` bytes, as 64-bit floats unless they are f4. */
interface EntryType {
  bytes: 1 | 2 | 4 | 8;
  view: (buffer: ArrayBuffer) => ArrayLike<number> | ArrayLike<bigint>;
}

const entryTypes: Record<string, EntryType> = {
  f4: { bytes: 4, view: (buffer) => new Float32Array(buffer) },
  f8: { bytes: 8, view: (buffer) => new Float64Array(buffer) },
  i1: { bytes: 1, view: (buffer) => new Int8Array(buffer) },
  i2: { bytes: 2, view: (buffer) => new Int16Array(buffer) },
  i4: { bytes: 4, view: (buffer) => new Int32Array(buffer) },
  i8: { bytes: 8, view: (buffer) => new BigInt64Array(buffer) },
  u1: { bytes: 1, view: (buffer) => new Uint8Array(buffer) },
  u2: { bytes: 2, view: (buffer) => new Uint16Array(buffer) },
  u4: { bytes: 4, view: (buffer) => new Uint32Array(buffer) },
  u8: { bytes: 8, view: (buffer) => new BigUint64Array(buffer) },
  b1: { bytes: 1, view: (buffer) => new Uint8Array(buffer).map((byte) => (byte === 0 ? 0 : 1)) },
};

/**
 * The array in the bytes of a .npy file.
 *
 * Reads f4 as Float32Array and f8, integers and booleans as Float64Array (64-bit integers beyond
 * 2^53 are rounded to the nearest double, as NumPy does), little and big endian, C and Fortran
 * order, at most two dimensions.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when the bytes are anything else: wrong magic, unknown version, another
 *   dtype, a malformed header, fewer or more bytes than the shape asks for.
 */
export function decodeNpy(bytes: Uint8Array, source = "npy"): NpyArray {
  const { header, dataStart } = splitHeader(bytes, source);
  const { descr, fortranOrder, shape } = parseHeader(header, source);

  const parts = /^([<>=|])([fiub][1248])$/.exec(descr);
  const type = parts && Object.hasOwn(entryTypes, parts[2]) ? entryTypes[parts[2]] : undefined;
  if (!parts || !type || (parts[1] === "|" && type.bytes > 1)) {
    throw new FormatError(
      source,
      `dtype ${quote(descr)} is not supported: it must be a float (f4, f8), an integer or a bool`,
    );
  }
  if (shape.length > 2) {
    throw new FormatError(source, `shape (${shape.join(", ")}): at most 2 dimensions are read`);
  }
  const length = shape.reduce((product, size) => product * size, 1);
  const wanted = length * type.bytes;
  const found = bytes.length - dataStart;
  if (found !== wanted) {
    throw new FormatError(
      source,
      `${found} bytes of data, and shape (${shape.join(", ")}) of ${descr} must have ${wanted}: ` +
        `the file ${found < wanted ? "is truncated" : "has bytes after its end"}`,
    );
  }

  const raw = new Uint8Array(bytes.subarray(dataStart)); // a copy, aligned for the views
  if (parts[1] === ">") reverseEntries(raw, type.bytes);
  const entries = type.view(raw.buffer);
  const data =
    entries instanceof Float32Array
      ? (entries as Float32Array<ArrayBuffer>)
      : Float64Array.from(entries as ArrayLike<number>, Number);
  if (fortranOrder && shape.length === 2) return { shape, data: fromColumns(data, shape) };
  return { shape, data };
}

/**
 * The bytes of a .npy file (version 1, little endian, C order): `<f4` for a Float32Array, `<f8`
 * for a Float64Array.
 *
 * @throws RangeError when `data.length` is not the product of the sizes in `shape`.
 */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  const length = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || length !== data.length) {
    throw new RangeError(
      `encodeNpy: shape is (${shape.join(", ")}) and data has ${data.length} entries: ` +
        "the sizes must be integers >= 0 whose product is the number of entries",
    );
  }
  const descr = data instanceof Float32Array ? "<f4" : "<f8";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const preamble = magic.length + 4;
  const dataStart = Math.ceil((preamble + literal.length + 1) / headerAlignment) * headerAlignment;
  const bytes = new Uint8Array(dataStart + data.byteLength);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(magic.length + 2, dataStart - preamble, true);
  const header = `${literal.padEnd(dataStart - preamble - 1)}\n`;
  bytes.set(new TextEncoder().encode(header), preamble);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), dataStart);
  return bytes;
}

function splitHeader(bytes: Uint8Array, source: string): { header: string; dataStart: number } {
  if (!magic.every((byte, i) => bytes[i] === byte)) {
    throw new FormatError(source, 'not a .npy file: it must start with "\\x93NUMPY"');
  }
  const [major, minor] = [bytes[6], bytes[7]];
  if (!(major >= 1 && major <= 3 && minor === 0)) {
    throw new FormatError(source, `.npy version ${major}.${minor}: it must be 1.0, 2.0 or 3.0`);
  }
  const headerStart = major === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes =
    bytes.length < headerStart
      ? Infinity
      : major === 1
        ? view.getUint16(8, true)
        : view.getUint32(8, true);
  const dataStart = headerStart + headerBytes;
  if (dataStart > bytes.length) {
    throw new FormatError(source, "the header ends outside of the file: the file is truncated");
  }
  // Version 3 allows UTF-8, but only in the names of fields, which are refused below.
  const header = new TextDecoder("latin1").decode(bytes.subarray(headerStart, dataStart));
  return { header, dataStart };
}

/** `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`, its keys in any order. */
function parseHeader(
  header: string,
  source: string,
): { descr: string; fortranOrder: boolean; shape: number[] } {
  const dictionary = /^\s*\{(.*)\}\s*$/s.exec(header);
  if (!dictionary) throw new FormatError(source, `the header ${quote(header)} is not a dictionary`);
  const values = new Map<string, string>();
  const entry =
    /\s*(?:'(\w+)'|"(\w+)")\s*:\s*('[^']*'|"[^"]*"|True|False|\([^()]*\)|\[.*\])\s*(?:,\s*|$)/sy;
  while (entry.lastIndex < dictionary[1].length) {
    const at = entry.lastIndex;
    const match = entry.exec(dictionary[1]);
    const key = match?.[1] ?? match?.[2];
    if (!match || key === undefined || values.has(key)) {
      throw new FormatError(
        source,
        `the header cannot be read at ${quote(dictionary[1].slice(at))}`,
      );
    }
    values.set(key, match[3]);
  }

  const descr = values.get("descr");
  const order = values.get("fortran_order");
  const sizes = values.get("shape");
  if (values.size !== 3 || descr === undefined || order === undefined || sizes === undefined) {
    throw new FormatError(
      source,
      `the header has the keys ${[...values.keys()].map(quote).join(", ") || "none"}: ` +
        "they must be descr, fortran_order and shape",
    );
  }
  if (descr.startsWith("[")) {
    throw new FormatError(source, "the dtype is structured: it must be one float, integer or bool");
  }
  if (!/^['"]/.test(descr)) throw new FormatError(source, `descr is ${quote(descr)}: no dtype`);
  if (order !== "True" && order !== "False") {
    throw new FormatError(source, `fortran_order is ${quote(order)}: it must be True or False`);
  }
  return {
    descr: descr.slice(1, -1),
    fortranOrder: order === "True",
    shape: parseShape(sizes, source),
  };
}

/** `()`, `(3,)`, `(3, 4)`: what Python prints for a tuple of integers ≥ 0. */
function parseShape(sizes: string, source: string): number[] {
  if (!/^\(\s*(?:\d+\s*,\s*)*(?:\d+\s*)?\)$/.test(sizes) || /^\(\s*\d+\s*\)$/.test(sizes)) {
    throw new FormatError(source, `shape is ${quote(sizes)}: it must be a tuple of integers >= 0`);
  }
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  if (!shape.every(Number.isSafeInteger)) {
    throw new FormatError(source, `shape ${quote(sizes)} overflows: no array is that large`);
  }
  return shape;
}

function reverseEntries(raw: Uint8Array, bytes: number): void {
  for (let start = 0; start < raw.length; start += bytes) {
    raw.subarray(start, start + bytes).reverse();
  }
}

/** Columns one after another (Fortran order) to rows one after another. */
function fromColumns<T extends NpyArray["data"]>(columns: T, [rows, cols]: number[]): T {
  const data = columns.slice() as T;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) data[i * cols + j] = columns[j * rows + i];
  }
  return data;
}
