import { type Handle, type Job, signWordsKernels } from "../wasm/index.js";

/**
 * Random sequences of signs, `length` elements each, that depend on the seed and the stream: made 32
 * to a word when they are asked for (assembly/sign-words.ts), never stored. Sequence j is the same
 * in whatever order they are asked for. A word takes about a nanosecond.
 */
export class SignSequences {
  /** 32-bit words of a sequence. */
  readonly words: number;

  /** @param length - a multiple of 32. */
  constructor(
    readonly length: number,
    readonly seed: number,
    readonly stream: number,
  ) {
    this.words = length / 32;
  }

  /** Room for a sequence in the job. */
  allocate(job: Job): Handle {
    return job.allocate("i32", this.words);
  }

  /** Puts sequence j into the job: bit b of word w is element 32 w + b, 1 for -1. */
  write(job: Job, j: number, words: Handle): void {
    // The generator makes four words at a time: each sequence begins with a block of its own.
    const aligned = 4 * Math.ceil(this.words / 4);
    const [low, high] = [this.seed % 2 ** 32, Math.floor(this.seed / 2 ** 32)];
    const { randomBits } = job.use(signWordsKernels).f64;
    randomBits(this.words, low, high, this.stream, j * aligned, words);
  }
}
