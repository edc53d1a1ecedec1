// Declares Symbol.asyncDispose, also to users whose own lib is older.
/// <reference lib="esnext.disposable" preserve="true" />

import { type OptionNames, readOptions } from "../check/options.js";
import { checkInteger } from "../check/values.js";
import type { PcaOptions } from "../decompositions/pca.js";
import { Pca, type PcaData } from "../decompositions/principal-components.js";
import { checkMatrix } from "../linalg/check.js";
import type { Eigh, EighOptions } from "../linalg/eigh.js";
import { readMatmulOptions } from "../linalg/matmul.js";
import { Matrix } from "../linalg/matrix.js";
import { type MatmulOptions, productShape } from "../linalg/product-shape.js";
import type { RandomizedSVD, RandomizedSvdOptions } from "../linalg/randomized-svd.js";
import type { SVD, SvdOptions } from "../linalg/svd.js";
import { SharedSpace, type Tile } from "../wasm/for-threads.js";
import { bytesPerElement, type Handle, OutOfMemoryError } from "../wasm/index.js";
import type { Answer, Decompositions, Refusal, Request } from "./protocol.js";
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
  name: "matmul";
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

/** A decomposition that waits for its turn. */
interface WaitingDecomposition {
  name: keyof Decompositions;
  A: Matrix;
  options: object;
  resolve(found: object): void;
  reject(error: unknown): void;
}

/** A product whose operands are in the shared memory. */
interface PlacedProduct {
  product: WaitingProduct;
  tiles: Tile[];
  c: Handle;
}

