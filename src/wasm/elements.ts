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

/** Bytes that no job can hold, even if it held nothing else. */
export const jobBytes = 2 ** 32;

/**
 * What a job could hold: to be asked before it is made, for a host may promise more memory than it has
 * and end the process when that is used.
 *
 * @throws OutOfMemoryError from 4 GiB on.
 */
export function checkFitsJob(type: ElementType, length: number): void {
  const bytes = length * bytesPerElement(type);
  if (bytes >= jobBytes) throw new OutOfMemoryError(bytes, 0);
}

/** Zeros in an array of the given element type. @throws OutOfMemoryError when there is no room. */
export function newArray(type: "i32", length: number): Int32Array<ArrayBuffer>;
export function newArray(type: DType, length: number): FloatArray;
export function newArray(type: ElementType, length: number): ElementArray {
  try {
    if (type === "i32") return new Int32Array(length);
    return type === "f32" ? new Float32Array(length) : new Float64Array(length);
  } catch {
    throw new OutOfMemoryError(length * bytesPerElement(type), 0);
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
