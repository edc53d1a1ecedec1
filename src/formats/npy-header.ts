// The header of NumPy's .npy files: a version, a length and a Python literal.
import { listNames, quote } from "../check/describe.js";
import { FormatError } from "./errors.js";

/** NumPy's own limit. */
export const maxHeaderBytes = 10_000;

interface NpyHeader {
  descr: string;
  fortranOrder: boolean;
  shape: number[];
  /** Where the entries begin. */
  dataStart: number;
}

/**
 * The header of a file that begins with the magic bytes.
 *
 * @throws FormatError when it is cut off, of an unknown version, or not a dictionary with descr,
 *   fortran_order and shape.
 */
export function readNpyHeader(bytes: Uint8Array, source: string): NpyHeader {
  const { header, dataStart } = splitHeader(bytes, source);
  return { ...parseHeader(header, source), dataStart };
}

function splitHeader(bytes: Uint8Array, source: string): { header: string; dataStart: number } {
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
    throw new FormatError(source, "the header ends outside the file: the file is truncated");
  }
  if (headerBytes > maxHeaderBytes) {
    throw new FormatError(
      source,
      `the header has ${headerBytes} bytes: at most ${maxHeaderBytes} are read, as by NumPy`,
    );
  }
  // Version 3 allows UTF-8, but only in the names of fields, which are refused below.
  const header = String.fromCharCode(...bytes.subarray(headerStart, dataStart));
  return { header, dataStart };
}

/** `{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`, its keys in any order. */
function parseHeader(
  header: string,
  source: string,
): { descr: string; fortranOrder: boolean; shape: number[] } {
  const fail = (reason: string) => new FormatError(source, reason);
  const dictionary = /^\s*\{(.*)\}\s*$/s.exec(header);
  if (!dictionary) throw fail(`the header ${quote(header)} is not a dictionary`);
  const values = new Map<string, string>();
  const entry =
    /\s*(?:'(\w+)'|"(\w+)")\s*:\s*('[^']*'|"[^"]*"|True|False|\([^()]*\)|\[.*\])\s*(?:,\s*|$)/sy;
  while (entry.lastIndex < dictionary[1].length) {
    const at = entry.lastIndex;
    const match = entry.exec(dictionary[1]);
    const key = match?.[1] ?? match?.[2];
    if (!match || key === undefined || values.has(key)) {
      throw fail(`the header cannot be read at ${quote(dictionary[1].slice(at))}`);
    }
    values.set(key, match[3]);
  }

  const descr = values.get("descr");
  const order = values.get("fortran_order");
  const sizes = values.get("shape");
  if (values.size !== 3 || descr === undefined || order === undefined || sizes === undefined) {
    const keys = listNames([...values.keys()]) || "none";
    throw fail(`the header has the keys ${keys}: they must be descr, fortran_order and shape`);
  }
  if (descr.startsWith("[")) {
    const field = "save one field, array['name'], of floats, integers or bools";
    throw fail(`the dtype is structured: ${field}`);
  }
  if (!/^['"]/.test(descr)) throw fail(`descr is ${quote(descr)}: it must be a dtype`);
  if (order !== "True" && order !== "False") {
    throw fail(`fortran_order is ${quote(order)}: it must be True or False`);
  }
  return {
    descr: descr.slice(1, -1),
    fortranOrder: order === "True",
    shape: parseShape(sizes, source),
  };
}

/** `()`, `(3,)`, `(3, 4)`: what Python prints for a tuple of integers >= 0; Python 2 `(3L, 4L)`. */
function parseShape(sizes: string, source: string): number[] {
  const items = sizes
    .slice(1, -1)
    .split(",")
    .map((item) => item.trim());
  if (items.at(-1) === "") items.pop();
  const alone = items.length === 1 && !sizes.includes(",");
  if (!sizes.startsWith("(") || alone || !items.every((item) => /^(?:0|[1-9]\d*)L?$/.test(item))) {
    throw new FormatError(source, `shape is ${quote(sizes)}: it must be a tuple of integers >= 0`);
  }
  const shape = items.map((item) => Number(item.replace("L", "")));
  if (!shape.every(Number.isSafeInteger)) {
    throw new FormatError(source, `shape ${quote(sizes)} overflows: no array is that large`);
  }
  return shape;
}
