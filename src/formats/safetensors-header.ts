import { quote } from "../check/describe.js";
import { FormatError } from "./errors.js";
import { foreignFile } from "./foreign-file.js";
import { shownShape, sizeOf, type TensorType, tensorTypes } from "./stored-tensor.js";
import { isJsonObject, kindOf, parseJsonObject, unexpected } from "./strict-json.js";

/** What the header says of one tensor; offsets count from the end of the header. */
export interface HeaderEntry {
  name: string;
  dtype: TensorType;
  shape: number[];
  start: number;
  end: number;
}

/** Types that the format has and nothing here computes with. */
const otherTypes = [
  ...["F4", "F6_E2M3", "F6_E3M2", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"],
  "C64",
];

/** The format's own limit, which keeps a hostile length from asking for all memory. */
const maxHeaderBytes = 100_000_000;

/**
 * The header of a safetensors file, every entry checked by itself.
 *
 * @throws FormatError that names the tensor and what is wrong.
 */
export function readHeader(
  bytes: Uint8Array,
  source: string,
): { entries: HeaderEntry[]; metadata: Map<string, string>; dataStart: number } {
  const fail = (reason: string) => new FormatError(source, foreignFile(bytes) ?? reason);
  if (bytes.length < 8) {
    throw fail(`${bytes.length} bytes: a safetensors file has at least 8`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > maxHeaderBytes) {
    throw fail(
      `the header's length is ${length}: it must be at most ${maxHeaderBytes} ` +
        "(or this is not a safetensors file)",
    );
  }
  if (length === 0n) throw new FormatError(source, "the header is empty: it must be JSON");
  const dataStart = 8 + Number(length);
  const isHeader = bytes[8] === 0x7b;
  if (dataStart > bytes.length) {
    const reason = `the header has ${length} bytes and the file ${bytes.length}: the file is truncated`;
    throw isHeader ? new FormatError(source, reason) : fail(reason);
  }
  if (!isHeader) {
    throw fail('the header must start with "{": this is not a safetensors file');
  }
  const { __metadata__, ...tensors } = parseJsonObject(bytes.subarray(8, dataStart), source);
  return {
    entries: Object.entries(tensors).map(([name, value]) => readEntry(name, value, source)),
    metadata: readMetadata(__metadata__, source),
    dataStart,
  };
}

function readMetadata(value: unknown, source: string): Map<string, string> {
  if (value === undefined || value === null) return new Map();
  if (!isJsonObject(value)) throw unexpected(source, "__metadata__", value, "an object");
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text === "string") return [key, text];
    const is = `${quote(key)} ${kindOf(text)}`;
    throw new FormatError(source, `__metadata__ has under ${is}: it must be a text`);
  });
  return new Map(entries);
}

function readEntry(name: string, value: unknown, source: string): HeaderEntry {
  const fail = (reason: string) => new FormatError(source, `tensor ${quote(name)}: ${reason}`);
  if (!isJsonObject(value)) {
    throw fail(`it is described by ${kindOf(value)}: it must be an object`);
  }
  const { dtype, shape, data_offsets: offsets, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw fail(`the key ${quote(other)} is unknown: it must be dtype, shape or data_offsets`);
  }
  if (otherTypes.includes(dtype as string)) {
    throw fail(`its type ${dtype} is not read: convert the file to F16 or F32`);
  }
  if (typeof dtype !== "string" || !Object.hasOwn(tensorTypes, dtype)) {
    const known = Object.keys(tensorTypes).join(", ");
    throw fail(`dtype is ${kindOf(dtype)}: it must be one of ${known}`);
  }
  if (!isSizes(shape)) throw fail(`shape is ${brief(shape)}: it must be a list of integers >= 0`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw fail(`data_offsets is ${brief(offsets)}: it must be two integers in 0 .. 2^53 - 1`);
  }
  const [start, end] = offsets;
  if (end < start) throw fail(`data_offsets is [${start}, ${end}]: the end is before the start`);
  const type = dtype as TensorType;
  const wanted = sizeOf(shape) * tensorTypes[type];
  if (!Number.isSafeInteger(wanted)) {
    throw fail(`shape (${shownShape(shape)}) of ${dtype} overflows: no file is that large`);
  }
  if (end - start !== wanted) {
    throw fail(
      `data_offsets is [${start}, ${end}], ${end - start} bytes: ` +
        `shape (${shownShape(shape)}) of ${dtype} must have ${wanted}`,
    );
  }
  return { name, dtype: type, shape, start, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A JSON value as the header has it, cut. */
function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
