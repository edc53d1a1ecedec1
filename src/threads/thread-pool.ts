// Declares Symbol.asyncDispose, also to users whose own lib is older.
/// <reference lib="esnext.disposable" preserve="true" />

import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import { checkMatrix } from "../linalg/check.js";
import { readMatmulOptions } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { type MatmulOptions, productShape } from "../linalg/product-shape.js";
import {
  type Assignment,
  bytesPerElement,
  type Handle,
  SharedSpace,
  type Tile,
} from "../wasm/index.js";
import type { Team } from "./team.js";
import { TerminatedError } from "./terminated-error.js";
import { tiles } from "./tiles.js";
import { availableThreads, bindTeam, startTeam } from "./worker-team.js";

export interface ThreadPoolOptions {
  /** Workers, each of them one thread. @defaultValue the processors that the host grants */
  threads?: number;
  /**
   * Where the workers' program is served, for pages whose Content-Security-Policy refuses workers
   * from text: the address of `lowrank/threads/worker.js`. @defaultValue the text in the package
   */
  workerUrl?: string | URL;
}

const names: OptionNames<ThreadPoolOptions> = { threads: true, workerUrl: true };

/** Products that are computed together may ask for this many bytes; one alone for any number. */
const roundBytes = 2 ** 28;
/** Tiles for each worker: a worker that is slow or held up leaves its share to the others. */
const tilesPerThread = 4;

/** A product that waits for its round. */
interface WaitingProduct {
  A: Matrix;
  B: Matrix;
  options: MatmulOptions;
  m: number;
  n: number;
  k: number;
  bytes: number;
  resolve(C: Matrix): void;
  reject(error: unknown): void;
}

/** A product whose operands are in the shared memory. */
interface PlacedProduct {
  product: WaitingProduct;
  tiles: Tile[];
  c: Handle;
}

/**
 * Matrix products on several threads, from one call to the next by the same workers.
 *
 * Each product is cut into tiles that the workers compute in a memory they share; the calling
 * thread only copies operands in and results out and never blocks, so it may be a browser's main
 * thread. Results are those of `matmul`, bit by bit.
 *
 * Works in Node, Deno, Bun and pages that are cross-origin isolated. Idle workers use no processor
 * time and do not keep a process alive. The pool keeps the memory of its greatest products until
 * it is terminated.
 *
 * @example
 * ```ts
 * const pool = await ThreadPool.create({ threads: 2 });
 * const C = await pool.matmul(Matrix.from([[1, 2]]), Matrix.from([[3], [4]]));
 * C.get(0, 0); // 11
 * await pool.terminate();
 * ```
 */
export class ThreadPool {
  readonly #team: Team<Assignment, { error?: string }>;
  readonly #space: SharedSpace;
  readonly #queue: WaitingProduct[] = [];
  #computing: PlacedProduct[] = [];
  #busy = false;
  /** Why there are no workers any more. */
  #ended: string | undefined;

  private constructor(team: Team<Assignment, { error?: string }>, space: SharedSpace) {
    this.#team = team;
    this.#space = space;
  }

  /**
   * Starts the workers: some tens of milliseconds.
   *
   * @throws UnsupportedError where threads cannot share memory or a worker does not start, with
   * what to do about it; RangeError when `threads` is not an integer from 1 to 1024;
   * OutOfMemoryError when the host gives no memory.
   */
  static async create(options: ThreadPoolOptions = {}): Promise<ThreadPool> {
    const read = readOptions("ThreadPool.create", options, names);
    const { threads = availableThreads(), workerUrl } = read;
    checkInteger("ThreadPool.create", "threads", threads, 1, 1024);
    const team = startTeam(threads, workerUrl);
    try {
      const space = new SharedSpace(threads);
      await bindTeam(team, (worker) => space.binding(worker));
      const pool = new ThreadPool(team, space);
      team.onStop = (reason) => pool.#end(reason);
      return pool;
    } catch (error) {
      await team.terminate();
      throw error;
    }
  }

  /** How many workers there are. */
  get threads(): number {
    return this.#team.size;
  }

