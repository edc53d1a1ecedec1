// NumPy's .npy files, versions 1 to 3: magic, version, a header that is a Python literal, and the
// entries. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { quote } from "../check/describe.js";
import { concatenate, copyBytes, plainBytes } from "./bytes.js";
import { FormatError } from "./errors.js";
import { foreignFile } from "./foreign-file.js";
import { maxHeaderBytes, readNpyHeader } from "./npy-header.js";
import { shownShape, sizeOf, toFloat32 } from "./stored-tensor.js";

/** An array as a .npy file holds it; entries in C order (the last index runs fastest). */
export interface NpyArray {
  /** Sizes: `[]` for a number, `[n]` for a vector, `[rows, cols]` for a matrix. */
  shape: number[];
  data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const headerAlignment = 64;
/** More entries than any matrix here may have: nothing is allocated for them. */
const maxEntries = 2 ** 30;

type Data = NpyArray["data"];
type Raw = Uint8Array<ArrayBuffer>;

/** The types that are read: bytes per entry, and the entries as floats. */
const entryTypes: Record<string, { size: number; read: (raw: Raw) => Data }> = {
  f2: { size: 2, read: halves },
  f4: { size: 4, read: ({ buffer }) => new Float32Array(buffer) },
  f8: { size: 8, read: ({ buffer }) => new Float64Array(buffer) },
  i1: { size: 1, read: ({ buffer }) => doubles(new Int8Array(buffer)) },
  i2: { size: 2, read: ({ buffer }) => doubles(new Int16Array(buffer)) },
  i4: { size: 4, read: ({ buffer }) => doubles(new Int32Array(buffer)) },
  i8: { size: 8, read: ({ buffer }) => doubles(new BigInt64Array(buffer)) },
  u1: { size: 1, read: doubles },
  u2: { size: 2, read: ({ buffer }) => doubles(new Uint16Array(buffer)) },
  u4: { size: 4, read: ({ buffer }) => doubles(new Uint32Array(buffer)) },
  u8: { size: 8, read: ({ buffer }) => doubles(new BigUint64Array(buffer)) },
  b1: { size: 1, read: (raw) => doubles(raw.map((byte) => (byte === 0 ? 0 : 1))) },
};

/** What the first letter of another type says, and the way out. */
const otherTypes: Record<string, string> = {
  O: "holds objects of Python (a pickle), which may run code: save array.astype(float)",
  c: "is complex: save its .real and .imag as two arrays",
  f: "is a long double: save array.astype(numpy.float64)",
  U: "holds texts: save numbers",
  S: "holds texts: save numbers",
  a: "holds texts: save numbers",
  V: "holds raw bytes (bfloat16 is saved like that): save array.astype(numpy.float32)",
  M: "holds dates: save array.astype(numpy.float64)",
  m: "holds times: save array.astype(numpy.float64)",
};

/** What the beginning of a .npy file says of the rest. */
export interface NpyLayout {
  shape: number[];
  /** Where the entries begin, and how many bytes each has. */
  dataStart: number;
  entryBytes: number;
  /** Fortran order: the entries of a column are beside each other. */
  columnwise: boolean;
  /** Entries as floats, from memory of their own. */
  decode(raw: Uint8Array<ArrayBuffer>): Data;
}

/** As many bytes as a header can take, with what is before it. */
export const npyHeaderBytes = 12 + maxHeaderBytes;

/**
 * The layout of a .npy file.
 *
 * @param bytes - the beginning of the file, `npyHeaderBytes` of it or all.
 * @param fileBytes - of the whole file.
 * @throws FormatError as `decodeNpy`.
 */
export function readNpyLayout(bytes: Uint8Array, fileBytes: number, source: string): NpyLayout {
  const fail = (reason: string) => new FormatError(source, reason);
  if (!magic.every((byte, i) => bytes[i] === byte)) {
    throw fail(
      foreignFile(bytes) ??
        'not a .npy file: it must start with "\\x93NUMPY", as numpy.save writes it',
    );
  }
  const { descr, fortranOrder, shape, dataStart } = readNpyHeader(bytes, source);
  // As NumPy, which takes a type without an order of bytes for the machine's own.
  const [, order, name] = /^([<>=|]?)(.*)$/.exec(descr) ?? ["", "", descr];
  if (!Object.hasOwn(entryTypes, name)) {
    const [kind] = /^(?:[OcUSaVMm]|f1\d$)/.exec(name) ?? [""];
    const supported = "is not supported: it must be a float (f2, f4, f8), an integer or a bool";
    throw fail(`dtype ${quote(descr)} ${otherTypes[kind[0]] ?? supported}`);
  }
  const type = entryTypes[name];
  if (shape.length > 2) {
    throw fail(
      `shape (${shownShape(shape)}): at most 2 dimensions are read: ` +
        "array.reshape(len(array), -1) has two",
    );
  }
  const length = sizeOf(shape);
  const wanted = length * type.size;
  const found = fileBytes - dataStart;
  if (found !== wanted) {
    throw fail(
      `${found} bytes of data, and shape (${shownShape(shape)}) of ${descr} must have ${wanted}: ` +
        `the file ${found < wanted ? "is truncated" : "has bytes after its end"}`,
    );
  }
  if (length > maxEntries) {
    throw fail(`shape (${shownShape(shape)}): at most ${maxEntries} entries are read`);
  }
  return {
    ...{ shape, dataStart, entryBytes: type.size },
    columnwise: fortranOrder && shape.length === 2 && length > 0,
    decode(raw) {
      if (order === ">") reverseEntries(raw, type.size);
      return type.read(raw);
    },
  };
}

/**
 * The array in the bytes of a .npy file.
 *
 * Reads f2 and f4 as Float32Array and f8, integers and booleans as Float64Array (64-bit integers
 * beyond 2^53 are rounded to the nearest double, as NumPy does), little and big endian, C and
 * Fortran order, at most two dimensions.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError when the bytes are anything else: wrong magic, unknown version, another
 *   dtype, a malformed header, fewer or more bytes than the shape asks for.
 */
export function decodeNpy(given: Uint8Array, source = "npy"): NpyArray {
  const bytes = plainBytes("decodeNpy", source, given);
  const { shape, dataStart, columnwise, decode } = readNpyLayout(bytes, bytes.length, source);
  return inMemory(source, shape, () => {
    const data = decode(copyBytes(bytes, dataStart)); // aligned for the views
    return { shape, data: columnwise ? fromColumns(data, shape) : data };
  });
}

/** Says in our words when there is no room for an array. */
export function inMemory<T>(source: string, shape: readonly number[], allocate: () => T): T {
  try {
    return allocate();
  } catch (error) {
    // The engine's "Array buffer allocation failed".
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError(
      source,
      `shape (${shownShape(shape)}): there is not enough memory for it`,
    );
  }
}

/**
 * The bytes of a .npy file (version 1, little endian, C order): `<f4` for a Float32Array, `<f8`
 * for a Float64Array.
 *
 * @throws RangeError when `data.length` is not the product of the sizes in `shape`.
 */
export function encodeNpy({ shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  const length = sizeOf(shape);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || length !== data.length) {
    throw new RangeError(
      `encodeNpy: shape is (${shownShape(shape)}) and data has ${data.length} entries: ` +
        "the sizes must be integers >= 0 whose product is the number of entries",
    );
  }
  const header = npyHeader(shape, data instanceof Float32Array ? "<f4" : "<f8");
  return concatenate([header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

/** What is before the entries, as `encodeNpy` writes it. */
export function npyHeader(shape: readonly number[], descr: "<f4" | "<f8"): Uint8Array<ArrayBuffer> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const literal = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const preamble = magic.length + 4;
  const dataStart = Math.ceil((preamble + literal.length + 1) / headerAlignment) * headerAlignment;
  const bytes = new Uint8Array(dataStart);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(magic.length + 2, dataStart - preamble, true);
  const header = `${literal.padEnd(dataStart - preamble - 1)}\n`;
  bytes.set(new TextEncoder().encode(header), preamble);
  return bytes;
}

/** Half floats, which singles hold exactly. */
function halves(bytes: Raw): Data {
  return toFloat32({ dtype: "F16", shape: [bytes.length / 2], bytes }, "", "");
}

/** Integers as doubles. A plain loop: `Float64Array.from` makes an object of each entry. */
function doubles(integers: ArrayLike<number> | ArrayLike<bigint>): Float64Array<ArrayBuffer> {
  const data = new Float64Array(integers.length);
  for (let i = 0; i < data.length; i++) data[i] = Number(integers[i]);
  return data;
}

function reverseEntries(raw: Uint8Array, bytes: number): void {
  for (let start = 0; start < raw.length; start += bytes) {
    raw.subarray(start, start + bytes).reverse();
  }
}

/** Columns one after another (Fortran order) to rows one after another. */
function fromColumns(columns: Data, [rows, cols]: number[]): Data {
  const data = columns.slice() as Data;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) data[i * cols + j] = columns[j * rows + i];
  }
  return data;
}
