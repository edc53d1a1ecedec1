// Typed arrays by the types of their elements.
import { OutOfMemoryError } from "./errors.js";
import type { DType } from "./kernels.js";

/** What a job can hold: elements of matrices, or 32-bit indices. */
export type ElementType = DType | "i32";
export type FloatArray = Float32Array | Float64Array;
export type ElementArray = FloatArray | Int32Array;

/** Bytes of one element. */
export function bytesPerElement(type: ElementType): 4 | 8 {
  return type === "f64" ? 8 : 4;
}

/** Element type of a typed array. */
export function elementTypeOf(array: ElementArray): ElementType {
  // Engines compile instanceof to a comparison; the tag, a call, serves arrays of other realms.
  if (array instanceof Float64Array) return "f64";
  if (array instanceof Float32Array) return "f32";
  const kind: string = (array as ElementArray)[Symbol.toStringTag];
  if (kind === "Float64Array") return "f64";
  return kind === "Float32Array" ? "f32" : "i32";
}

/**
 * Zeros in an array of the given element type.
 * @throws OutOfMemoryError when the host has no such room.
 */
export function newArray(dtype: DType, length: number): FloatArray {
  try {
    return dtype === "f32" ? new Float32Array(length) : new Float64Array(length);
  } catch {
    throw new OutOfMemoryError(length * bytesPerElement(dtype), 0);
  }
}

/** True for the arrays that a matrix can have, of any realm (a test runner's, a frame's). */
export function isFloatArray(value: unknown): value is FloatArray {
  if (!ArrayBuffer.isView(value)) return false;
  if (value instanceof Float64Array || value instanceof Float32Array) return true;
  // By the tag that only typed arrays give themselves: instanceof knows one realm.
  const kind = (value as FloatArray)[Symbol.toStringTag];
  return (kind as string) === "Float64Array" || kind === "Float32Array";
}
