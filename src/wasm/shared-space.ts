// The memory that the workers of a ThreadPool share: a counter, a board, the packing space of each
// worker, then operands and results in stack order.
import { Arena, type Mark } from "./arena.js";
import { decodeText } from "./decode.js";
import { noAddressSpace } from "./errors.js";
import type { DType, Handle } from "./kernels.js";
import { threadKernelsText } from "./kernels.threads.text.js";
import { type Binding, type TileList, tileFields } from "./thread-protocol.js";

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

export class SharedSpace extends Arena {
  readonly #module: WebAssembly.Module;
  readonly #memory: WebAssembly.Memory;
  readonly #counter: number;
  readonly #board: number;
  readonly #packing: number;
  readonly #workers: number;
  readonly #packingBytes: number;
  readonly #start: Mark;

  /** @throws OutOfMemoryError when the host gives no such memory. */
  constructor(workers: number) {
    const module = new WebAssembly.Module(decodeText(threadKernelsText));
    const memory = sharedMemory();
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const ask = (name: string) => (exports[name] as () => number)();
    super(memory, ask("heapBase"), alignment);
    this.#module = module;
    this.#memory = memory;
    this.#packingBytes = this.align(ask("packingBytes"));
    this.#counter = this.allocateBytes(alignment);
    const boardBytes = ask("boardBytes");
    this.#board = this.allocateBytes(boardBytes);
    new Uint8Array(memory.buffer, this.#board, boardBytes).fill(0);
    this.#workers = workers;
    this.#packing = this.allocateBytes(workers * this.#packingBytes);
    this.#start = this.mark();
  }

  /** What worker number `worker` needs to join. */
  binding(worker: number): Binding {
    return {
      module: this.#module,
      memory: this.#memory,
      packing: this.#packing + worker * this.#packingBytes,
      counter: this.#counter,
      board: this.#board,
      threads: this.#workers,
      start: this.#start,
    };
  }

  /** Frees all operands and results. */
  clear(): void {
    this.release(this.#start);
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
}

function sharedMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared: true });
  } catch {
    throw noAddressSpace();
  }
}
