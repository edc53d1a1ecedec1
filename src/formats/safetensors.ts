// Hugging Face's safetensors: the header's length (u64), a JSON header, and the tensors' bytes.
// Format: https://github.com/huggingface/safetensors#format. The reader is as strict as the
// original one: the tensors must cover all bytes, without holes and without overlap.
import { quote } from "../check/describe.js";
import { concatenate, plainBytes } from "./bytes.js";
import { FormatError } from "./errors.js";
import { type HeaderEntry, readHeader } from "./safetensors-header.js";
import { type StoredTensor, shownShape, sizeOf, tensorTypes } from "./stored-tensor.js";

interface TensorFile {
  tensors: Map<string, StoredTensor>;
  /** The texts under `__metadata__`. */
  metadata: Map<string, string>;
}

/**
 * The tensors of a safetensors file, in the order in which they lie in it. They are views of
 * `bytes`, which are never written to: nothing is copied, unless the memory is shared or resizable.
 *
 * @param source - the file's name, for messages.
 * @throws FormatError that names the tensor and what is wrong: offsets that are negative, not
 *   integers, out of range, that overlap or leave a hole; a size that does not fit shape and type;
 *   an unknown type; a name twice; a header that is cut, above 100 MB or not JSON.
 */
export function decodeSafetensors(bytes: Uint8Array, source = "safetensors"): TensorFile {
  const plain = plainBytes("decodeSafetensors", source, bytes);
  const { entries, metadata, dataStart } = readHeader(plain, source);
  const dataBytes = plain.length - dataStart;
  checkCover(entries, dataBytes, source);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, start, end } of entries) {
    const data = plain.subarray(dataStart + start, dataStart + end);
    tensors.set(name, { dtype, shape, bytes: data });
  }
  return { tensors, metadata };
}

/**
 * The bytes of a safetensors file, equal to what the original library writes: tensors with larger
 * entries first, then by name, the header padded with spaces to a multiple of 8.
 *
 * @param metadata - texts for `__metadata__`; without any, there is no such key.
 * @throws RangeError when a tensor's bytes do not fit its shape and type, or a name is
 *   `__metadata__`.
 */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, StoredTensor]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      writingOrder.indexOf(b.dtype) - writingOrder.indexOf(a.dtype) || byBytes(nameA, nameB),
  );
  // Written piece by piece: an object would move names like "0" to the front.
  const pieces: string[] = [];
  const texts = [...metadata];
  if (texts.length > 0) {
    pieces.push(`"__metadata__":${JSON.stringify(Object.fromEntries(texts))}`);
  }
  const names = new Set(["__metadata__"]);
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of ordered) {
    if (sizeOf(shape) * tensorTypes[dtype] !== bytes.length || names.has(name)) {
      throw new RangeError(
        `encodeSafetensors: tensor ${quote(name)} of shape (${shownShape(shape)}) and type ` +
          `${dtype} has ${bytes.length} bytes: they must fit, and the name be used once`,
      );
    }
    names.add(name);
    const entry = { dtype, shape, data_offsets: [end, end + bytes.length] };
    pieces.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    end += bytes.length;
  }
  const text = new TextEncoder().encode(`{${pieces.join(",")}}`);
  const dataStart = 8 + Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(dataStart).fill(0x20, 8);
  new DataView(header.buffer).setUint32(0, dataStart - 8, true);
  header.set(text, 8);
  return concatenate([header, ...ordered.map(([, { bytes }]) => bytes)]);
}

/** The original's order of types: of two, the later is written first. */
const writingOrder = Object.keys(tensorTypes);

/** Order of the UTF-8 bytes, as Rust sorts; JavaScript's own compares UTF-16. */
function byBytes(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => new TextEncoder().encode(text));
  const differs = x.findIndex((byte, i) => byte !== y[i]);
  return differs < 0 ? x.length - y.length : x[differs] - (y[differs] ?? -1);
}

/** Sorts the entries by place and checks that each starts where the one before ends. */
function checkCover(entries: HeaderEntry[], dataBytes: number, source: string): void {
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  let before = "";
  for (const { name, start, end } of entries) {
    const where = `tensor ${quote(name)} has data_offsets [${start}, ${end}]`;
    if (end > dataBytes) {
      throw new FormatError(
        source,
        `${where}, and the file has ${dataBytes} bytes of data: the file is truncated`,
      );
    }
    if (start < covered) {
      throw new FormatError(source, `${where}: it overlaps tensor ${quote(before)}`);
    }
    if (start > covered) {
      throw new FormatError(source, `${where}: the bytes from ${covered} on belong to no tensor`);
    }
    covered = end;
    before = name;
  }
  if (covered < dataBytes) {
    throw new FormatError(
      source,
      `the tensors end at byte ${covered} of the data, and there are ${dataBytes}: ` +
        "the file has bytes after its end",
    );
  }
}