  /**
   * Matrix product C = op(A) op(B), op(X) = X or X', as `matmul` gives it, bit by bit.
   *
   * Calls may overlap: those made in one go are computed together, later ones in their turn. Do not
   * change A and B, nor use `out`, before the promise settles. Pays off from about 2mnk = 10⁷ on;
   * below, `matmul` is done before a worker wakes.
   *
   * @param A - m x k (or k x m with `transposeA`).
   * @param B - k x n (or n x k with `transposeB`), of A's type.
   * @returns m x n in A's type; `out` itself when given.
   * @throws (rejects with) RangeError when the shapes do not fit; TypeError when the types differ;
   * OutOfMemoryError beyond 4 GiB, after which the pool goes on; TerminatedError after `terminate`.
   */
  async matmul(A: Matrix, B: Matrix, options: MatmulOptions = {}): Promise<Matrix> {
    if (this.#ended) throw terminated(this.#ended);
    // As they are at the call: they are used when the product's turn comes.
    const read = readMatmulOptions("ThreadPool.matmul", options);
    const { m, n, k } = productShape("ThreadPool.matmul", A, B, read);
    const bytes = (m * k + k * n + m * n) * bytesPerElement(A.dtype);
    return new Promise((resolve, reject) => {
      this.#queue.push({ A, B, options: read, m, n, k, bytes, resolve, reject });
      if (this.#busy) return;
      this.#busy = true;
      // Calls that the caller makes in one go come into one round.
      queueMicrotask(() => this.#computeAll());
    });
  }

  /**
   * Stops the workers and frees the memory. Products under way and later calls reject with a
   * `TerminatedError`. Terminating again does nothing.
   */
  async terminate(): Promise<void> {
    this.#end("it was terminated");
    await this.#team.terminate();
  }

  /** `await using pool = ...` terminates it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  async #computeAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#ended) await this.#computeRound();
    this.#busy = false;
  }

  /** Takes as many products as fit together, computes them, hands out the results. */
  async #computeRound(): Promise<void> {
    this.#space.clear();
    const round = this.#takeRound();
    const work = round.reduce((sum, { m, n, k }) => sum + m * n * k, 0);
    const copies = new Map<unknown, Handle>();
    const computing = round.flatMap((product) => this.#place(product, work, copies) ?? []);
    this.#computing = computing;
    let failure: unknown;
    try {
      const tiles = this.#space.list(computing.flatMap((placed) => placed.tiles));
      await this.#team.askAll(() => ({ tiles }));
    } catch (error) {
      failure = error;
    }
    this.#computing = [];
    for (const { product, c } of computing) {
      if (failure) product.reject(failure);
      else this.#finish(product, c);
    }
  }

  #takeRound(): WaitingProduct[] {
    let [count, bytes] = [0, 0];
    for (const product of this.#queue) {
      bytes += product.bytes;
      if (count > 0 && bytes > roundBytes) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }

  /** Copies the operands in, each array once; rejects the product where there is no room. */
  #place(
    product: WaitingProduct,
    work: number,
    copies: Map<unknown, Handle>,
  ): PlacedProduct | undefined {
    const { A, B, options, m, n, k } = product;
    const { dtype } = A;
    const space = this.#space;
    const put = (name: string, X: Matrix) => {
      checkMatrix("ThreadPool.matmul", name, X);
      const handle = copies.get(X.data) ?? space.put(X.data);
      copies.set(X.data, handle);
      return handle;
    };
    try {
      const [a, b, c] = [put("A", A), put("B", B), space.allocate(dtype, m * n)];
      const { transposeA = false, transposeB = false } = options;
      const parts = Math.ceil((tilesPerThread * this.threads * m * n * k) / work);
      const cut = tiles(m, n, k, parts).map(({ row, col, rows, cols }) => ({
        ...{ dtype, transposeA, transposeB, k, m: rows, n: cols },
        ...{ lda: A.cols, ldb: B.cols, ldc: n },
        a: space.at(dtype, a, transposeA ? row : row * k),
        b: space.at(dtype, b, transposeB ? col * k : col),
        c: space.at(dtype, c, row * n + col),
      }));
      return { product, tiles: cut, c };
    } catch (error) {
      product.reject(error);
      return undefined;
    }
  }

  #finish({ A, options: { out }, m, n, resolve, reject }: WaitingProduct, c: Handle): void {
    try {
      const C = out ?? Matrix.zeros(m, n, { dtype: A.dtype });
      checkMatrix("ThreadPool.matmul", "out", C);
      C.data.set(this.#space.view(A.dtype, c, m * n));
      resolve(C);
    } catch (error) {
      reject(error);
    }
  }

  /** Rejects whatever is under way. */
  #end(reason: string): void {
    this.#ended ??= reason;
    for (const { reject } of this.#queue.splice(0)) reject(terminated(this.#ended));
    for (const { product } of this.#computing.splice(0)) product.reject(terminated(this.#ended));
  }
}

function terminated(reason: string): TerminatedError {
  return new TerminatedError(
    `ThreadPool.matmul: the pool has no workers, ${reason}: create another pool`,
  );
}
