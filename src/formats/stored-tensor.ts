// Tensors as files hold them: a type, a shape and bytes. Numbers are made of the bytes only where
// somebody asks for them, so a large file costs no more than its bytes.
import { quote } from "../check/describe.js";
import { copyBytes } from "./bytes.js";
import { FormatError } from "./errors.js";

/** The types that are read, by the names that safetensors gives them. */
export const tensorTypes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
} as const;

export type TensorType = keyof typeof tensorTypes;

/** An array of a file: entries row-major and little endian in `bytes`. */
export interface StoredTensor {
  readonly dtype: TensorType;
  readonly shape: readonly number[];
  /** May be a view of the whole file, at any offset. */
  readonly bytes: Uint8Array;
}

/** Number of entries of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A shape in a message, as "2, 3": of many sizes the first ones. */
export function shownShape(shape: readonly number[]): string {
  return shape.length > 8 ? `${shape.slice(0, 8).join(", ")}, …` : shape.join(", ");
}

/**
 * The entries of a tensor of floats (F64, F32, F16, BF16) as 32-bit floats. F64 is rounded, the
 * others are exact. An F32 tensor that is aligned in its file is a view of it, no copy.
 *
 * @throws FormatError, about `name` in `source`, when the tensor holds something other than floats.
 */
export function toFloat32(
  { dtype, bytes }: StoredTensor,
  name: string,
  source: string,
): Float32Array<ArrayBuffer> {
  switch (dtype) {
    case "F32":
      return view(bytes, Float32Array);
    case "F64":
      return Float32Array.from(view(bytes, Float64Array));
    case "F16":
      return fromBits(bytes, halfToSingle);
    case "BF16":
      return fromBits(bytes, (bits) => bits << 16);
  }
  throw new FormatError(
    source,
    `tensor ${quote(name)} has the type ${dtype}: it must hold floats (F32, F16, BF16 or F64)`,
  );
}

/**
 * As `toFloat32`, for what is computed with.
 *
 * @throws FormatError also where an entry is NaN or infinite.
 */
export function toFiniteFloat32(
  tensor: StoredTensor,
  name: string,
  source: string,
): Float32Array<ArrayBuffer> {
  const values = toFloat32(tensor, name, source);
  for (let i = 0; i < values.length; i++) {
    if (values[i] - values[i] === 0) continue;
    throw new FormatError(
      source,
      `tensor ${quote(name)} holds ${values[i]} as entry ${i}: weights must be finite`,
    );
  }
  return values;
}

/** The entries of an F64, F32 or integer tensor as doubles; 64-bit integers must fit in 53 bits. */
export function toFloat64(tensor: StoredTensor, name: string, source: string): Float64Array {
  const { dtype, bytes } = tensor;
  switch (dtype) {
    case "F64":
      return view(bytes, Float64Array);
    case "I32":
      return Float64Array.from(view(bytes, Int32Array));
    case "I64": {
      const values = Float64Array.from(view(bytes, BigInt64Array), Number);
      if (values.every(Number.isSafeInteger)) return values;
      throw new FormatError(source, `tensor ${quote(name)} holds integers beyond 2^53`);
    }
  }
  return Float64Array.from(toFloat32(tensor, name, source));
}

/** A tensor of the given floats. F16 and BF16 round to the nearest, ties to even. */
export function fromFloat32(
  shape: readonly number[],
  data: Float32Array,
  dtype: "F32" | "F16" | "BF16" = "F32",
): StoredTensor {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `fromFloat32: shape is (${shownShape(shape)}) and data has ${data.length} entries: ` +
        "the product of the sizes must be the number of entries",
    );
  }
  if (dtype === "F32") {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { dtype, shape, bytes };
  }
  const bits = new Uint32Array(data.slice().buffer);
  const halves = Uint16Array.from(bits, dtype === "F16" ? singleToHalf : singleToBrain);
  return { dtype, shape, bytes: new Uint8Array(halves.buffer) };
}

/** A tensor of the given doubles. */
export function fromFloat64(shape: readonly number[], data: Float64Array): StoredTensor {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: "F64", shape, bytes };
}

type ViewConstructor<View> = {
  new (buffer: ArrayBuffer, start: number, length: number): View;
  readonly BYTES_PER_ELEMENT: number;
};

/** The bytes as entries: in place where they lie aligned, else a copy. */
function view<View>(bytes: Uint8Array, type: ViewConstructor<View>): View {
  const size = type.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : copyBytes(bytes);
  return new type(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / size);
}

/** Floats from the bits that `widen` makes of each pair of bytes. */
function fromBits(bytes: Uint8Array, widen: (bits: number) => number): Float32Array<ArrayBuffer> {
  const halves = view(bytes, Uint16Array);
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = widen(halves[i]);
  return new Float32Array(bits.buffer);
}

/** Bits of the 32-bit float that equals the half with these bits (IEEE 754: 1, 5 and 10 bits). */
function halfToSingle(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  let fraction = half & 1023;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Below 2^-14 halves are denormal and singles are not: shift the leading bit out.
  let shift = 0;
  while (fraction < 1024) {
    fraction *= 2;
    shift++;
  }
  return sign | ((113 - shift) << 23) | ((fraction & 1023) << 13);
}

/** The nearest half, ties to even; beyond the largest half, infinity. */
function singleToHalf(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const exponent = (single >>> 23) & 255;
  const fraction = single & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction && 0x200 | (fraction >> 13));
  // A half's fraction, with the leading bit, is this one's shifted right; 24 and more leave
  // nothing.
  const shift = exponent >= 113 ? 13 : Math.min(126 - exponent, 25);
  const whole = exponent === 0 ? fraction : fraction | 0x800000;
  const kept = whole >>> shift;
  const rest = whole & (2 ** shift - 1);
  const half = 2 ** (shift - 1);
  const rounded = kept + (rest > half || (rest === half && kept & 1) ? 1 : 0);
  // A carry out of the fraction raises the exponent by itself.
  const bits = exponent >= 113 ? ((exponent - 113) << 10) + rounded : rounded;
  return sign | Math.min(bits, 0x7c00);
}

/** The nearest bfloat16, ties to even. */
function singleToBrain(single: number): number {
  if ((single & 0x7fffffff) > 0x7f800000) return (single >>> 16) | 0x40; // NaN stays one
  return (single + 0x7fff + ((single >>> 16) & 1)) >>> 16;
}
