// The program of one worker of a ThreadPool: an instance of assembly/threads.ts on the shared
// memory, which takes tiles off a list until none is left. The build makes one small module of it.
import { answerMessages } from "./answer-messages.js";
import type { DType } from "./kernels.js";
import { type Assignment, type Gemm, type TileList, tileFields } from "./thread-protocol.js";

let gemm: Record<DType, Gemm>;
let taken: Int32Array;

function receive({ binding, tiles }: Assignment): { error?: string } {
  try {
    if (binding) {
      const { module, memory, packing, counter } = binding;
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      (exports.usePacking as (address: number) => void)(packing);
      gemm = { f32: exports.gemm_f32 as Gemm, f64: exports.gemm_f64 as Gemm };
      taken = new Int32Array(memory.buffer, counter, 1);
    }
    work(tiles);
    return {};
  } catch (error) {
    return { error: String(error) };
  }
}

/** Whoever is free takes the next tile, so no thread waits for a slower one. */
function work(tiles: TileList): void {
  for (let at = next(); at < tiles.length; at = next()) {
    const [isDouble, transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc] = tiles.subarray(at);
    const product = isDouble ? gemm.f64 : gemm.f32;
    product(transposeA, transposeB, m, n, k, 1, a, lda, b, ldb, 0, c, ldc);
  }
}

const next = () => Atomics.add(taken, 0, 1) * tileFields;

answerMessages(receive);
