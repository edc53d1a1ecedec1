// Sums over rows that do not depend on their order. Inside a block of rows a sum is a chain of f32; the
// blocks' sums are rounded to one grid and added as integers. Integer addition is associative, so any
// grouping of the blocks gives the same bits: one thread, seven shards, a block that moves.
import { exponentOf } from "../../linalg/in-job/scaling.js";
import type { BlockNumbers } from "../../shards/block-numbers.js";
import { Exchange, type Sharded } from "../../shards/exchange.js";
import type { RowBlocks } from "../../shards/row-blocks.js";
import { type Handle, type Job, sampledSingles } from "../../wasm/index.js";

/** A sum is below 2^30 grid steps: roundings, half a step for each block, never reach 2^31. */
const bits = 30;
/** No term may be larger: it is a number of f32. */
export const largestTerm = 2 ** 127;
/** Exponents of powers of two that f32 has, and their inverses. */
const largestExponent = 126;
/** A number of f64 travels as so many. */
const integers = 2;
/** Numbers of a block that meet in one exchange, at most. */
const meetingAtOnce = 6;

/** Sums of lines x width numbers, which are f32. */
export class RoundedSums {
  readonly #job: Job;
  readonly #lines: number;
  readonly #width: number;
  readonly #share: Handle;
  readonly #sums: Handle;
  #scale = 1;

  /**
   * @param counts - how many terms the sum of each line has, all blocks of all shards together.
   * @param width - a multiple of four.
   * @param blocks - whose sums are added, and numbers of which meet in the same exchange.
   */
  constructor(
    job: Job,
    counts: ArrayLike<number>,
    width: number,
    readonly blocks: RowBlocks,
  ) {
    this.#job = job;
    this.#lines = counts.length;
    this.#width = width;
    this.#share = job.put(
      Float32Array.from(counts, (count) => (count > 0 ? 2 ** -(exponentOf(count) + 1) : 1)),
    );
    const beside = integers * meetingAtOnce * blocks.count;
    this.#sums = job.allocate("i32", counts.length * width + beside);
  }

  /**
   * Begins a sum.
   *
   * @param largest - no term is larger in size: it sets the grid.
   * @throws RangeError when it is not a number of f32.
   */
  begin(largest: number): void {
    if (!(largest <= largestTerm)) {
      throw new RangeError(
        `completeMatrix: a sum has terms of ${largest}: they must be at most 2^127 in size`,
      );
    }
    const exponent = largest > 0 ? exponentOf(largest) + 1 : 0;
    const fitting = Math.max(-largestExponent, Math.min(largestExponent, bits - exponent));
    this.#scale = 2 ** fitting;
    this.#job.view("i32", this.#sums, this.#lines * this.#width).fill(0);
  }

  /** Adds the sums of a block, for `lines` lines from `first` on. */
  add(block: Handle, first = 0, lines = this.#lines): void {
    const job = this.#job;
    const share = job.at("f32", this.#share, first);
    const sums = job.at("i32", this.#sums, first * this.#width);
    // biome-ignore format: the kernel's arguments belong in groups
    job.use(sampledSingles).f32.addRounded(lines, this.#width, this.#scale, share, block, sums);
  }

  /** Takes in what the shards with the other blocks have added, and completes the numbers of blocks. */
  *join(meeting: BlockNumbers): Sharded<void> {
    if (this.blocks.isWhole) return;
    const job = this.#job;
    const mark = job.mark();
    const count = this.#lines * this.#width;
    const numbers = meeting.waiting;
    const all = count + integers * numbers.length;
    // Before the view: a memory that grows takes its views away.
    const received = job.allocate("i32", all);
    const sums = job.view("i32", this.#sums, all) as Int32Array;
    // Each is one shard's own, beside zeros: their bits add up to its.
    const beside = new Int32Array(numbers.buffer);
    sums.set(beside, count);
    yield new Exchange(sums, undefined, (others, at) => {
      job.write(received, others as Int32Array);
      const to = job.at("i32", this.#sums, at);
      job.use(sampledSingles).f32.addIntegers(others.length, received, to);
    });
    beside.set(sums.subarray(count));
    meeting.complete(numbers);
    job.release(mark);
  }

  /** The sums so far. */
  read(to: Handle): void {
    // biome-ignore format: the kernel's arguments belong in groups
    this.#job.use(sampledSingles).f32.fromRounded(
      this.#lines, this.#width, this.#scale, this.#share, this.#sums, to,
    );
  }
}
