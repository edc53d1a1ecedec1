// What a worker of a ThreadPool computes with: an instance of assembly/threads.ts on the shared memory.
import { Job } from "./job.js";
import type { DType } from "./kernels.js";
import { provideSharedJob } from "./shared.js";
import { type Binding, type Gemm, type TileList, tileFields } from "./thread-protocol.js";

/** The exports of assembly/threads.ts by which instances work together. */
interface TeamKernels {
  usePacking(address: number): void;
  joinTeam(board: number, threads: number): void;
  lead(): void;
  dismiss(call: number): void;
  help(call: number): void;
}

export class ThreadInstance {
  readonly #team: TeamKernels;
  readonly #gemm: Record<DType, Gemm>;
  /** Tiles that have been taken off the list. */
  readonly #taken: Int32Array;

  constructor({ module, memory, packing, counter, board, threads, start }: Binding) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.#team = exports as unknown as TeamKernels;
    this.#gemm = { f32: exports.gemm_f32 as Gemm, f64: exports.gemm_f64 as Gemm };
    this.#taken = new Int32Array(memory.buffer, counter, 1);
    this.#team.usePacking(packing);
    this.#team.joinTeam(board, threads);
    provideSharedJob(() => new Job({ memory, exports, start }));
  }

  /** Whoever is free takes the next tile, so no thread waits for a slower one. */
  work(tiles: TileList): void {
    for (let at = this.#next(); at < tiles.length; at = this.#next()) {
      const [double, transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc] = tiles.subarray(at);
      const product = double ? this.#gemm.f64 : this.#gemm.f32;
      product(transposeA, transposeB, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
    }
  }

  #next(): number {
    return Atomics.add(this.#taken, 0, 1) * tileFields;
  }

  /** Computes, and shares with the others what is worth it; they must `help` with the same number. */
  lead<Result>(call: number, compute: () => Result): Result {
    this.#team.lead();
    try {
      return compute();
    } finally {
      this.#team.dismiss(call);
    }
  }

  /** Takes part until the leader is done. */
  help(call: number): void {
    this.#team.help(call);
  }
}
