// The memory that the workers of a ThreadPool share: a counter, the packing space of each worker,
// then operands and results in stack order.
import { decodeBase64 } from "./decode.js";
import { OutOfMemoryError } from "./errors.js";
import { bytesPerElement, elementTypeOf, type FloatArray } from "./job.js";
import type { DType, Handle } from "./kernels.js";
import { threadKernelsBase64 } from "./kernels.threads.base64.js";
import { type Binding, type TileList, tileFields } from "./thread-protocol.js";

const pageBytes = 65536;
/** WebAssembly's own limit; the module declares the same. */
const maximumPages = 65536;
/** A cache line, so that no two workers write to one. */
const alignment = 64;

/** One tile of a product, C = op(A) op(B), in the space. */
export interface Tile {
  dtype: DType;
  transposeA: boolean;
  transposeB: boolean;
  m: number;
  n: number;
  k: number;
  a: Handle;
  lda: number;
  b: Handle;
  ldb: number;
  c: Handle;
  ldc: number;
}

export class SharedSpace {
  readonly #module = new WebAssembly.Module(decodeBase64(threadKernelsBase64));
  readonly #memory: WebAssembly.Memory;
  readonly #counter: number;
  readonly #packing: number;
  readonly #packingBytes: number;
  readonly #start: number;
  #top: number;

  /** @throws OutOfMemoryError when the host gives no such memory. */
  constructor(workers: number) {
    try {
      this.#memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared: true });
    } catch {
      throw new OutOfMemoryError(pageBytes, 0);
    }
    const { exports } = new WebAssembly.Instance(this.#module, { env: { memory: this.#memory } });
    const ask = (name: string) => (exports[name] as () => number)();
    this.#packingBytes = align(ask("packingBytes"));
    this.#counter = align(ask("heapBase"));
    this.#packing = this.#counter + alignment;
    this.#start = this.#packing + workers * this.#packingBytes;
    this.#top = this.#start;
    this.#grow(this.#start, workers * this.#packingBytes);
  }

  /** Bytes of the memory: the most that was ever needed at once. */
  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** What worker number `worker` needs to join. */
  binding(worker: number): Binding {
    return {
      module: this.#module,
      memory: this.#memory,
      packing: this.#packing + worker * this.#packingBytes,
      counter: this.#counter,
    };
  }

  /** Frees all operands and results. */
  clear(): void {
    this.#top = this.#start;
  }

  /**
   * Room for `length` elements. What it holds is undefined.
   * @throws OutOfMemoryError when the memory cannot grow that far.
   */
  allocate(dtype: DType, length: number): Handle {
    const bytes = length * bytesPerElement(dtype);
    const handle = this.#top;
    const end = align(handle + bytes);
    this.#grow(end, bytes);
    this.#top = end;
    return handle as Handle;
  }

  /** Copies an array in. */
  put(array: FloatArray): Handle {
    const dtype = elementTypeOf(array) as DType;
    const handle = this.allocate(dtype, array.length);
    this.view(dtype, handle, array.length).set(array);
    return handle;
  }

  /** The elements themselves, not a copy. */
  view(dtype: DType, handle: Handle, length: number): FloatArray {
    // The buffer of a shared memory is a SharedArrayBuffer, which the declarations do not say.
    const { buffer } = this.#memory;
    return dtype === "f64"
      ? new Float64Array(buffer, handle, length)
      : new Float32Array(buffer, handle, length);
  }

  /** The handle of the element `index` places after `handle`. */
  at(dtype: DType, handle: Handle, index: number): Handle {
    return (handle + index * bytesPerElement(dtype)) as Handle;
  }

  /** The tiles as workers read them; puts the count of those taken back to 0. */
  list(tiles: readonly Tile[]): TileList {
    const list = new Uint32Array(tiles.length * tileFields);
    tiles.forEach(({ dtype, transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc }, i) => {
      const flags = [dtype === "f64", transposeA, transposeB].map(Number);
      list.set([...flags, m, n, k, a, lda, b, ldb, c, ldc], i * tileFields);
    });
    Atomics.store(new Int32Array(this.#memory.buffer, this.#counter, 1), 0, 0);
    return list;
  }

  #grow(end: number, asked: number): void {
    const held = this.byteLength;
    if (end <= held) return;
    try {
      this.#memory.grow(Math.ceil((end - held) / pageBytes));
    } catch {
      throw new OutOfMemoryError(asked, held);
    }
  }
}

function align(address: number): number {
  return Math.ceil(address / alignment) * alignment;
}
