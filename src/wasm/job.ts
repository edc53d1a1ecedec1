// A job is one WebAssembly instance with memory of its own. It hands out opaque handles in stack
// order: allocation moves a mark up, release moves it back. Dropping the job frees everything.
import { OutOfMemoryError } from "./errors.js";
import {
  bindKernels,
  type DoubleKernels,
  type DType,
  type Handle,
  type Kernels,
} from "./kernels.js";
import { kernelModule } from "./module.js";

/** What a job can hold: elements of matrices, or 32-bit indices. */
export type ElementType = DType | "i32";
export type FloatArray = Float32Array | Float64Array;
export type ElementArray = FloatArray | Int32Array;

declare const markBrand: unique symbol;
/** A level of a job's memory to release back to. */
export type Mark = number & { readonly [markBrand]: true };

const pageBytes = 65536;
const alignment = 16;
/** Elements up to which a loop copies faster than the engine's routine, whose call costs more. */
const shortCopy = 32;

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

export class Job {
  readonly f32: Kernels;
  readonly f64: DoubleKernels;
  readonly #memory: WebAssembly.Memory;
  #top: number;
  /** All of the memory, made anew when it grows: a view costs more than copying a small matrix. */
  #singles: Float32Array;
  #doubles: Float64Array;
  #bytes: number;

  constructor() {
    const { exports } = new WebAssembly.Instance(kernelModule(), {});
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#top = align((exports.heapBase as () => number)());
    this.#singles = new Float32Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
    this.#bytes = this.#memory.buffer.byteLength;
    this.f32 = bindKernels(exports, "f32");
    this.f64 = bindKernels(exports, "f64");
  }

  /** The kernels of one element type. */
  kernels(dtype: DType): Kernels {
    return dtype === "f32" ? this.f32 : this.f64;
  }

  /** Bytes of the instance's memory: the greatest that was ever needed at once. */
  get byteLength(): number {
    return this.#bytes;
  }

  /**
   * Room for `length` elements, aligned for vectors. What it holds is undefined.
   * @throws OutOfMemoryError when the memory cannot grow that far.
   */
  allocate(type: ElementType, length: number): Handle {
    return this.allocateBytes(length * bytesPerElement(type));
  }

  /** Room for `bytes` bytes: for the work space of kernels, whose size they tell themselves. */
  allocateBytes(bytes: number): Handle {
    const start = this.#top;
    const end = align(start + bytes);
    if (end > this.#bytes) this.#grow(end, bytes);
    this.#top = end;
    return start as Handle;
  }

  #grow(end: number, asked: number): void {
    const held = this.#bytes;
    try {
      this.#memory.grow(Math.ceil((end - held) / pageBytes));
    } catch {
      throw new OutOfMemoryError(asked, held);
    }
    const { buffer } = this.#memory;
    this.#bytes = buffer.byteLength;
    this.#singles = new Float32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** Room for `length` zeros. */
  allocateZeros(type: ElementType, length: number): Handle {
    const handle = this.allocate(type, length);
    this.view(type, handle, length).fill(0);
    return handle;
  }

  /** A copy of `array` in the job's memory. */
  put(array: ElementArray): Handle {
    const type = elementTypeOf(array);
    const handle = this.allocate(type, array.length);
    this.#copyIn(type, handle, array);
    return handle;
  }

  /** Overwrites what lies at `handle`. */
  write(handle: Handle, array: ElementArray): void {
    this.#copyIn(elementTypeOf(array), handle, array);
  }

  #copyIn(type: ElementType, handle: Handle, array: ElementArray): void {
    if (type === "i32") {
      this.view(type, handle, array.length).set(array);
      return;
    }
    const memory = type === "f64" ? this.#doubles : this.#singles;
    const start = handle / bytesPerElement(type);
    if (array.length > shortCopy) memory.set(array, start);
    else if (type === "f64") copyDoubles(array, 0, this.#doubles, start, array.length);
    else copySingles(array, 0, this.#singles, start, array.length);
  }

  /** Fills `array` with what lies at `handle`. */
  readInto(array: FloatArray, handle: Handle): void {
    const type = elementTypeOf(array) as DType;
    const memory = type === "f64" ? this.#doubles : this.#singles;
    const start = handle / bytesPerElement(type);
    if (array.length > shortCopy) array.set(memory.subarray(start, start + array.length));
    else if (type === "f64") copyDoubles(this.#doubles, start, array, 0, array.length);
    else copySingles(this.#singles, start, array, 0, array.length);
  }

  /**
   * A copy, owned by the caller, of `length` elements.
   * @throws OutOfMemoryError when the host has no room for it.
   */
  read(type: "f64", handle: Handle, length: number): Float64Array<ArrayBuffer>;
  read(type: "f32", handle: Handle, length: number): Float32Array<ArrayBuffer>;
  read(type: "i32", handle: Handle, length: number): Int32Array<ArrayBuffer>;
  read(type: DType, handle: Handle, length: number): FloatArray;
  read(type: ElementType, handle: Handle, length: number): ElementArray {
    try {
      return this.view(type as DType, handle, length).slice();
    } catch {
      throw new OutOfMemoryError(length * bytesPerElement(type), this.byteLength);
    }
  }

  /**
   * The elements themselves, not a copy. Valid until the next allocation: growing the memory
   * detaches it.
   */
  view(type: "i32", handle: Handle, length: number): Int32Array<ArrayBuffer>;
  view(type: DType, handle: Handle, length: number): FloatArray;
  view(type: ElementType, handle: Handle, length: number): ElementArray;
  view(type: ElementType, handle: Handle, length: number): ElementArray {
    const buffer = this.#memory.buffer as ArrayBuffer;
    if (type === "f64") return new Float64Array(buffer, handle, length);
    if (type === "f32") return new Float32Array(buffer, handle, length);
    return new Int32Array(buffer, handle, length);
  }

  /** The handle of the element `index` places after `handle`. */
  at(type: ElementType, handle: Handle, index: number): Handle {
    return (handle + index * bytesPerElement(type)) as Handle;
  }

  /** The level to come back to. */
  mark(): Mark {
    return this.#top as Mark;
  }

  /** Frees everything allocated since the mark was taken. */
  release(mark: Mark): void {
    this.#top = mark;
  }
}

// Two loops, so that each meets one kind of array.
function copyDoubles(
  from: ElementArray,
  first: number,
  to: ElementArray,
  start: number,
  n: number,
) {
  for (let i = 0; i < n; i++) to[start + i] = from[first + i];
}

function copySingles(
  from: ElementArray,
  first: number,
  to: ElementArray,
  start: number,
  n: number,
) {
  for (let i = 0; i < n; i++) to[start + i] = from[first + i];
}

function align(address: number): number {
  return Math.ceil(address / alignment) * alignment;
}
