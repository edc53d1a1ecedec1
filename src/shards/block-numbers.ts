// Numbers of blocks that meet in one exchange: what is asked for before its result is needed waits for the next
// one. Every exchange makes all shards wait for the slowest.
import { Exchange, type Sharded } from "./exchange.js";
import type { BlockNumber, RowBlocks } from "./row-blocks.js";

export class BlockNumbers {
  #waiting: Float64Array[] = [];

  /** A number of each block, complete after `join`. */
  of(blocks: RowBlocks, of: BlockNumber): Float64Array {
    const numbers = blocks.numbers(of);
    if (!blocks.isWhole) this.#waiting.push(numbers);
    return numbers;
  }

  /** Completes what was asked for since the last time, with what the other shards have. */
  *join(): Sharded<void> {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const all = new Float64Array(waiting.reduce((length, numbers) => length + numbers.length, 0));
    let at = 0;
    for (const numbers of waiting) {
      all.set(numbers, at);
      at += numbers.length;
    }
    yield new Exchange(all);
    for (const numbers of waiting.reverse()) {
      at -= numbers.length;
      numbers.set(all.subarray(at, at + numbers.length));
    }
  }
}
