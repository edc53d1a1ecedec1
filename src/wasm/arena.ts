// Memory in stack order: allocation moves a mark up, release moves it back. It hands out opaque
// handles, byte addresses that only kernels take.
import {
  bytesPerElement,
  type ElementArray,
  type ElementType,
  elementTypeOf,
  type FloatArray,
} from "./elements.js";
import { OutOfMemoryError, pageBytes } from "./errors.js";
import type { DType, Handle } from "./kernels.js";

declare const markBrand: unique symbol;
/** A level of a job's memory to release back to. */
export type Mark = number & { readonly [markBrand]: true };

/** Elements up to which a loop copies faster than the engine's routine, whose call costs more. */
const shortCopy = 32;

/** What an arena needs of a memory. */
export type ArenaMemory = Pick<WebAssembly.Memory, "buffer"> & { grow(pages: number): unknown };

export class Arena {
  readonly #memory: ArenaMemory;
  readonly #alignment: number;
  #top: number;
  /** All of the memory, made anew when it grows: a view costs more than copying a small matrix. */
  #singles: Float32Array;
  #doubles: Float64Array;
  #bytes: number;

  /**
   * @param base - the first byte to hand out.
   * @param alignment - of every handle, a power of two of bytes.
   */
  constructor(memory: ArenaMemory, base: number, alignment = 16) {
    this.#memory = memory;
    this.#alignment = alignment;
    this.#top = this.align(base);
    this.#singles = new Float32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
    this.#bytes = memory.buffer.byteLength;
  }

  /** The next aligned address. */
  protected align(address: number): number {
    return Math.ceil(address / this.#alignment) * this.#alignment;
  }

  /** Bytes of the memory: the most that was ever needed at once. */
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
    const end = this.align(start + bytes);
    if (end > this.#bytes) this.#grow(end, bytes);
    this.#top = end;
    return start as Handle;
  }

  #grow(end: number, requested: number): void {
    // Another thread may have made a shared memory grow.
    const before = this.#memory.buffer.byteLength;
    try {
      this.#memory.grow(Math.ceil(Math.max(0, end - before) / pageBytes));
    } catch {
      throw new OutOfMemoryError(requested, before);
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

  /** Overwrites what is at `handle`. */
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

  /** Fills `array` with what is at `handle`. */
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
