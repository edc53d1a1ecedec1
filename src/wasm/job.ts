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

/** Bytes of one element. */
export function bytesPerElement(type: ElementType): 4 | 8 {
  return type === "f64" ? 8 : 4;
}

/** Element type of a typed array. */
export function elementTypeOf(array: ElementArray): ElementType {
  const kind = array[Symbol.toStringTag];
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
  // A view, and by the tag that only typed arrays give themselves: instanceof knows one realm.
  if (!ArrayBuffer.isView(value)) return false;
  const kind = (value as FloatArray)[Symbol.toStringTag];
  return (kind as string) === "Float64Array" || kind === "Float32Array";
}

export class Job {
  readonly f32: Kernels;
  readonly f64: DoubleKernels;
  readonly #memory: WebAssembly.Memory;
  #top: number;

  constructor() {
    const { exports } = new WebAssembly.Instance(kernelModule(), {});
    this.#memory = exports.memory as WebAssembly.Memory;
    this.#top = align((exports.heapBase as () => number)());
    this.f32 = bindKernels(exports, "f32");
    this.f64 = bindKernels(exports, "f64");
  }

  /** The kernels of one element type. */
  kernels(dtype: DType): Kernels {
    return dtype === "f32" ? this.f32 : this.f64;
  }

  /** Bytes of the instance's memory: the greatest that was ever needed at once. */
  get byteLength(): number {
    return this.#memory.buffer.byteLength;
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
    const held = this.byteLength;
    if (end > held) {
      try {
        this.#memory.grow(Math.ceil((end - held) / pageBytes));
      } catch {
        throw new OutOfMemoryError(bytes, held);
      }
    }
    this.#top = end;
    return start as Handle;
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
    this.view(type, handle, array.length).set(array);
    return handle;
  }

  /** Overwrites what lies at `handle`. */
  write(handle: Handle, array: ElementArray): void {
    this.view(elementTypeOf(array), handle, array.length).set(array);
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

function align(address: number): number {
  return Math.ceil(address / alignment) * alignment;
}