/**
 * Matrix products and decompositions on several threads, from one call to the next by the same
 * workers, in a memory they share. The calling thread only copies operands in and results out and never
 * blocks, so it may be a browser's main thread. Results are those of the functions of the same names
 * in `lowrank`, bit by bit.
 *
 * A product is cut into tiles that the workers compute. A decomposition runs on one of them, and the
 * others help with its products, which are most of its time. Calls are computed one after the other, in
 * the order they are made; products that are called in one go together.
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
  readonly #team: Team<Request, Answer>;
  readonly #space: SharedSpace;
  readonly #queue: (WaitingProduct | WaitingDecomposition)[] = [];
  #underWay: (WaitingProduct | WaitingDecomposition)[] = [];
  #decompositions = 0;
  #busy = false;
  /** Why there are no workers any more. */
  #ended: string | undefined;

  private constructor(team: Team<Request, Answer>, space: SharedSpace) {
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
    if (this.#ended) throw terminated("matmul", this.#ended);
    // As they are at the call: they are used when the product's turn comes.
    const read = readMatmulOptions("ThreadPool.matmul", options);
    const { m, n, k } = productShape("ThreadPool.matmul", A, B, read);
    const bytes = (m * k + k * n + m * n) * bytesPerElement(A.dtype);
    return new Promise((resolve, reject) => {
      this.#await({ name: "matmul", A, B, options: read, m, n, k, bytes, resolve, reject });
    });
  }

  /**
   * The singular value decomposition, as `svd` gives it, bit by bit. Pays off from a few hundred rows
   * and columns on. Do not change A before the promise settles.
   *
   * @throws (rejects with) what `svd` throws; TerminatedError after `terminate`.
   */
  async svd(A: Matrix, options: SvdOptions = {}): Promise<SVD> {
    return matricesOf(await this.#decompose("svd", A, options)) as SVD;
  }

  /**
   * The eigendecomposition of a symmetric matrix, as `eigh` gives it, bit by bit. Pays off from a few
   * hundred rows on. Do not change A before the promise settles.
   *
   * @throws (rejects with) what `eigh` throws; TerminatedError after `terminate`.
   */
  async eigh(A: Matrix, options: EighOptions = {}): Promise<Eigh> {
    return matricesOf(await this.#decompose("eigh", A, options)) as Eigh;
  }

  /**
   * The leading singular triplets, as `randomizedSvd` gives them, bit by bit. Do not change A before
   * the promise settles.
   *
   * @param A - a dense matrix.
   * @throws (rejects with) what `randomizedSvd` throws; TerminatedError after `terminate`.
   */
  async randomizedSvd(A: Matrix, options: RandomizedSvdOptions): Promise<RandomizedSVD> {
    return matricesOf(await this.#decompose("randomizedSvd", A, options)) as RandomizedSVD;
  }

  /**
   * Principal components, as `pca` gives them, bit by bit. Do not change X before the promise settles.
   *
   * @param X - a dense matrix, one sample per row.
   * @throws (rejects with) what `pca` throws; TerminatedError after `terminate`.
   */
  async pca(X: Matrix, options: PcaOptions = {}): Promise<Pca> {
    return Pca.from((await this.#decompose("pca", X, options)) as PcaData);
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

  #decompose(name: keyof Decompositions, A: Matrix, options: object): Promise<object> {
    if (this.#ended) throw terminated(name, this.#ended);
    checkMatrix(`ThreadPool.${name}`, "A", A);
    const copy = clone(name, options);
    return new Promise((resolve, reject) => {
      this.#await({ name, A, options: copy, resolve, reject });
    });
  }

  #await(waiting: WaitingProduct | WaitingDecomposition): void {
    this.#queue.push(waiting);
    if (this.#busy) return;
    this.#busy = true;
    // Products that the caller asks for in one go come into one round.
    queueMicrotask(() => this.#computeAll());
  }

  async #computeAll(): Promise<void> {
    while (this.#queue.length > 0 && !this.#ended) {
      this.#space.clear();
      const [first] = this.#queue;
      if (first.name === "matmul") await this.#computeRound();
      else await this.#computeDecomposition(first);
      this.#underWay = [];
    }
    this.#busy = false;
  }

  /** The first worker computes, the others help. */
  async #computeDecomposition(waiting: WaitingDecomposition): Promise<void> {
    const { name, A, options, resolve, reject } = waiting;
    this.#queue.shift();
    this.#underWay = [waiting];
    const number = ++this.#decompositions;
    try {
      checkMatrix(`ThreadPool.${name}`, "A", A);
      const { rows, cols, data } = A;
      const call = { number, name, rows, cols, data, options };
      const [answer] = await this.#team.askAll((i) => (i === 0 ? { call } : { help: number }));
      if (answer.refused) throw errorOf(answer.refused);
      resolve(answer.found as object);
    } catch (error) {
      reject(error);
    }
  }

  /** Takes as many products as fit together, computes them, hands out the results. */
  async #computeRound(): Promise<void> {
    const round = this.#takeRound();
    const work = round.reduce((sum, { m, n, k }) => sum + m * n * k, 0);
    const copies = new Map<unknown, Handle>();
    const computing = round.flatMap((product) => this.#place(product, work, copies) ?? []);
    this.#underWay = computing.map(({ product }) => product);
    let failure: unknown;
    try {
      const tiles = this.#space.list(computing.flatMap((placed) => placed.tiles));
      await this.#team.askAll(() => ({ tiles }));
    } catch (error) {
      failure = error;
    }
    for (const { product, c } of computing) {
      if (failure) product.reject(failure);
      else this.#finish(product, c);
    }
  }

  #takeRound(): WaitingProduct[] {
    let [count, bytes] = [0, 0];
    for (const waiting of this.#queue) {
      if (waiting.name !== "matmul") break;
      bytes += waiting.bytes;
      if (count > 0 && bytes > roundBytes) break;
      count++;
    }
    return this.#queue.splice(0, count) as WaitingProduct[];
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
    for (const { name, reject } of [...this.#underWay.splice(0), ...this.#queue.splice(0)]) {
      reject(terminated(name, this.#ended));
    }
  }
}

function terminated(name: string, reason: string): TerminatedError {
  return new TerminatedError(
    `ThreadPool.${name}: the pool has no workers, ${reason}: create another pool`,
  );
}

/** What workers were sent has neither functions nor classes. @throws TypeError where it would have. */
function clone(name: string, options: object): object {
  try {
    return structuredClone(options);
  } catch (cause) {
    throw new TypeError(
      `ThreadPool.${name}: options hold what cannot be sent to a worker: ${cause}`,
      {
        cause,
      },
    );
  }
}

/** Matrices that were cloned on their way are matrices again. */
function matricesOf(found: object): object {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      name,
      typeof value === "object" && "rows" in value
        ? new Matrix(value.rows, value.cols, value.data)
        : value,
    ]),
  );
}

/** What a decomposition threw, again an error of its class. */
function errorOf({ kind, message, requestedBytes = 0, heldBytes = 0 }: Refusal): Error {
  if (kind === "OutOfMemoryError") return new OutOfMemoryError(requestedBytes, heldBytes);
  const known = { RangeError, TypeError }[kind];
  return new (known ?? Error)(message);
}
